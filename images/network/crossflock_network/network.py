"""The network of this host: what should be, and the steps that make it so."""

import ipaddress
import time
from collections.abc import Callable
from pathlib import Path

from . import guard, vxlan, wireguard
from .announce import announce
from .files import read_json, write_json
from .peers import Peer, joined, read_peers, to_json, without
from .problems import NetworkProblem
from .settings import Settings

FOLDER = Path("/etc/crossflock/network")


class HostNetwork:
    """Brings the network up, keeps it up, and knows the peers. One process has one of it."""

    def __init__(self, settings: Settings, log: Callable[[str], None], folder: Path = FOLDER) -> None:
        self.settings = settings
        self._log = log
        self._folder = folder
        folder.chmod(0o700)
        self._public_key = wireguard.ensure_key(folder / "private-key")
        self._peers = read_peers(read_json(folder / "peers.json", []))
        # By public key, the endpoint that WireGuard was last given.
        self._given: dict[str, str] = {}
        self._left = False
        self._is_announced = False
        self.status: dict = {}
        write_json(folder / "self.json", self._self())

    def _self(self) -> dict:
        own = self.settings
        return {
            "id": own.id,
            "gateway": own.gateway,
            "address": own.address,
            "port": own.port,
            "publicKey": self._public_key,
        }

    def reconcile(self) -> dict:
        """Make all as it should be. Fails in the status, never by itself."""
        if self._left:
            return self.status
        problems: list[str] = []
        try:
            self._bring_up()
            problems += self._sync_peers()
            self._announce()
        except NetworkProblem as problem:
            problems.append(str(problem))
        self._publish(problems)
        return self.status

    def _bring_up(self) -> None:
        own = self.settings
        # First of all: nothing may pass without it, not even for a moment.
        if not guard.is_there(own):
            guard.put(own)
            self._log("packet filter set")
        self._interface_up()
        vxlan.ensure(own)
        if not vxlan.bridge_exists(own) or vxlan.is_attached(own):
            return
        vxlan.attach(own)
        self._is_announced = False
        self._log(f"{own.vxlan} is a port of {own.bridge}")

    def _interface_up(self) -> None:
        own = self.settings
        is_new = not wireguard.exists(own.wireguard)
        if is_new:
            engine = wireguard.create(own.wireguard)
            self._given.clear()
            self._log(f"{own.wireguard} made, served by {engine}")
        if is_new or wireguard.listen_port(own.wireguard) != own.port:
            wireguard.set_key_and_port(own.wireguard, self._folder / "private-key", own.port)
        prefix = ipaddress.IPv4Network(own.block).prefixlen
        wireguard.configure(own.wireguard, own.address, prefix, own.wireguard_mtu)

    def _sync_peers(self) -> list[str]:
        """Only differences are made: what runs through the other peers is not touched."""
        own = self.settings
        live = wireguard.live_peers(own.wireguard)
        wanted = {peer.public_key: peer for peer in self._peers}
        for key in live.keys() - wanted.keys():
            wireguard.remove_peer(own.wireguard, key)
            self._given.pop(key, None)
        problems = []
        for peer in self._peers:
            try:
                self._sync_peer(peer, live.get(peer.public_key))
            except NetworkProblem as problem:
                problems.append(f"peer {peer.id}: {problem}")
        self._sync_flood_list()
        return problems

    def _sync_peer(self, peer: Peer, live: wireguard.LivePeer | None) -> None:
        own = self.settings
        if live is None:
            wireguard.set_peer(own.wireguard, peer)
        elif self._given.get(peer.public_key, peer.endpoint) != peer.endpoint:
            wireguard.set_peer(own.wireguard, peer)
        elif live.allowed != f"{peer.address}/32":
            wireguard.set_peer(own.wireguard, peer, with_endpoint=False)
        elif live.endpoint == "(none)" or _is_stale(live):
            # It may have moved: its name may have another address by now.
            if live.endpoint != wireguard.resolved(peer.endpoint):
                wireguard.set_peer(own.wireguard, peer)
        self._given[peer.public_key] = peer.endpoint

    def _sync_flood_list(self) -> None:
        own = self.settings
        have = vxlan.flood_list(own)
        want = {peer.address for peer in self._peers}
        for address in have - want:
            vxlan.remove_host(own, address)
        for address in sorted(want - have):
            vxlan.add_host(own, address)

    def _announce(self) -> None:
        if self._is_announced or not vxlan.is_attached(self.settings):
            return
        announce(self.settings)
        self._is_announced = True

    def add_peers(self, new: list[Peer]) -> dict:
        """Take over new or changed peers; the others stay."""
        before = {peer.id: peer for peer in self._peers}
        self._set_peers(joined(self._peers, new))
        for peer in new:
            if before.get(peer.id) != peer:
                self._log(f"peer {peer.id} at {peer.endpoint}, {peer.gateway} inside")
        return self.reconcile()

    def forget(self, gone: str) -> dict:
        """Cut off a peer, by id or public key; one that is not known is fine."""
        left = without(self._peers, gone)
        for peer in self._peers:
            if peer not in left:
                self._log(f"peer {peer.id} is forgotten")
        self._set_peers(left)
        return self.reconcile()

    def _set_peers(self, peers: list[Peer]) -> None:
        write_json(self._folder / "peers.json", to_json(peers))
        self._peers = peers

    def leave(self) -> dict:
        """Take everything away, key and records included, until the container starts again."""
        self._left = True
        vxlan.delete(self.settings)
        wireguard.delete(self.settings.wireguard)
        guard.remove(self.settings)
        for file in self._folder.iterdir():
            file.unlink()
        self._log("left the network: interfaces, key and records are removed")
        self.status = {}
        return self.status

    def is_concerned(self, names: set[str] | None) -> bool:
        """Whether news of these interfaces may matter here."""
        own = self.settings
        return names is None or not names.isdisjoint({own.wireguard, own.vxlan, own.bridge})

    def _publish(self, problems: list[str]) -> None:
        own = self.settings
        up = wireguard.exists(own.wireguard)
        # With all that there is to know, so that one file answers who looks at the host.
        status = {
            "self": self._self(),
            "peers": to_json(self._peers),
            "engine": wireguard.engine_of(own.wireguard) if up else None,
            "attached": vxlan.is_attached(own),
            "problems": problems,
        }
        for problem in problems:
            if problem not in self.status.get("problems", []):
                self._log(f"problem: {problem}")
        if self.status.get("problems") and not problems:
            self._log("all is well again")
        self.status = status
        write_json(self._folder / "status.json", status)


def _is_stale(live: wireguard.LivePeer) -> bool:
    return time.time() - live.handshake > wireguard.STALE_SECONDS
