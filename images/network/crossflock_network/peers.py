"""The other hosts: what `peers.json` holds of them, and how lists of them are joined."""

import base64
import binascii
import ipaddress
import re
from dataclasses import asdict, dataclass

from .problems import NetworkProblem

ENDPOINT = re.compile(r"^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+)):([0-9]{1,5})$")


@dataclass(frozen=True)
class Peer:
    """One other host."""

    id: str
    public_key: str
    # `address:port`, the address in brackets where it is IPv6.
    endpoint: str
    # Its address inside the virtual network, and the one inside WireGuard.
    gateway: str
    address: str


def read_peers(value: object) -> list[Peer]:
    """Peers from JSON; a problem for anything that is none."""
    if not isinstance(value, list):
        raise NetworkProblem("peers are a list")
    return [_read_peer(item) for item in value]


def _read_peer(item: object) -> Peer:
    try:
        peer = Peer(
            id=str(item["id"]),
            public_key=str(item["publicKey"]),
            endpoint=str(item["endpoint"]),
            gateway=str(ipaddress.IPv4Address(item["gateway"])),
            address=str(ipaddress.IPv4Address(item["address"])),
        )
        if len(base64.b64decode(peer.public_key, validate=True)) != 32:
            raise ValueError("no WireGuard key")
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise NetworkProblem(f"cannot read the peer {item!r}: {error}") from error
    split_endpoint(peer.endpoint)
    return peer


def split_endpoint(endpoint: str) -> tuple[str, int]:
    """`[2001:db8::1]:51820` as address (or name) and port."""
    match = ENDPOINT.match(endpoint)
    port = int(match[3]) if match else 0
    if match is None or not 0 < port < 65536:
        raise NetworkProblem(f"'{endpoint}' is no endpoint: write address:port")
    return match[1] or match[2], port


def to_json(peers: list[Peer]) -> list[dict]:
    """As `peers.json` has it, in order of id."""
    items = [asdict(peer) for peer in sorted(peers, key=lambda peer: peer.id)]
    for item in items:
        item["publicKey"] = item.pop("public_key")
    return items


def joined(known: list[Peer], new: list[Peer]) -> list[Peer]:
    """All of `new`, and those of `known` that none of them takes the place of.

    A host that got another name, key or address takes the place of what it was before.
    """

    def replaced(old: Peer) -> bool:
        return any(
            old.id == peer.id or old.public_key == peer.public_key or old.gateway == peer.gateway
            for peer in new
        )

    return [peer for peer in known if not replaced(peer)] + new


def without(known: list[Peer], gone: str) -> list[Peer]:
    """All but the one with this id or public key."""
    return [peer for peer in known if gone not in (peer.id, peer.public_key)]
