import unittest

from crossflock_container.arguments import parse_arguments
from crossflock_container.irods import irods_environment
from crossflock_container.problems import StartProblem

KEY = "ssh-ed25519 AAAAC3Nza user@host"


class Arguments(unittest.TestCase):
    def test_reads_the_original_contract(self):
        argv = ["-f", "172.16.0.2,172.16.0.3", "-k", KEY, "-u", "me", "-p", "secret"]
        argv += ["-h", "irods.example.org", "-z", "zone", "-P", "1247"]
        arguments = parse_arguments("submitter", argv)
        self.assertEqual(arguments.flock_to, ("172.16.0.2", "172.16.0.3"))
        self.assertEqual(arguments.ssh_key, KEY)
        self.assertEqual(arguments.irods.port, 1247)

    def test_placeholders_of_the_tutorial_count_as_not_given(self):
        argv = ["-u", "<ssh-pubkey>", "-p", "<irods-password>", "-h", "<irods-host>"]
        argv += ["-z", "<irods-zone>", "-P", "<irods-port>"]
        irods = parse_arguments("executor", argv).irods
        self.assertEqual((irods.user, irods.host, irods.port), (None, None, None))
        self.assertIsNone(irods_environment(irods))

    def test_a_value_may_begin_with_a_dash(self):
        self.assertEqual(parse_arguments("executor", ["-p", "-secret"]).irods.password, "-secret")

    def test_everything_is_optional(self):
        self.assertEqual(parse_arguments("submitter", []).flock_to, ())

    def test_one_pool_named_twice_is_flocked_to_once(self):
        self.assertEqual(parse_arguments("submitter", ["-f", "10.0.0.1, 10.0.0.1"]).flock_to, ("10.0.0.1",))

    def test_refuses_bad_values_by_name(self):
        for role, argv, text in (
            ("submitter", ["-f", "172.16.0"], "-f '172.16.0'"),
            ("executor", ["-P", "70000"], "-P '70000'"),
            ("executor", ["-f", "172.16.0.2"], "unrecognized arguments"),
            ("submitter", ["-m", "host"], "unrecognized arguments"),
            ("submitter", ["-k"], "expected one argument"),
        ):
            with self.subTest(argv=argv), self.assertRaisesRegex(StartProblem, text):
                parse_arguments(role, argv)


class Irods(unittest.TestCase):
    def test_a_host_needs_a_user(self):
        with self.assertRaisesRegex(StartProblem, "give -u too"):
            irods_environment(parse_arguments("executor", ["-h", "irods.example.org"]).irods)

    def test_has_defaults_and_no_password(self):
        argv = ["-h", "irods.example.org", "-u", "me", "-p", "secret"]
        environment = irods_environment(parse_arguments("executor", argv).irods)
        self.assertEqual(environment["irods_port"], 1247)
        self.assertNotIn("secret", str(environment))


if __name__ == "__main__":
    unittest.main()
