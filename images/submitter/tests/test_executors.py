import io
import json
import os
import tempfile
import time
import unittest
from contextlib import redirect_stdout
from pathlib import Path
from unittest import mock

from crossflock_submit import executors

# Stands for condor_status: one pool with two slots, one with none, one that is not there, one
# that never answers.
STATUS = """\
#!/bin/sh
case $2 in
10.0.0.2) printf '12 3\\n4 4\\n' ;;
10.0.0.3) ;;
10.0.0.9) exec sleep 60 ;;
*) echo 'Error: communication error' >&2; exit 1 ;;
esac
"""


class Answers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        program = Path(folder.name) / "condor_status"
        program.write_text(STATUS)
        program.chmod(0o755)
        path = mock.patch.dict(os.environ, {"PATH": f"{folder.name}:{os.environ['PATH']}"})
        path.start()
        self.addCleanup(path.stop)

    def test_say_what_each_pool_offers_and_nothing_of_one_that_is_silent(self):
        start = time.monotonic()
        found = executors.answers(["10.0.0.2", "10.0.0.9", "10.0.0.3", "10.0.0.8"], 1.0)
        self.assertLess(time.monotonic() - start, 30)
        self.assertEqual(
            found,
            [
                {"address": "10.0.0.2", "cpus": 16},
                {"address": "10.0.0.9"},
                {"address": "10.0.0.3", "cpus": 0},
                {"address": "10.0.0.8"},
            ],
        )

    def test_are_printed_one_a_line(self):
        printed = io.StringIO()
        with redirect_stdout(printed):
            self.assertEqual(executors.main(["10.0.0.2,10.0.0.8", "--once"]), 0)
        lines = [json.loads(line) for line in printed.getvalue().splitlines()]
        self.assertEqual([line["address"] for line in lines], ["10.0.0.2", "10.0.0.8"])

    def test_a_slot_that_does_not_say_its_whole_size_counts_its_cpus(self):
        self.assertEqual(executors.cpus("undefined 4\n8 1\n"), 12)


if __name__ == "__main__":
    unittest.main()
