import gzip
import hashlib
import json
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import crossflock_submit
from crossflock_submit import outputs

JOB = Path(crossflock_submit.__file__).with_name("kinc3_job.py")
# Prints its words and settings; fails, with words on standard output, where it is told to.
PROGRAM = """#!/usr/bin/python3
import os, sys
from pathlib import Path
home = Path(os.environ["XDG_CONFIG_HOME"])
assert home.is_relative_to(Path.cwd()) and "/usr/bin" in os.environ["PATH"]
said = Path(home, "said")
with open(said, "a") as file:
    file.write(" ".join(sys.argv[1:]) + "\\n")
if "fail" in sys.argv:
    sys.exit(print("INVALID ARGUMENT") or 255)
for name in sys.argv[1:]:
    if name.endswith(".made"):
        Path(name).write_text(said.read_text())
"""


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name)


class Job(Case):
    def setUp(self):
        super().setUp()
        (self.path / "kinc").write_text(PROGRAM)
        (self.path / "kinc").chmod(0o755)

    def job(self, *argv):
        return subprocess.run(
            [sys.executable, JOB, *argv], cwd=self.path, env={}, capture_output=True, text=True, check=False
        )

    def test_sets_kinc_up_runs_the_command_and_hands_its_files_over(self):
        options = ["--setting", "chunkdir", "chunks", "--output", "results/a.made", "--output", "chunks/b.made"]
        ended = self.job(*options, "--", "./kinc", "%", "--", "run", "x%20y", "a.made", "b.made", "c.made")
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        said = (self.path / "out/results/a.made").read_text().splitlines()
        settings = ["cuda none", "opencl none", "logging off", "chunkdir chunks"]
        self.assertEqual(said, [*(f" settings set {one}" for one in settings), " run x y a.made b.made c.made"])
        self.assertEqual(sorted(path.name for path in (self.path / "out").rglob("*.made")), ["a.made", "b.made"])

    def test_that_fails_says_in_standard_error_what_kinc_printed_and_leaves_nothing(self):
        ended = self.job("--output", "results/a.made", "--", "./kinc", "--", "a.made", "fail")
        self.assertEqual((ended.returncode, ended.stdout, ended.stderr), (255, *2 * ["INVALID ARGUMENT\n"]))
        self.assertFalse((self.path / "out").exists())

    def test_without_its_program_says_so(self):
        ended = self.job("--", "/no/kinc3", "--", "run")
        self.assertEqual((ended.returncode, ended.stderr[:41]), (127, "crossflock-kinc3: cannot run '/no/kinc3':"))

    def test_unpacks_the_matrix_without_blank_lines_at_its_end(self):
        text = b"s1\ts2\r\na\t1\t2\nb\t3\t4" + b"\n" * 3
        sha256 = hashlib.sha256(text).hexdigest()
        for data in (text, gzip.compress(text)):
            (self.path / "matrix").write_bytes(data)
            ended = self.job("--unpack", "matrix", "gem.txt", sha256, "--", "./kinc", "--", "run")
            self.assertEqual(ended.returncode, 0, ended.stderr)
            self.assertEqual((self.path / "gem.txt").read_bytes(), b"s1\ts2\r\na\t1\t2\nb\t3\t4\n")

    def test_keeps_blank_lines_in_the_midst_across_what_is_read_at_once(self):
        text = b"a" * (2**20 - 1) + b"\n\n" + b"b" + b"\n" * 2**20
        (self.path / "matrix").write_bytes(text)
        self.job("--unpack", "matrix", "gem.txt", hashlib.sha256(text).hexdigest(), "--", "./kinc", "--", "run")
        self.assertEqual((self.path / "gem.txt").read_bytes(), text.rstrip() + b"\n")

    def test_refuses_another_matrix(self):
        (self.path / "matrix").write_bytes(b"s1\n")
        ended = self.job("--unpack", "matrix", "gem.txt", "0" * 64, "--", "./kinc", "--", "run")
        self.assertEqual(ended.returncode, 1)
        self.assertIn("another one than was checked", ended.stderr)

    def test_takes_the_threshold_from_the_log(self):
        (self.path / "rmt.txt").write_text("0.990\t2\t2\t5\n0.989\t3\t3\t201\n0.826002\n")
        words = ["--threshold", "rmt.txt", "--output", "results/a.made", "--", "./kinc", "--"]
        self.assertEqual(self.job(*words, "--mincorr", "%7Bthreshold%7D", "a.made").returncode, 0)
        self.assertIn("--mincorr 0.826002 a.made", (self.path / "out/results/a.made").read_text())
        for text, problem in (("0.99\t2\t2\t5\n", "does not end with a threshold"), ("0\n", "no correlation"), ("", "does")):
            (self.path / "rmt.txt").write_text(text)
            ended = self.job(*words, "{threshold}")
            self.assertEqual(ended.returncode, 1)
            self.assertIn(problem, ended.stderr)


def chunk(*numbers):
    """A chunk's file with blocks of these numbers, of different lengths."""
    blocks = [struct.pack(">i", number) + b"x" * (number + 3) for number in numbers]
    return b"".join(struct.pack(">i", len(block)) + block for block in blocks)


class Chunk(Case):
    def problems(self, index, data, details={"blocks": 5, "blocks_per_chunk": 2}):
        (self.path / "run.json").write_text(json.dumps({"kinc3": details}))
        (self.path / "chunks").mkdir(exist_ok=True)
        path = self.path / f"chunks/chunk{index}.abd"
        path.write_bytes(data)
        return outputs.output_problems(path, None, checksum=False)

    def test_that_is_whole_has_its_blocks(self):
        for index, numbers in enumerate(((0, 1), (2, 3), (4,))):
            self.assertEqual(self.problems(index, chunk(*numbers)), [])

    def test_that_is_cut_anywhere_is_noticed(self):
        whole = chunk(2, 3)
        for size in range(len(whole)):
            self.assertEqual(len(self.problems(1, whole[:size])), 1, size)

    def test_of_another_part_is_noticed(self):
        self.assertEqual(
            self.problems(1, chunk(0, 1)), ["chunks/chunk1.abd has 2 blocks from 0 on, expected 2 from 2 on"]
        )
        self.assertEqual(len(self.problems(1, chunk(3, 2))), 1)

    def test_that_is_no_chunk_is_noticed(self):
        self.assertEqual(self.problems(0, b"\0" * 99), ["chunks/chunk0.abd is not a chunk of KINC 3"])

    def test_of_a_run_that_says_nothing_is_only_looked_at_for_cuts(self):
        self.assertEqual(self.problems(7, chunk(0), None), [])
        self.assertEqual(len(self.problems(7, chunk(0)[:-1], None)), 1)


if __name__ == "__main__":
    unittest.main()
