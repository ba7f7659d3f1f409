"""Tests of the stand-in itself; `python3 -m unittest` in this folder."""

import contextlib
import importlib.machinery
import importlib.util
import io
import math
import os
import struct
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.dont_write_bytecode = True
LOADER = importlib.machinery.SourceFileLoader("kinc3", str(Path(__file__).with_name("kinc3")))
PROGRAM = importlib.util.module_from_spec(importlib.util.spec_from_loader("kinc3", LOADER))
LOADER.exec_module(PROGRAM)
GEM = "s1\ts2\ts3\ts4\na\t1\t2\t3\t4\nb\t2\t4\t6\t8.5\nc\t4\t3\t2\t1\nd\t1\tNA\t1\t9\n"
SIMILARITY = ["similarity", "--input", "g.emx", "--minsamp", "3", "--mincorr", "0", "--bsize", "2"]


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name)
        (self.path / "g.txt").write_text(GEM)
        for name in ("cuda", "opencl"):
            self.kinc("settings", "set", name, "none")

    def kinc(self, *argv, code=0):
        printed = io.StringIO()
        environment = mock.patch.dict(os.environ, {"XDG_CONFIG_HOME": str(self.path)})
        with environment, contextlib.chdir(self.path), contextlib.redirect_stdout(printed):
            ended = PROGRAM.main(argv)
        self.assertEqual(ended, code, printed.getvalue())
        self.assertIn("not KINC", printed.getvalue())
        return printed.getvalue()

    def refused(self, words, *argv):
        self.assertIn(words, self.kinc(*argv, code=255))

    def imported(self):
        self.kinc("run", "import-emx", "--input", "g.txt", "--output", "g.emx")

    def correlated(self, size=3):
        self.imported()
        for index in range(size):
            self.kinc("chunkrun", str(index), str(size), *SIMILARITY)
        return ["merge", str(size), *SIMILARITY, "--ccm", "g.ccm", "--cmx", "g.cmx"]

    def extracted(self, *argv):
        files = ["--emx", "g.emx", "--ccm", "g.ccm", "--cmx", "g.cmx", "--output", "n.txt"]
        self.kinc("run", "extract", *files, *argv)
        return [line.split("\t") for line in (self.path / "n.txt").read_text().splitlines()]


class Network(Case):
    def test_has_the_pairs_from_the_threshold_on(self):
        self.kinc(*self.correlated())
        header, *edges = self.extracted("--mincorr", "0.9", "--format", "tidy")
        self.assertEqual(header[:3], ["Source", "Target", "Similarity_Score"])
        self.assertEqual([edge[:2] for edge in edges], [["b", "a"], ["c", "a"], ["c", "b"]])
        # 10.75 ÷ √(5 × 23.1875), by hand.
        self.assertAlmostEqual(float(edges[0][2]), 10.75 / math.sqrt(5 * 23.1875), places=6)
        self.assertEqual(edges[1][2:], ["-1", "co", "1", "4", "1111"])

    def test_is_the_same_in_other_numbers_of_chunks(self):
        self.kinc(*self.correlated(2))
        two = self.extracted("--mincorr", "0")
        self.kinc(*self.correlated(3))
        self.assertEqual(self.extracted("--mincorr", "0"), two)

    def test_of_spearman_goes_by_ranks(self):
        self.imported()
        options = [*SIMILARITY, "--corrmethod", "spearman"]
        for index in "01":
            self.kinc("chunkrun", index, "2", *options)
        self.kinc("merge", "2", *options, "--ccm", "g.ccm", "--cmx", "g.cmx")
        edges = self.extracted("--mincorr", "1", "--format", "minimal")
        self.assertEqual(edges[1], ["b", "a", "1", "1", "1"])

    def test_threshold_is_in_the_last_line_of_the_log(self):
        self.kinc(*self.correlated())
        self.kinc("run", "rmt", "--input", "g.cmx", "--log", "r.txt", "--tstart", "1", "--tstop", "0.2")
        *steps, last = (self.path / "r.txt").read_text().splitlines()
        self.assertEqual(len(steps[0].split("\t")), 4)
        self.assertLess(0.2, float(last))
        self.assertLess(float(last), 1)


class Chunks(Case):
    def test_have_blocks_with_length_and_number(self):
        self.correlated()
        data = (self.path / "chunk1.abd").read_bytes()
        length, number, pairs = struct.unpack_from(">iii", data)
        self.assertEqual((len(data), number, length), (4 + length, 1, 8 + 16 * pairs))

    def test_are_merged_from_where_the_settings_say(self):
        merge = self.correlated()
        (self.path / "chunks").mkdir()
        for path in self.path.glob("chunk?.abd"):
            path.rename(self.path / "chunks" / path.name)
        self.refused("OPEN ERROR\nFailed opening temporary chunk file chunk0.abd", *merge)
        self.kinc("settings", "set", "chunkdir", "chunks")
        self.kinc(*merge)

    def test_that_are_missing_cut_or_others_are_refused(self):
        merge = self.correlated()
        chunk = self.path / "chunk1.abd"
        whole = chunk.read_bytes()
        chunk.write_bytes(whole[:-1])
        self.refused("READ ERROR", *merge)
        chunk.write_bytes((self.path / "chunk0.abd").read_bytes())
        self.refused("index 0 when it should be 1", *merge)
        chunk.write_bytes(whole + whole)
        self.refused("another number of chunks", *merge)
        chunk.unlink()
        self.refused("OPEN ERROR", *merge)

    def test_that_are_too_many_are_empty(self):
        self.correlated(5)
        self.assertEqual([(self.path / f"chunk{n}.abd").stat().st_size > 0 for n in range(5)], [True] * 3 + [False] * 2)

    def test_need_an_index_below_a_size_of_two_at_least(self):
        self.imported()
        for index, size in (("3", "3"), ("-1", "3"), ("0", "1"), ("x", "3")):
            self.refused("index and/or size is invalid", "chunkrun", index, size, *SIMILARITY)


class Refusals(Case):
    def test_unknown_commands_only_get_help(self):
        self.assertIn("Usage", self.kinc("dance"))
        self.assertIn("Usage", self.kinc())

    def test_options_are_checked(self):
        self.imported()
        cases = {
            "Unknown analytic option 'minexp'": ["--minexp", "1"],
            "argument 'minsamp' is not a valid integer": ["--minsamp", "2.5"],
            "'mincorr' cannot be set to 1.5": ["--mincorr", "1.5"],
            "does not contain 'icl'": ["--crit", "icl"],
            "Minimum clusters": ["--minclus", "6"],
            "true or false": ["--preout", "yes"],
        }
        for words, more in cases.items():
            self.refused(words, "chunkrun", "0", "2", *SIMILARITY, *more)
        self.refused("Unknown analytic 'similarities'", "run", "similarities")
        self.refused("--output", "run", "import-emx", "--input", "g.txt")

    def test_files_have_to_be_there_and_of_their_kind(self):
        self.refused("Failed opening file h.txt", "run", "import-emx", "--input", "h.txt", "--output", "g.emx")
        self.refused("Failed opening data object file g.emx", "chunkrun", "0", "2", *SIMILARITY)
        self.imported()
        self.refused("is no cmx file", "run", "rmt", "--input", "g.emx", "--log", "r.txt")

    def test_matrices_have_to_be_whole(self):
        for text in (GEM + "\n", GEM.replace("\t9", ""), GEM.replace("8.5", "x"), "id\t" + GEM):
            (self.path / "g.txt").write_text(text)
            self.refused("PARSING ERROR", "run", "import-emx", "--input", "g.txt", "--output", "g.emx")

    def test_settings_are_known_ones(self):
        self.refused("Given cuda '0' invalid", "settings", "set", "cuda", "0")
        self.refused("Given colour 'red' invalid", "settings", "set", "colour", "red")
        (self.path / "SystemsGenetics/stand-in.json").unlink()
        self.refused("set to none", "run", "import-emx", "--input", "g.txt", "--output", "g.emx")


if __name__ == "__main__":
    unittest.main()
