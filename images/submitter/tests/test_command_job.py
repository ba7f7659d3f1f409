import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import crossflock_submit

PROGRAM = Path(crossflock_submit.__file__).with_name("command_job.py")


class CommandJob(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name)
        (self.path / "out/results").mkdir(parents=True)

    def job(self, *argv):
        return subprocess.run(
            [sys.executable, PROGRAM, *argv], cwd=self.path, env={}, capture_output=True, text=True, check=False
        )

    def result(self, name):
        return (self.path / "out/results" / name).read_text()

    def test_runs_the_decoded_words_and_keeps_what_is_printed(self):
        ended = self.job("--stdout", "job_00000.txt", "--", "printf", "<%25s>%5Cn", "a%20b%22%27%24", "%", "--x")
        self.assertEqual((ended.returncode, ended.stdout), (0, ""))
        self.assertEqual(self.result("job_00000.txt"), "<a b\"'$>\n<>\n<--x>\n")

    def test_hands_over_the_outputs_only(self):
        ended = self.job("--output", "a", "--output", "b", "--", "sh", "-c", "echo%201%20>a;%20echo%202%20>c")
        self.assertEqual(ended.returncode, 0)
        self.assertEqual(self.result("a"), "1\n")
        self.assertEqual([path.name for path in (self.path / "out/results").iterdir()], ["a"])

    def test_hands_over_nothing_of_a_program_that_failed(self):
        ended = self.job("--stdout", "r", "--", "sh", "-c", "echo%20said;%20exit%203")
        self.assertEqual((ended.returncode, ended.stdout), (3, "said\n"))
        self.assertEqual(list((self.path / "out/results").iterdir()), [])
        self.assertEqual(self.job("--output", "r", "--", "sh", "-c", "kill%20-9%20$$").returncode, 137)

    def refused(self, program):
        ended = self.job("--stdout", "r", "--", program)
        self.assertEqual(list((self.path / "out/results").iterdir()), [])
        start = f"crossflock-job: cannot run '{program}': "
        self.assertTrue(ended.stderr.startswith(start), ended.stderr)
        return ended.returncode, ended.stderr.removeprefix(start).rstrip()

    def test_says_which_program_is_not_there(self):
        nowhere = (127, "there is no such program on this executor")
        self.assertEqual(self.refused("./none"), nowhere)
        self.assertEqual(self.refused("no-such-program"), nowhere)

    def test_says_why_a_program_cannot_be_run(self):
        self.assertEqual(self.refused("/etc/passwd"), (126, "it is not executable"))
        self.assertEqual(self.refused("/etc"), (126, "it is a folder"))
        script = self.path / "script"
        script.touch(mode=0o755)
        script.write_text("#!/no/such/shell -e\n")
        self.assertEqual(self.refused("./script"), (126, "its interpreter '/no/such/shell' is not on this executor"))
        other = bytearray(Path("/bin/true").read_bytes())
        other[18] ^= 0xFF  # e_machine of the ELF header
        script.write_bytes(other)
        code, why = self.refused("./script")
        self.assertEqual(code, 126)
        self.assertRegex(why, r"^it is no program for this machine \(\w+\), nor a script")

    def test_cuts_the_manifest_to_the_rows_of_the_job(self):
        manifest = self.path / "rows.csv"
        manifest.write_text("id\na\nb\nc\nd\ne\n")
        self.job("--rows", "rows.csv", "--header", "1", "--first", "3", "--count", "2", "--stdout", "r", "--", "true")
        self.assertEqual(manifest.read_text(), "id\nd\ne\n")
        manifest.write_text("a\nb\nc\n")
        self.job("--rows", "rows.csv", "--first", "0", "--count", "1", "--stdout", "r", "--", "true")
        self.assertEqual(manifest.read_text(), "a\n")


if __name__ == "__main__":
    unittest.main()
