"""Trying the way to other hosts with real packets."""

import re
import subprocess
import time

from . import wireguard
from .settings import Settings

IP_AND_ICMP_BYTES = 28
SMALL_BYTES = 64
COUNT = 3
ROUND_TRIP = re.compile(r"^rtt min/avg/max/mdev = [0-9.]+/([0-9.]+)/", re.MULTILINE)


def ping_argv(address: str, size: int) -> list[str]:
    """Packets of `size` bytes in all that nobody on the way may take apart."""
    return [
        *("ping", "-n", "-q", "-M", "do", "-s", str(size - IP_AND_ICMP_BYTES)),
        *("-c", str(COUNT), "-i", "0.2", "-W", "1", "-w", "3", address),
    ]


def round_trip_ms(output: str) -> float | None:
    """The mean in what `ping` printed; None where nothing came back."""
    found = ROUND_TRIP.search(output)
    return float(found[1]) if found else None


def measure(settings: Settings, targets: list[dict]) -> list[dict]:
    """For each `{"gateway", "address", "publicKey"}`: which packets came back, all tried at once.

    `full` is of the largest size that containers send, `small` a small one, both by the way that
    containers' packets go; `wireguard` goes to the host's own end of the tunnel.
    """
    tries = {
        (index, kind): subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for index, target in enumerate(targets)
        for kind, argv in _argvs(settings, target).items()
    }
    answers = {key: round_trip_ms(process.communicate()[0]) for key, process in tries.items()}
    live = wireguard.live_peers(settings.wireguard)
    return [
        {
            **{kind: answers[index, kind] for kind in ("full", "small", "wireguard")},
            **_session(live.get(target["publicKey"])),
        }
        for index, target in enumerate(targets)
    ]


def _argvs(settings: Settings, target: dict) -> dict[str, list[str]]:
    return {
        "full": ping_argv(target["gateway"], settings.vxlan_mtu),
        "small": ping_argv(target["gateway"], SMALL_BYTES),
        "wireguard": ping_argv(target["address"], SMALL_BYTES),
    }


def _session(peer: wireguard.LivePeer | None) -> dict:
    """What WireGuard knows; times in seconds, sizes in bytes."""
    if peer is None:
        return {"isPeer": False}
    age = round(time.time()) - peer.handshake if peer.handshake else None
    return {
        "isPeer": True,
        "endpoint": peer.endpoint,
        "handshake": age,
        "received": peer.received,
        "sent": peer.sent,
    }
