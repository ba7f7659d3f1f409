"""The steps on files, from a small GEM to a network."""

import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from kinc.cli import main
from kinc.gem import GemFormat, read_gem
from kinc.problems import KincProblem
from kinc.store import Reader

GENES, SAMPLES, JOBS = 12, 10, 3


def write_gem(path, change=lambda lines: lines):
    random = np.random.default_rng(7)
    base = random.normal(size=SAMPLES)
    lines = ["\t".join(f"s{n}" for n in range(SAMPLES))]
    for gene in range(GENES):
        values = [f"{v:.4f}" for v in base * (1 if gene % 3 else -1) + random.normal(size=SAMPLES) * 0.2 * gene]
        if gene == 5:
            values[2] = "NA"
        lines.append("\t".join([f"g<{gene}>", *values]))
    path.write_text("\n".join(change(lines)) + "\n")


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name)
        self.gem = self.path / "gem.txt"
        write_gem(self.gem)
        (self.path / "chunks").mkdir()

    def kinc(self, *arguments, code=0):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            result = main([str(argument) for argument in arguments])
        self.assertEqual(result, code, err.getvalue())
        return json.loads(out.getvalue()) if code == 0 else err.getvalue()

    def gem_options(self):
        options = ["--ematrix", self.gem, "--rows", GENES + 1, "--cols", SAMPLES]
        return [*options, "--headers", "--omit_na", "--na_val", "NA"]

    def chunk(self, index):
        return self.path / "chunks" / f"chunk_{index - 1:05d}.kinc"

    def similarity(self, index, jobs=JOBS, code=0, method="sc"):
        options = ["--method", method, "--min_obs", 5, "--num_jobs", jobs, "--job_index", index]
        return self.kinc("similarity", *self.gem_options(), *options, "--output", self.chunk(index), code=code)

    def merge(self, code=0):
        options = ["--chunks", self.path / "chunks", "--num_jobs", JOBS, "--output", self.path / "all.kinc"]
        return self.kinc("merge", *self.gem_options(), *options, code=code)

    def whole(self):
        for index in range(1, JOBS + 1):
            self.similarity(index)
        return self.merge()


class Workflow(Case):
    def test_every_split_gives_the_same_matrix(self):
        self.whole()
        split = np.concatenate(list(Reader(self.path / "all.kinc").blocks()))
        self.similarity(1, jobs=1)
        one = np.concatenate(list(Reader(self.chunk(1)).blocks()))
        np.testing.assert_array_equal(split, one)
        self.assertEqual(split.size, GENES * (GENES - 1) // 2)

    def test_merge_counts_every_pair(self):
        summary = self.whole()
        self.assertEqual((summary["pairs"], summary["chunks"]), (66, JOBS))
        self.assertEqual(summary["pairs_with_correlation"] + summary["pairs_without_correlation"], 66)

    def test_every_step_tells_its_cpu_time_and_merge_that_of_the_chunks(self):
        used = [self.similarity(index)["cpu_seconds"] for index in range(1, JOBS + 1)]
        summary = self.merge()
        chunks = summary["chunk_cpu_seconds"]
        # Of one process all the while, so each has used more than those before it.
        self.assertEqual(sorted([*used, *chunks, summary["cpu_seconds"]])[-1], summary["cpu_seconds"])
        self.assertEqual(len(chunks), JOBS)
        for chunk, whole in zip(chunks, used, strict=True):
            self.assertTrue(0 < chunk <= whole)

    def test_network_has_the_pairs_that_reach_the_threshold(self):
        self.whole()
        matrix, threshold = self.path / "all.kinc", self.path / "threshold.json"
        self.kinc("threshold", "--matrix", matrix, "--threshold", "0.7", "--summary", threshold)
        edges, graphml = self.path / "n.tsv", self.path / "n.graphml"
        files = ["--edges", edges, "--graphml", graphml]
        summary = self.kinc("extract", "--matrix", matrix, "--threshold", threshold, *files)
        values = np.concatenate(list(Reader(matrix).blocks()))
        expected = int((np.abs(values) >= np.float32(0.7)).sum())
        self.assertGreater(expected, 0)
        self.assertEqual(summary["edges"], expected)
        self.assertEqual(summary["positive"] + summary["negative"], expected)
        self.assertEqual(len(edges.read_text().splitlines()), expected + 1)
        graph = ElementTree.parse(graphml).getroot()
        name = "{http://graphml.graphdrawing.org/xmlns}"
        self.assertEqual(len(list(graph.iter(f"{name}edge"))), expected)
        self.assertEqual(len(list(graph.iter(f"{name}node"))), summary["nodes"])
        self.assertIn("g<1>", [data.text for data in graph.iter(f"{name}data")])


class Damage(Case):
    def test_missing_chunks_are_all_named_and_nothing_is_written(self):
        self.similarity(2)
        text = self.merge(code=1)
        self.assertIn("chunk_00000.kinc' is missing", text)
        self.assertIn("chunk_00002.kinc' is missing", text)
        self.assertFalse((self.path / "all.kinc").exists())

    def damage(self, change, expected):
        self.whole()
        path = self.chunk(2)
        path.write_bytes(change(path.read_bytes()))
        text = self.merge(code=1)
        self.assertIn("chunk_00001.kinc", text)
        self.assertIn(expected, text)

    def test_a_cut_chunk_is_found(self):
        self.damage(lambda data: data[:-4], "it is not whole")

    def test_a_changed_value_is_found(self):
        self.damage(lambda data: data[:-1] + bytes([data[-1] ^ 1]), "do not match their checksum")

    def test_an_empty_or_foreign_file_is_found(self):
        self.damage(lambda data: b"", "not a file of correlations")
        self.damage(lambda data: b"x" * 500, "not a file of correlations")

    def test_a_chunk_of_another_place_is_found(self):
        self.whole()
        self.chunk(2).write_bytes(self.chunk(1).read_bytes())
        self.assertIn("first_pair", self.merge(code=1))

    def test_a_chunk_of_another_matrix_or_method_is_found(self):
        self.whole()
        self.similarity(2, method="pc")
        self.assertIn("has method 'pc'", self.merge(code=1))
        self.similarity(2)
        write_gem(self.gem, lambda lines: [*lines[:-1], lines[-1] + "1"])
        self.assertIn("gem_sha256", self.merge(code=1))

    def test_a_failed_job_leaves_no_output(self):
        self.similarity(4, code=1)
        self.assertEqual(list((self.path / "chunks").iterdir()), [])


class Matrix(Case):
    def refused(self, change, expected):
        write_gem(self.gem, change)
        form = GemFormat(headers=True, na_val="NA")
        with self.assertRaisesRegex(KincProblem, expected):
            read_gem(self.gem, form)

    def test_malformed_ones_are_refused_with_their_place(self):
        self.refused(lambda lines: [*lines[:3], lines[3] + "\t1"], "line 4 has 12 fields")
        self.refused(lambda lines: [*lines[:2], lines[2].replace("\t", "\tx", 1)], "line 3, column 2: 'x")
        self.refused(lambda lines: [*lines, lines[1]], "line 14: gene 'g<0>' was already on line 2")
        self.refused(lambda lines: lines[1:], "line 1 names 11 samples")
        self.refused(lambda lines: [], "is empty")
        self.refused(lambda lines: [lines[0], "g\t" + "\t".join(["nan"] * SAMPLES)], "'nan' is not a number")

    def test_rows_are_the_lines_of_the_file(self):
        with self.assertRaisesRegex(KincProblem, "has 13 lines but --rows is 12"):
            read_gem(self.gem, GemFormat(rows=GENES, na_val="NA"))

    def test_omit_na_needs_na_val(self):
        text = self.kinc(
            *["similarity", "--ematrix", self.gem, "--omit_na", "--method", "sc", "--output", "x"], code=1
        )
        self.assertIn("--na_val", text)


if __name__ == "__main__":
    unittest.main()
