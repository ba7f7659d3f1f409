import hashlib
import json
import os
import struct
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from crossflock_submit import after, outputs, retry
from crossflock_submit.problems import SubmitProblem

GEM = "a" * 64
# As HTCondor 23.9 wrote it; addresses shortened.
LOG = """000 (002.000.000) 2026-11-21 17:03:49.358Z Job submitted from host: <172.30.9.1:9618>
    DAG Node: similarity_00000
...
001 (002.000.000) 2026-11-21 17:03:50.740Z Job executing on host: <172.30.9.3:9618>
\tSlotName: slot1_1@e3.crossflock
\tCondorScratchDir = "/var/lib/condor/execute/dir_44"
...
005 (002.000.000) 2026-11-21 17:03:50.859Z Job terminated.
\t(1) Normal termination (return value {job})
\t\tUsr 0 00:00:00, Sys 0 00:00:00  -  Run Remote Usage
...
016 (002.000.000) 2026-11-21 17:03:51.456Z POST Script terminated.
\t(1) Normal termination (return value {post})
    DAG Node: similarity_00000
...
"""
# The same; arguments shortened.
HELD = """012 (002.000.000) 2026-11-21 17:03:51.556Z Job was held.
\tError from slot1_1@e3.crossflock: Failed to execute '/usr/local/bin/kinc': (errno=2: 'No such file or directory')
\tCode {code}
...
"""


def correlations(pairs=3, gem=GEM, values=None):
    data = struct.pack(f"<{pairs}f", *range(pairs)) if values is None else values
    header = {"pairs": pairs, "gem_sha256": gem, "data_sha256": hashlib.sha256(data).hexdigest()}
    text = json.dumps(header).encode()
    return outputs.MAGIC + struct.pack("<I", len(text)) + text + data


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name)
        self.run = self.path / "r1"
        for name in ("logs", "chunks", "results", "avoid"):
            (self.run / name).mkdir(parents=True)
        self.chunk = self.run / "chunks/chunk_00000.kinc"
        self.chunk.write_bytes(correlations())
        self.log(0, 0)
        (self.run / "run.json").write_text(
            json.dumps(
                {
                    "id": "r1",
                    "dagman_cluster": 1,
                    "gem": {"sha256": GEM},
                    "shape": {"before": [], "after": [{"node": "merge", "phase": "merging"}]},
                }
            )
        )
        (self.run / "workflow.dag").write_text(
            "SCRIPT POST similarity_00000 /x/after $JOB $RETURN $JOBID $RETRY chunks/chunk_00000.kinc\n"
            "SCRIPT POST merge /x/after $JOB $RETURN $JOBID $RETRY\n"
        )

    def log(self, job, post):
        (self.run / "workflow.dag.nodes.log").write_text(LOG.format(job=job, post=post))


class Outputs(Case):
    def problems(self, content, checksum=True):
        self.chunk.write_bytes(content)
        return " ".join(outputs.output_problems(self.chunk, GEM, checksum))

    def test_whole_ones_are_found_whole(self):
        self.assertEqual(self.problems(correlations()), "")

    def test_each_kind_of_damage_is_named(self):
        whole = correlations()
        for content, expected in (
            (b"", "is empty"),
            (whole[:-1], "bytes, expected"),
            (whole[:9], "not a file of correlations"),
            (b"x" * 99, "not a file of correlations"),
            (whole[:14] + b"!!" + whole[16:], "damaged header"),
            (whole[:-1] + b"\x01", "checksum"),
            (correlations(gem="b" * 64), "another matrix"),
        ):
            with self.subTest(expected=expected):
                self.assertIn(expected, self.problems(content))

    def test_a_missing_one_is_named_with_its_folder(self):
        self.chunk.unlink()
        self.assertEqual(outputs.output_problems(self.chunk, GEM, True), ["chunks/chunk_00000.kinc is missing"])


class After(Case):
    executors = 3

    def after(self, code, *names):
        here = os.getcwd()
        os.chdir(self.run)
        try:
            with mock.patch.object(after, "executors", return_value=self.executors):
                return after.main(["similarity_00000", str(code), "2.0", "0", *names])
        finally:
            os.chdir(here)

    def test_a_job_that_left_its_output_is_done(self):
        self.assertEqual(self.after(0, "chunks/chunk_00000.kinc"), 0)
        self.assertEqual(list((self.run / "avoid").iterdir()), [])

    def test_a_job_that_left_a_cut_output_is_not(self):
        self.chunk.write_bytes(correlations()[:-4])
        self.assertEqual(self.after(0, "chunks/chunk_00000.kinc"), 1)
        said = (self.run / "logs/similarity_00000.0.err").read_text()
        self.assertRegex(said, r"crossflock: chunks/chunk_00000.kinc has \d+ bytes, expected \d+")

    def test_a_job_that_failed_avoids_every_machine_it_failed_on(self):
        self.assertEqual(self.after(3), 3)
        first = (self.run / "avoid/similarity_00000.inc").read_text()
        self.assertEqual(first, 'avoid = (TARGET.Machine =!= "e3.crossflock") || (time() - QDate > 600)\n')
        self.run.joinpath("workflow.dag.nodes.log").write_text(LOG.format(job=3, post=3).replace("e3", "e2"))
        self.assertEqual(self.after(-11), 1)
        second = (self.run / "avoid/similarity_00000.inc").read_text()
        self.assertIn('"e3.crossflock" && TARGET.Machine =!= "e2.crossflock"', second)

    def test_a_job_that_failed_everywhere_avoids_nothing(self):
        self.executors = 1
        self.assertEqual(self.after(3), 3)
        text = (self.run / "avoid/similarity_00000.inc").read_text()
        self.assertEqual(text, '# Machine =!= "e3.crossflock"\navoid = True\n')

    def test_the_executors_are_those_that_jobs_flock_to(self):
        config = self.path / "91-flock.config"
        self.assertEqual(after.executors(config), 0)
        config.write_text("# x\nFLOCK_TO = 172.16.0.2, 172.16.0.3\n")
        self.assertEqual(after.executors(config), 2)

    def test_a_job_that_was_removed_has_nothing_to_avoid(self):
        self.assertEqual(self.after(-1002), 1)
        self.assertEqual((self.run / "avoid/similarity_00000.inc").read_text(), "avoid = True\n")

    def held(self, code):
        with open(self.run / "workflow.dag.nodes.log", "a") as log:
            log.write(HELD.format(code=code))
        self.assertEqual(self.after(-1002), 1)
        return (self.run / "avoid/similarity_00000.inc").read_text()

    def test_a_job_that_could_not_be_started_avoids_the_machine(self):
        self.assertIn('"e3.crossflock"', self.held("6 Subcode 2"))

    def test_a_job_over_its_memory_avoids_nothing(self):
        self.assertEqual(self.held("3 Subcode 34"), "avoid = True\n")


class Retry(Case):
    def retry(self, queued=False):
        with (
            mock.patch.object(retry, "in_queue", return_value=queued),
            mock.patch.object(retry, "submit_dag", return_value=7),
        ):
            return retry.retry(self.run)

    def rescue(self):
        return (self.run / "workflow.dag.rescue001").read_text().splitlines()[1:]

    def test_runs_what_is_missing_and_keeps_the_log(self):
        result = self.retry()
        self.assertEqual((result["done"], result["again"], result["dagman_cluster"]), (1, 1, 7))
        self.assertEqual(self.rescue(), ["DONE similarity_00000"])
        self.assertTrue((self.run / "workflow.dag.nodes.log.001").exists())
        self.assertEqual(json.loads((self.run / "run.json").read_text())["dagman_cluster"], 7)

    def test_runs_a_damaged_one_and_all_that_comes_after_it_again(self):
        self.chunk.write_bytes(b"KINC")
        result = self.retry()
        self.assertEqual(list(result["damaged"]), ["similarity_00000"])
        self.assertEqual(self.rescue(), [])
        self.assertFalse(self.chunk.exists())

    def test_counts_a_job_as_failed_that_only_its_check_failed(self):
        self.log(0, 1)
        self.assertEqual(self.retry()["done"], 0)

    def test_counts_a_job_as_done_whose_check_never_came(self):
        text = LOG.format(job=0, post=0)
        self.run.joinpath("workflow.dag.nodes.log").write_text(text[: text.index("016")])
        self.assertEqual(self.retry()["done"], 1)

    def test_refuses_a_run_that_is_not_over(self):
        with self.assertRaisesRegex(SubmitProblem, "is not over"):
            self.retry(queued=True)

    def test_refuses_a_run_with_nothing_missing(self):
        dag = self.run / "workflow.dag"
        dag.write_text(dag.read_text().splitlines()[0] + "\n")
        with self.assertRaisesRegex(SubmitProblem, "nothing to retry"):
            self.retry()


if __name__ == "__main__":
    unittest.main()
