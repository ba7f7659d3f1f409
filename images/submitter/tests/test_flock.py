import tempfile
import unittest
from pathlib import Path
from unittest import mock

from crossflock_container.problems import StartProblem
from crossflock_flock import cli, pools

OWN = "10.0.0.1"


class List(unittest.TestCase):
    def test_is_in_the_order_of_the_addresses_each_once(self):
        self.assertEqual(pools.parse_list("10.0.0.10, 10.0.0.9,10.0.0.10,"), ("10.0.0.9", "10.0.0.10"))
        self.assertEqual(pools.parse_list(""), ())

    def test_refuses_what_is_no_address(self):
        for text in ("10.0.0", "10.0.0.2;id", "host", "10.0.0.2\nALLOW_WRITE=*"):
            with self.subTest(text=text), self.assertRaisesRegex(StartProblem, "comma-separated"):
                pools.parse_list(text)


class Kept(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        root = Path(folder.name)
        self.paths = pools.Paths(root / "flock.json", root / "91", root / "90", root / "lock")
        self.paths.container_config.write_text(f"# x\nNETWORK_INTERFACE = {OWN}\nCONDOR_HOST = {OWN}\n")

    def config(self):
        return self.paths.flock_config.read_text()

    def test_a_first_start_flocks_to_nobody(self):
        self.assertEqual(pools.at_start((), OWN, self.paths), pools.FlockList((), pools.NONE))
        self.assertNotIn("FLOCK_TO", self.config())
        self.assertEqual(pools.current(self.paths).pools, ())

    def test_what_was_told_is_there_at_the_next_start(self):
        self.assertTrue(pools.store(("10.0.0.2", "10.0.0.3"), self.paths))
        self.paths.flock_config.unlink()
        found = pools.at_start((), OWN, self.paths)
        self.assertEqual(found, pools.FlockList(("10.0.0.2", "10.0.0.3"), pools.STORED))
        self.assertIn("FLOCK_TO = 10.0.0.2, 10.0.0.3\n", self.config())
        self.assertEqual(pools.current(self.paths), found)

    def test_the_same_list_again_changes_nothing(self):
        pools.store(("10.0.0.2",), self.paths)
        self.assertFalse(pools.store(("10.0.0.2",), self.paths))
        self.assertTrue(pools.store(("10.0.0.3",), self.paths))

    def test_the_arguments_come_first_and_do_not_change_what_is_kept(self):
        pools.store(("10.0.0.2",), self.paths)
        found = pools.at_start(("10.0.0.9", OWN), OWN, self.paths)
        self.assertEqual(found, pools.FlockList(("10.0.0.9",), pools.ARGUMENTS))
        self.assertEqual(pools.current(self.paths), found)
        self.assertEqual(pools.at_start((), OWN, self.paths).pools, ("10.0.0.2",))

    def test_the_last_pool_is_replaced_by_the_own_one(self):
        pools.store((), self.paths)
        self.assertIn(f"FLOCK_TO = {OWN}\n", self.config())
        self.assertEqual(pools.current(self.paths), pools.FlockList((), pools.STORED))
        self.assertEqual(pools.flock_to(self.paths), (OWN,))

    def test_the_own_pool_is_left_out(self):
        pools.store((OWN, "10.0.0.2"), self.paths)
        self.assertEqual(pools.current(self.paths).pools, ("10.0.0.2",))

    def test_a_broken_file_counts_as_none(self):
        for text in ("", "{", "[]", '{"pools": 3}', '{"pools": ["x"]}'):
            with self.subTest(text=text):
                self.paths.stored.write_text(text)
                self.assertEqual(pools.read_stored(self.paths.stored), pools.FlockList((), pools.NONE))


class Command(unittest.TestCase):
    def run_command(self, *argv, euid=0):
        with mock.patch("os.geteuid", return_value=euid), mock.patch("sys.stderr") as stderr:
            code = cli.main(argv)
        return code, "".join(call.args[0] for call in stderr.write.call_args_list)

    def test_is_for_root(self):
        code, said = self.run_command("get", euid=1000)
        self.assertEqual(code, 2)
        self.assertIn("only root", said)

    def test_names_the_bad_address(self):
        code, said = self.run_command("set", "10.0.0.2,nonsense")
        self.assertEqual(code, 2)
        self.assertIn("nonsense", said)


if __name__ == "__main__":
    unittest.main()
