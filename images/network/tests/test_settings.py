import json
import unittest

from crossflock_network.problems import NetworkProblem
from crossflock_network.settings import read_settings

GIVEN = {
    "deployment": "dep",
    "id": "h1",
    "gateway": "172.16.0.254",
    "address": "100.64.4.1",
    "block": "100.64.4.0/22",
    "port": 51820,
    "wireguard": "cfwg-abcdef",
    "vxlan": "cfvx-abcdef",
    "bridge": "cfbr-abcdef",
    "vni": 77,
    "vxlan_port": 20077,
    "wireguard_mtu": 1420,
    "vxlan_mtu": 1370,
}


def read(**change):
    return read_settings({"CROSSFLOCK_NETWORK": json.dumps({**GIVEN, **change})})


class Settings(unittest.TestCase):
    def test_are_read(self):
        self.assertEqual(read().gateway, "172.16.0.254")
        self.assertEqual(read(more="that a later version says").vni, 77)

    def test_name_what_is_wrong(self):
        with self.assertRaisesRegex(NetworkProblem, "is not set"):
            read_settings({})
        with self.assertRaisesRegex(NetworkProblem, "cannot be read"):
            read_settings({"CROSSFLOCK_NETWORK": "{"})
        with self.assertRaisesRegex(NetworkProblem, "says no vni"):
            read_settings(
                {"CROSSFLOCK_NETWORK": json.dumps({k: v for k, v in GIVEN.items() if k != "vni"})}
            )
        with self.assertRaisesRegex(NetworkProblem, "no name of an interface"):
            read(bridge="far-too-long-for-a-bridge")
        with self.assertRaisesRegex(NetworkProblem, "172.16.0.999"):
            read(gateway="172.16.0.999")


if __name__ == "__main__":
    unittest.main()
