"""`kinc calibrate`."""

import contextlib
import io
import json
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import numpy as np

from kinc import calibrate
from kinc.cli import main
from kinc.correlate import Correlator
from kinc.pairs import pair_count
from kinc.usage import peak_memory_mb, seconds_since_start


def write_gem(path, genes, samples, missing=0.0):
    random = np.random.default_rng(3)
    lines = ["\t".join(f"s{n}" for n in range(samples))]
    for gene in range(genes):
        values = [f"{v:.4f}" if random.random() >= missing else "NA" for v in random.normal(size=samples)]
        lines.append("\t".join([f"g{gene}", *values]))
    path.write_text("\n".join(lines) + "\n")


class Calibrate(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        before = os.getcwd()
        self.addCleanup(os.chdir, before)
        os.chdir(folder.name)
        self.gem = Path("gem.txt")

    def kinc(self, *arguments, code=0):
        out, err = io.StringIO(), io.StringIO()
        options = ["--ematrix", "gem.txt", "--headers", "--omit_na", "--na_val", "NA", "--method", "sc"]
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            result = main(["calibrate", *options, *map(str, arguments)])
        self.assertEqual(result, code, err.getvalue())
        return json.loads(out.getvalue()) if code == 0 else err.getvalue()

    def test_it_tells_pairs_and_time_and_leaves_nothing(self):
        write_gem(self.gem, 60, 12)
        summary = self.kinc("--min_obs", 5, "--seconds", 0.05)
        self.assertGreater(summary["pairs"], 0)
        self.assertGreaterEqual(summary["seconds"], 0.05)
        self.assertGreater(summary["setup_seconds"], 0)
        self.assertEqual((summary["genes"], summary["samples"], summary["bytes_per_pair"]), (60, 12, 4))
        self.assertGreater(summary["peak_memory_mb"], 10)
        self.assertEqual(os.listdir("."), ["gem.txt"])

    def test_a_slow_block_is_not_followed_by_one_that_takes_too_long(self):
        write_gem(self.gem, 200, 8)
        clock = FakeClock()
        with mock.patch.object(calibrate, "time", clock), mock.patch.object(Correlator, "block", clock.block):
            summary = self.kinc("--min_obs", 5, "--seconds", 2)
        # Rows at 0.3 s each: one that does not count, then 1, 2, 3 of them.
        self.assertEqual(clock.rows, [1, 1, 2, 3, 1])
        self.assertAlmostEqual(summary["seconds"], 2.1)

    def test_pairs_are_those_below_the_diagonal(self):
        write_gem(self.gem, 2, 8)
        clock = FakeClock()
        with mock.patch.object(calibrate, "time", clock), mock.patch.object(Correlator, "block", clock.block):
            summary = self.kinc("--min_obs", 5, "--seconds", 1)
        self.assertEqual(summary["pairs"], len(clock.rows) - 1)

    def test_long_rows_come_as_often_as_in_the_work(self):
        blocks = calibrate._Blocks(Correlator(np.random.default_rng(1).normal(size=(100, 8)), "pc", 5), 100)
        pairs = [blocks.run(1) for _ in range(400)]
        # The row of a random pair has two thirds of the longest row's pairs, give or take 24.
        self.assertAlmostEqual(sum(pairs) / len(pairs), 66.3, delta=5)
        self.assertEqual(blocks.run(100), pair_count(100))

    def test_with_missing_values_it_still_ends(self):
        write_gem(self.gem, 40, 10, missing=0.2)
        self.assertGreater(self.kinc("--min_obs", 5, "--seconds", 0.01)["pairs"], 0)

    def test_what_cannot_be_measured_is_refused(self):
        write_gem(self.gem, 1, 8)
        self.assertIn("has one gene", self.kinc("--min_obs", 5, code=1))
        self.assertIn("--seconds is 61", self.kinc("--seconds", 61, code=1))
        self.assertIn("--seconds is 0", self.kinc("--seconds", 0, code=1))


class FakeClock:
    """Time that passes only while rows are correlated."""

    def __init__(self, seconds_a_row=0.3):
        self.now = 0.0
        self.rows = []
        self._seconds_a_row = seconds_a_row

    def monotonic(self):
        return self.now

    def block(self, first, last):
        self.rows.append(last - first)
        self.now += (last - first) * self._seconds_a_row
        return np.zeros((last - first, last))


class Usage(unittest.TestCase):
    def test_this_process_is_some_seconds_old_and_holds_some_memory(self):
        self.assertGreater(seconds_since_start(), 0.01)
        self.assertLess(seconds_since_start(), 3600)
        self.assertGreater(peak_memory_mb(), 10)
        self.assertLess(peak_memory_mb(), 10_000)


if __name__ == "__main__":
    unittest.main()
