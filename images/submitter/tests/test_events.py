import argparse
import unittest

from crossflock_submit import events


class End(unittest.TestCase):
    def test_is_what_dagmans_last_job_says(self):
        of = [{"MyType": kind} for kind in ("SubmitEvent", "ExecuteEvent", "JobAbortedEvent", "SubmitEvent")]
        self.assertFalse(events.has_ended(of[:2], False))
        self.assertTrue(events.has_ended(of[:3], False))
        self.assertFalse(events.has_ended(of, False))
        self.assertTrue(events.has_ended([], True))
        self.assertTrue(events.has_ended([{"MyType": "ExecuteEvent"}], True))


class Known(unittest.TestCase):
    def test_is_a_count_for_each_log(self):
        self.assertEqual(events.counts("nodes=30,dagman=2"), {"nodes": 30, "dagman": 2})
        for text in ("nodes", "nodes=x", "jobs=3", "nodes=-1", ""):
            with self.subTest(text=text), self.assertRaises(argparse.ArgumentTypeError):
                events.counts(text)


if __name__ == "__main__":
    unittest.main()
