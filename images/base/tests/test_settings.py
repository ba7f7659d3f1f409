import ipaddress
import tempfile
import unittest
from pathlib import Path

from crossflock_container import address, settings, trust
from crossflock_container.problems import StartProblem

INTERFACES = [
    {"ifname": "lo", "addr_info": [{"family": "inet", "local": "127.0.0.1", "prefixlen": 8}]},
    {"ifname": "eth0", "addr_info": [{"family": "inet", "local": "172.17.0.4", "prefixlen": 16}]},
    {"ifname": "ethwe", "addr_info": [{"family": "inet", "local": "172.16.0.2", "prefixlen": 24}]},
]


class Address(unittest.TestCase):
    def test_is_the_one_inside_the_network(self):
        network = ipaddress.IPv4Network("172.16.0.0/24")
        self.assertEqual(address.address_in(network, INTERFACES), "172.16.0.2")

    def test_is_none_without_one(self):
        self.assertIsNone(address.address_in(ipaddress.IPv4Network("10.0.0.0/8"), INTERFACES))

    def test_says_what_the_container_has_instead(self):
        with self.assertRaisesRegex(StartProblem, "203.0.113.0/24 .it has .*127.0.0.1"):
            address.find_address("203.0.113.0/24", wait_seconds=0)

    def test_refuses_what_is_no_network(self):
        with self.assertRaisesRegex(StartProblem, "'172.16.0.0/40' is not an IPv4 network"):
            address.parse_network("172.16.0.0/40")

    def test_falls_back_to_the_source_of_the_default_route(self):
        self.assertEqual(address.source_of_default_route([{"prefsrc": "172.17.0.4"}]), "172.17.0.4")
        self.assertIsNone(address.source_of_default_route([]))


class Name(unittest.TestCase):
    def test_is_the_app_of_marathon_or_the_host_name(self):
        self.assertEqual(settings.container_name({"MARATHON_APP_ID": "/demo/runner1"}, "abc"), "runner1")
        self.assertEqual(settings.container_name({}, "abc"), "abc")
        self.assertEqual(settings.container_name({"CROSSFLOCK_NAME": "x", "MARATHON_APP_ID": "/y"}, "z"), "x")

    def test_cannot_bring_in_other_settings(self):
        with self.assertRaises(StartProblem):
            settings.container_name({"CROSSFLOCK_NAME": "x\nALLOW_WRITE = *"}, "abc")


class Settings(unittest.TestCase):
    def test_a_slot_has_exactly_the_resources(self):
        self.assertEqual(settings.slot_settings(4, 4096), ["NUM_CPUS = 4", "MEMORY = 4096"])
        self.assertEqual(settings.slot_settings(0.5, 512.0), ["NUM_CPUS = 1", "MEMORY = 512"])

    def test_resources_must_be_numbers_above_zero(self):
        for text in ("", "0", "-1", "many", "nan", "inf"):
            with self.subTest(text=text), self.assertRaisesRegex(StartProblem, "SCIDAS_RESC_CPUS"):
                settings.positive_number({"SCIDAS_RESC_CPUS": text}, "SCIDAS_RESC_CPUS")


class PoolKey(unittest.TestCase):
    KEY = "k" * 40

    def test_a_last_newline_does_not_make_another_key(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "key"
            file.write_text(self.KEY + "\n")
            from_file = trust.read_pool_key({}, file)
            from_variable = trust.read_pool_key({trust.KEY_VARIABLE: self.KEY}, Path(folder) / "none")
        self.assertEqual(from_file, from_variable)

    def test_must_be_there_and_long_enough(self):
        none = Path("/nonexistent")
        with self.assertRaisesRegex(StartProblem, "no pool key"):
            trust.read_pool_key({}, none)
        with self.assertRaisesRegex(StartProblem, "has 5 characters"):
            trust.read_pool_key({trust.KEY_VARIABLE: "short"}, none)


if __name__ == "__main__":
    unittest.main()
