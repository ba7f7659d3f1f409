import dataclasses
import json
import tempfile
import unittest
from pathlib import Path

from crossflock_submit import dag, jobs, run
from crossflock_submit.gem import read_gem
from crossflock_submit.kinc import KincPlan, check_plan, kinc_workflow, parse_threshold
from crossflock_submit.problems import SubmitProblem

TEXT = "s1\ts2\ts3\nA\t1\t2\t3\nB\t3\tNA\t1\nC\t1\t1\t2\n"


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name)

    def gem(self, text=TEXT):
        path = self.path / "gem.txt"
        path.write_text(text)
        return read_gem(path, "NA")

    def plan(self, **changes):
        plan = KincPlan(
            run_id="r1",
            jobs=3,
            gem=self.gem(),
            method="sc",
            min_obs=2,
            na_val="NA",
            threshold=0.8,
            request_memory=1024,
            max_memory=4096,
            retries=2,
            min_job_seconds=0,
        )
        return dataclasses.replace(plan, **changes)


class Matrix(Case):
    def test_is_measured_as_kinc_wants_it(self):
        gem = self.gem()
        self.assertEqual((gem.lines, gem.genes, gem.samples, gem.pairs), (4, 3, 3, 3))

    def test_malformed_ones_are_refused_with_their_place(self):
        for text, expected in (
            ("", "is empty"),
            ("s1\ts2\n", "a header and two genes"),
            (TEXT + "D\t1\t2\n", "line 5 has 3 fields, expected 4"),
            (TEXT + "A\t1\t2\t3\n", "line 5: gene 'A' was already on line 2"),
            (TEXT.replace("3\tNA", "x\tNA"), "line 3, column 2: 'x' is not a number"),
            ("A\t1\t2\t3\nB\t1\t2\t3\nC\t1\t2\t3\n", "the first line must name the samples only"),
        ):
            with self.subTest(expected=expected), self.assertRaisesRegex(SubmitProblem, expected):
                self.gem(text)


class Plan(Case):
    def test_all_problems_are_named_at_once(self):
        plan = self.plan(run_id="../x", jobs=4, min_obs=4, threshold=2.0, max_memory=512)
        with self.assertRaises(SubmitProblem) as caught:
            check_plan(plan)
        for part in ("run id '../x'", "4 jobs for 3", "--min-obs 4", "--threshold 2", "--request-memory 1024"):
            self.assertIn(part, str(caught.exception))

    def test_threshold_is_a_number_or_rmt(self):
        self.assertIsNone(parse_threshold("rmt"))
        self.assertEqual(parse_threshold("0.8"), 0.8)
        with self.assertRaises(SubmitProblem):
            parse_threshold("high")


class Dag(Case):
    def test_runs_all_shares_then_the_last_steps(self):
        lines = dag.dag_text(kinc_workflow(self.plan())).splitlines()
        self.assertIn("JOB similarity_00000 similarity.sub", lines)
        self.assertIn(
            'VARS similarity_00002 node="similarity_00002" try="$(RETRY)" index="3" chunk="chunk_00002.kinc"',
            lines,
        )
        self.assertIn("RETRY merge 2", lines)
        self.assertIn("PARENT similarity_00000 similarity_00001 similarity_00002 CHILD merge", lines)
        self.assertIn("PARENT merge CHILD threshold", lines)
        self.assertIn("PARENT threshold CHILD extract", lines)

    def test_status_of_very_many_nodes_is_written_less_often(self):
        many = dag.dag_text(kinc_workflow(self.plan(jobs=5000)))
        self.assertTrue(many.splitlines()[-1].endswith(" 30"))


class Jobs(Case):
    def description(self, name="similarity.sub", **changes):
        return jobs.submit_files(kinc_workflow(self.plan(**changes)))[name].splitlines()

    def test_a_retry_asks_for_more_memory_up_to_the_largest_executor(self):
        self.assertIn("memory_mb = min({1024 * pow(2, $(try)), 4096})", self.description())
        self.assertIn("request_memory = $INT(memory_mb)", self.description())

    def test_output_is_named_so_that_no_job_is_held_or_delayed(self):
        lines = self.description()
        self.assertIn("transfer_output_files = out/", lines)
        self.assertIn("transfer_input_files = gem.txt.gz, out", lines)

    def test_arguments_are_kinc_v1s(self):
        arguments = next(line for line in self.description(na_val="-9.9") if line.startswith("arguments"))
        self.assertEqual(
            arguments,
            'arguments = "similarity --ematrix gem.txt.gz --rows 4 --cols 3 --headers --omit_na '
            "--na_val -9.9 --method sc --min_obs 2 --num_jobs 3 --job_index $(index) "
            '--output out/chunks/$(chunk)"',
        )

    def test_rmt_is_asked_for_by_name(self):
        self.assertIn("--threshold rmt", self.description("threshold.sub", threshold=None)[3])


class Run(Case):
    def test_an_existing_one_is_left_alone(self):
        plan = kinc_workflow(self.plan())
        directory = run.make_run(plan, self.path / "runs")
        before = sorted(path.name for path in directory.iterdir())
        with self.assertRaisesRegex(SubmitProblem, "exists already"):
            run.make_run(plan, self.path / "runs")
        self.assertEqual(sorted(path.name for path in directory.iterdir()), before)

    def test_record_says_what_it_is(self):
        directory = run.make_run(kinc_workflow(self.plan()), self.path / "runs")
        run.write_run_file(directory, kinc_workflow(self.plan()), 17)
        record = json.loads((directory / "run.json").read_text())
        self.assertEqual((record["id"], record["jobs"], record["pairs"]), ("r1", 3, 3))
        self.assertEqual((record["dagman_cluster"], record["threshold"]), (17, 0.8))
        self.assertTrue((directory / record["files"]["dag"]).is_file())

    def test_record_has_the_slots_where_they_were_told(self):
        self.assertNotIn("slots", run.run_record(kinc_workflow(self.plan()), None))
        self.assertEqual(run.run_record(kinc_workflow(self.plan(slots=8)), None)["slots"], 8)

    def test_output_folders_are_there_and_empty(self):
        directory = run.make_run(kinc_workflow(self.plan()), self.path / "runs")
        self.assertEqual(sorted(p.name for p in (directory / "out").rglob("*")), ["chunks", "results"])


if __name__ == "__main__":
    unittest.main()
