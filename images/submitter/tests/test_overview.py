import json
import tempfile
import unittest
from pathlib import Path

from crossflock_submit import overview

# As HTCondor 23.9 wrote it of a DAGMan job that was held, released and removed: the schedd
# notes the release after it has started the job again.
SUBMITTED = """\
000 (002.000.000) 2026-11-21 16:51:26.730Z Job submitted from host: <172.30.77.1:9618?sock=schedd_24_0a5c>
...
001 (002.000.000) 2026-11-21 16:51:27.965Z Job executing on host: <172.30.77.1:9618?sock=schedd_24_0a5c>
...
"""
HELD = """\
004 (002.000.000) 2026-11-21 16:52:04.921Z Job was evicted.
	(0) CPU times
		Usr 0 00:00:00, Sys 0 00:00:00  -  Run Remote Usage
...
012 (002.000.000) 2026-11-21 16:52:04.921Z Job was held.
	via condor_hold (by user condor_pool)
	Code 1 Subcode 0
...
"""
RELEASED = """\
001 (002.000.000) 2026-11-21 16:52:09.228Z Job executing on host: <172.30.77.1:9618?sock=schedd_24_0a5c>
...
013 (002.000.000) 2026-11-21 16:52:16.721Z Job was released.
	via condor_release (by user condor_pool)
...
"""
REMOVED = """\
004 (002.000.000) 2026-11-21 16:52:24.687Z Job was evicted.
...
009 (002.000.000) 2026-11-21 16:52:24.687Z Job was aborted.
	via condor_rm (by user condor_pool)
...
"""
TERMINATED = """\
005 (002.000.000) 2026-11-21 16:54:45.300Z Job terminated.
	(1) Normal termination (return value 0)
		Usr 0 00:00:00, Sys 0 00:00:00  -  Run Remote Usage
...
"""
STATUS = """\
[
  Type = "DagStatus";
  DagStatus = 6; /* "STATUS_ERROR (removed)" */
  NodesTotal = 43;
  NodesDone = 3;
  NodesFailed = 37;
  JobProcsIdle = 0; /* includes held */
]
"""


# The end of DAGMan's own log, of HTCondor 23.9, of a DAG that failed.
TABLES = """\
11/21/26 20:28:13 Of 6 nodes total:
11/21/26 20:28:13  Done     Pre   Queued    Post   Ready   Un-Ready   Failed   Futile
11/21/26 20:28:13   ===     ===      ===     ===     ===        ===      ===      ===
11/21/26 20:28:13     0       0        0       0       1          5        0        0
11/21/26 20:28:40 DAG status: 2 (DAG_STATUS_NODE_FAILED)
11/21/26 20:28:40 Of 6 nodes total:
11/21/26 20:28:40  Done     Pre   Queued    Post   Ready   Un-Ready   Failed   Futile
11/21/26 20:28:40   ===     ===      ===     ===     ===        ===      ===      ===
11/21/26 20:28:40     4       0        0       0       0          0        1        1
11/21/26 20:28:40 0 job proc(s) currently held
"""


class Planned(unittest.TestCase):
    """A run that Pegasus planned: its files are behind links, and there is no node status file."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.directory = Path(folder.name) / "run"
        self.pegasus = Path(folder.name) / "kinc-1"
        self.directory.mkdir()
        record = {"id": "osg-kinc-1", "workflow": "osg-kinc", "created": "2026-11-21T20:28:13Z"}
        record |= {"dagman_cluster": 2, "pegasus": {"directory": str(self.pegasus)}}
        (self.directory / "run.json").write_text(json.dumps(record))
        for name in ("dagman.log", "dagman.out"):
            (self.directory / f"workflow.dag.{name}").symlink_to(self.pegasus / f"kinc-0.dag.{name}")

    def test_has_the_counts_of_dagmans_own_log(self):
        self.pegasus.mkdir()
        (self.pegasus / "kinc-0.dag.dagman.log").write_text(SUBMITTED)
        (self.pegasus / "kinc-0.dag.dagman.out").write_text(TABLES)
        found = overview.overview(self.directory)
        self.assertEqual(
            [found[name] for name in ("state", "total", "done", "failed")], [overview.RUNNING, 6, 4, 1]
        )

    def test_is_over_when_pegasus_directory_is_gone(self):
        self.assertEqual(overview.overview(self.directory)["state"], overview.REMOVED)


class State(unittest.TestCase):
    def test_is_what_dagmans_log_says_last(self):
        for log, state, ended in (
            ("", "waiting", None),
            (SUBMITTED, "running", None),
            (SUBMITTED + HELD, "held", None),
            (SUBMITTED + HELD + RELEASED, "running", None),
            (SUBMITTED + HELD + REMOVED, "removed", "2026-11-21T16:52:24.687Z"),
            (SUBMITTED + TERMINATED, "succeeded", "2026-11-21T16:54:45.300Z"),
            (SUBMITTED + TERMINATED.replace("value 0", "value 1"), "failed", "2026-11-21T16:54:45.300Z"),
        ):
            with self.subTest(state=state):
                self.assertEqual(overview.dagman_state(log), (state, ended))

    def test_is_that_of_the_last_try(self):
        again = SUBMITTED.replace("(002.", "(009.")
        self.assertEqual(overview.dagman_state(SUBMITTED + REMOVED + again), ("running", None))
        # What is told late of an earlier one changes nothing.
        self.assertEqual(overview.dagman_state(SUBMITTED + again + REMOVED), ("running", None))


class Runs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.runs = Path(folder.name)

    def add(self, name, created="2026-11-21T16:51:26.000Z", **changes):
        directory = self.runs / name
        directory.mkdir()
        shape = {"before": [{"node": "import"}], "parallel": {"count": 4}, "after": []}
        record = {"id": name, "workflow": "kinc", "shape": shape, "created": created, "dagman_cluster": 2}
        (directory / "run.json").write_text(json.dumps({**record, **changes}))
        return directory

    def test_are_told_newest_first_with_what_is_known(self):
        self.add("old")
        self.add("new", "2026-11-21T17:00:00.000Z", dagman_cluster=None)
        (self.runs / "broken").mkdir()
        (self.runs / "broken" / "run.json").write_text("{")
        (self.runs / "empty").mkdir()
        found = list(overview.overviews(self.runs))
        self.assertEqual([run["id"] for run in found], ["new", "old"])
        self.assertEqual([run["state"] for run in found], ["not-submitted", "waiting"])
        self.assertEqual((found[1]["total"], found[1]["done"]), (5, 0))
        self.assertEqual(list(overview.overviews(self.runs / "none")), [])

    def test_counts_are_dagmans_except_what_it_removed(self):
        directory = self.add("r")
        (directory / "workflow.status").write_text(STATUS)
        (directory / "workflow.dag.dagman.log").write_text(SUBMITTED)
        counts = ("total", "done", "failed")
        run = overview.overview(directory)
        self.assertEqual([run[name] for name in counts], [43, 3, 37])
        (directory / "workflow.dag.dagman.log").write_text(SUBMITTED + REMOVED)
        run = overview.overview(directory)
        self.assertEqual([run[name] for name in counts], [43, 3, 0])
        self.assertEqual(run["ended"], "2026-11-21T16:52:24.687Z")

    def test_files_are_those_that_the_run_names(self):
        directory = self.add("r", files={"dagman_log": "other.log"})
        (directory / "other.log").write_text(SUBMITTED)
        self.assertEqual(overview.overview(directory)["state"], "running")


if __name__ == "__main__":
    unittest.main()
