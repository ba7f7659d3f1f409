import json
import tempfile
import unittest
from pathlib import Path

from crossflock_submit import run
from crossflock_submit.problems import SubmitProblem
from crossflock_submit.spec import read_spec, workflow_of


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name)
        (self.path / "program").write_text("#!/bin/sh\n")

    def spec(self, **changes):
        return {
            "workflow": "command",
            "run_id": "c1",
            "retries": 1,
            "results": ["all.json"],
            "request_memory_mb": 512,
            "before": [],
            "parallel": {
                "prefix": "task_",
                "phase": "running",
                "variables": [{"item": 'a "b" c', "number": "1"}, {"item": "x\\y", "number": "2"}],
            },
            "after": [{"node": "gather", "phase": "gathering"}],
            "jobs": {
                "task_": {"argv": ["bin/program", "$(item)"], "inputs": ["bin"], "disk_mb": 10, "memory_mb": 256},
                "gather": {"argv": ["/bin/cat"], "inputs": ["results"], "environment": {"A": "it's b"}},
            },
            "files": {"bin/program": str(self.path / "program")},
            "executables": ["bin/program"],
            **changes,
        }

    def workflow(self, **changes):
        return workflow_of(self.spec(**changes), lambda: 2048)


class Spec(Case):
    def test_becomes_a_run(self):
        directory = run.make_run(self.workflow(), self.path / "runs")
        dag = (directory / "workflow.dag").read_text().splitlines()
        self.assertIn("JOB task_00000 task.sub", dag)
        self.assertIn(
            'VARS task_00000 node="task_00000" try="$(RETRY)" item="a \\"b\\" c" number="1"', dag
        )
        self.assertIn("PARENT task_00000 task_00001 CHILD gather", dag)
        task = (directory / "task.sub").read_text()
        self.assertIn('arguments = "$(item)"', task)
        self.assertIn("memory_mb = min({256 * pow(2, $(try)), 2048})", task)
        self.assertIn("environment = \"'A=it''s b'\"", (directory / "gather.sub").read_text())
        self.assertEqual((directory / "bin/program").stat().st_mode & 0o777, 0o755)

    def test_has_all_its_problems_named_at_once(self):
        with self.assertRaises(SubmitProblem) as caught:
            self.workflow(
                run_id="../x",
                retries=-1,
                color="red",
                results=["../../etc/passwd"],
                request_memory_mb=4096,
                jobs={"task_": {"argv": [], "inputs": ["/etc"], "shell": True}},
                files={"../x": "/none"},
                parallel={"prefix": "task_", "phase": "p", "variables": [{"node": "x"}]},
            )
        for part in (
            "run id '../x'", "retries is -1", "'color' is no field", "results is", "4096 MB",
            "jobs.task_.argv", "jobs.task_: inputs", "'shell' is no field of jobs.task_",
            "files.../x", "parallel.variables[0]", "jobs has no 'gather'",
        ):
            self.assertIn(part, str(caught.exception))

    def test_must_be_an_object(self):
        path = self.path / "spec.json"
        for text in ("[]", "{", ""):
            path.write_text(text)
            with self.subTest(text=text), self.assertRaises(SubmitProblem):
                read_spec(path)
        path.write_text(json.dumps({"a": 1}))
        self.assertEqual(read_spec(path), {"a": 1})


if __name__ == "__main__":
    unittest.main()
