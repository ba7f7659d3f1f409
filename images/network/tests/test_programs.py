"""What is read from other programs and from the kernel, on what they wrote."""

import json
import struct
import unittest
from unittest import mock

from crossflock_network import announce, guard, links, measure, vxlan, wireguard
from crossflock_network.settings import read_settings

from test_settings import GIVEN

SETTINGS = read_settings({"CROSSFLOCK_NETWORK": json.dumps(GIVEN)})

# wireguard-tools 1.0.20210914, the private key replaced.
DUMP = (
    "cHJpdmF0ZQ==\tTPHFz2KTWuN1KsYoGMFc6gdShPjDxdUI+Tx1jrcxSz4=\t51820\toff\n"
    "WzBjOnpI9O/T5dWZfoJDPGiMI8lbE6ykLxMSTo054gY=\t(none)\t10.77.0.14:51820\t"
    "100.71.8.4/32\t1795275184\t188\t244\t25\n"
    "sxF9W+hJFiRClthSgUUQhDx5CS0AErvD+oXllnkttj0=\t(none)\t(none)\t(none)\t0\t0\t0\toff\n"
)

# iproute2 6.15, shortened.
LINK = {
    "ifname": "cfvx-abcdef",
    "mtu": 1370,
    "linkinfo": {
        "info_kind": "vxlan",
        "info_data": {"id": 77, "local": "100.64.4.1", "link": "cfwg-abcdef", "port": 20077},
    },
}

# iputils 20240905.
PING = """PING 172.16.0.2 (172.16.0.2) 56(84) bytes of data.

--- 172.16.0.2 ping statistics ---
3 packets transmitted, 3 received, 0% packet loss, time 402ms
rtt min/avg/max/mdev = 0.741/1.305/2.389/0.766 ms
"""
LOST = """PING 172.16.0.2 (172.16.0.2) 1343(1371) bytes of data.
ping: sendmsg: Message too long

--- 172.16.0.2 ping statistics ---
1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms
"""


def link_message(kind, name):
    """A netlink message about an interface, as rtnetlink(7) describes it."""
    text = name.encode() + b"\0"
    attribute = struct.pack("=HH", 4 + len(text), 3) + text
    other = struct.pack("=HHI", 8, 4, 1370)
    body = bytes(16) + other + attribute.ljust((len(attribute) + 3) & ~3, b"\0")
    return struct.pack("=IHHII", 16 + len(body), kind, 0, 0, 0) + body


class FirstHandshakes(unittest.TestCase):
    def test_are_waited_for_only_where_there_was_none(self):
        known, new = wireguard.parse_dump(DUMP)
        targets = [
            {"gateway": "172.16.0.253", "address": "100.71.8.4", "publicKey": known},
            {"gateway": "172.16.0.252", "address": "100.71.8.5", "publicKey": new},
            {"gateway": "172.16.0.251", "address": "100.71.8.6", "publicKey": "of no peer"},
        ]
        with (
            mock.patch.object(measure.wireguard, "live_peers", return_value=wireguard.parse_dump(DUMP)),
            mock.patch.object(measure.subprocess, "Popen") as started,
        ):
            measure.await_first_handshakes(SETTINGS, targets)
        self.assertEqual([call.args[0][-1] for call in started.call_args_list], ["100.71.8.5"])


class Wireguard(unittest.TestCase):
    def test_reads_the_dump(self):
        peers = wireguard.parse_dump(DUMP)
        self.assertEqual(len(peers), 2)
        first = peers["WzBjOnpI9O/T5dWZfoJDPGiMI8lbE6ykLxMSTo054gY="]
        self.assertEqual(first.endpoint, "10.77.0.14:51820")
        self.assertEqual((first.allowed, first.handshake), ("100.71.8.4/32", 1795275184))
        self.assertEqual(wireguard.parse_dump(""), {})

    def test_writes_endpoints_as_wg_takes_them(self):
        self.assertEqual(wireguard.resolved("192.0.2.1:51820"), "192.0.2.1:51820")
        self.assertEqual(wireguard.resolved("[2001:db8::1]:51820"), "[2001:db8::1]:51820")


class Vxlan(unittest.TestCase):
    def test_knows_its_own(self):
        self.assertTrue(vxlan.is_as_wanted(LINK, SETTINGS))

    def test_sees_differences(self):
        for key, value in (("id", 78), ("local", "100.64.4.2"), ("link", "eth0"), ("port", 4789)):
            data = {**LINK["linkinfo"]["info_data"], key: value}
            link = {**LINK, "linkinfo": {"info_kind": "vxlan", "info_data": data}}
            with self.subTest(key):
                self.assertFalse(vxlan.is_as_wanted(link, SETTINGS))
        self.assertFalse(vxlan.is_as_wanted({"ifname": "cfvx-abcdef"}, SETTINGS))


class Guard(unittest.TestCase):
    def test_is_about_the_networks_own_ports_and_addresses_only(self):
        rules = guard.ruleset(SETTINGS)
        self.assertIn('iifname != "cfwg-abcdef" udp dport 20077 drop', rules)
        self.assertIn('ip daddr 100.64.4.0/22 oifname != { "cfwg-abcdef", "lo" } drop', rules)
        self.assertEqual(rules.count("policy accept"), 3)
        self.assertNotIn("flush", rules)


class Links(unittest.TestCase):
    def test_names_what_changed(self):
        data = link_message(16, "cfbr-abcdef") + link_message(17, "veth1234") + link_message(24, "x")
        self.assertEqual(links.names_in(data), {"cfbr-abcdef", "veth1234"})

    def test_stands_broken_data(self):
        whole = link_message(16, "cfbr-abcdef")
        for end in range(len(whole)):
            links.names_in(whole[:end])
        self.assertEqual(links.names_in(b"\0" * 64), set())


class Measuring(unittest.TestCase):
    def test_reads_round_trips(self):
        self.assertEqual(measure.round_trip_ms(PING), 1.305)
        self.assertIsNone(measure.round_trip_ms(LOST))

    def test_sizes_are_those_of_whole_packets(self):
        argv = measure.ping_argv("172.16.0.2", 1370)
        self.assertEqual(argv[argv.index("-s") + 1], "1342")
        self.assertEqual(argv[argv.index("-M") + 1], "do")


class Announcement(unittest.TestCase):
    def test_is_an_arp_request_of_ones_own_address(self):
        mac = bytes.fromhex("0242ac100063")
        frame = announce.announcement(mac, "172.16.0.254")
        self.assertEqual(len(frame), 42)
        self.assertEqual(
            frame.hex(" ", 2).split()[6:11],
            ["0806", "0001", "0800", "0604", "0001"],
        )
        self.assertEqual(frame[28:32], frame[38:42])


if __name__ == "__main__":
    unittest.main()
