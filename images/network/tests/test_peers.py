import unittest

from crossflock_network import peers
from crossflock_network.problems import NetworkProblem

KEY_A = "I0D4lNshGzWHoF4eAGZVfgszD0vR6nLmHlvz6EezgT0="
KEY_B = "noC4wtJMOr4abD+6EBmoaSXtf1VSVubteceAqhT6g1s="


def given(**change):
    peer = {
        "id": "h2",
        "publicKey": KEY_A,
        "endpoint": "192.0.2.2:51820",
        "gateway": "172.16.0.253",
        "address": "100.64.4.2",
    }
    return {**peer, **change}


class Reading(unittest.TestCase):
    def test_gives_back_what_was_given(self):
        self.assertEqual(peers.to_json(peers.read_peers([given()])), [given()])

    def test_refuses_what_is_no_peer(self):
        for wrong in (
            "h2",
            {},
            given(publicKey="short"),
            given(publicKey="AAAA"),
            given(gateway="172.16.0.300"),
            given(endpoint="192.0.2.2"),
            given(endpoint="192.0.2.2:0"),
            given(endpoint="192.0.2.2:70000"),
            given(endpoint="2001:db8::1:51820"),
            given(endpoint="a b:51820"),
        ):
            with self.subTest(wrong), self.assertRaises(NetworkProblem):
                peers.read_peers([wrong])
        with self.assertRaisesRegex(NetworkProblem, "peers are a list"):
            peers.read_peers({})

    def test_splits_endpoints(self):
        self.assertEqual(peers.split_endpoint("[2001:db8::1]:51820"), ("2001:db8::1", 51820))
        self.assertEqual(peers.split_endpoint("node-1.example.org:1"), ("node-1.example.org", 1))


class Lists(unittest.TestCase):
    def setUp(self):
        self.one, self.two = peers.read_peers(
            [given(), given(id="h3", publicKey=KEY_B, gateway="172.16.0.252", address="100.64.4.3")]
        )

    def test_new_peers_join_the_known_ones(self):
        self.assertEqual(peers.joined([self.one], [self.two]), [self.one, self.two])

    def test_a_peer_takes_its_own_place(self):
        for change in ({"endpoint": "192.0.2.9:51820"}, {"publicKey": KEY_B}, {"id": "renamed"}):
            with self.subTest(change):
                [changed] = peers.read_peers([given(**change)])
                self.assertEqual(peers.joined([self.one], [changed]), [changed])

    def test_one_is_taken_out_by_id_or_key(self):
        for name in ("h2", KEY_A):
            self.assertEqual(peers.without([self.one, self.two], name), [self.two])
        self.assertEqual(peers.without([self.one], "h9"), [self.one])


if __name__ == "__main__":
    unittest.main()
