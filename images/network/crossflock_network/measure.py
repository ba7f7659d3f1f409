"""Trying the way to other hosts with real packets."""

import re
import subprocess
import time

from . import wireguard
from .settings import Settings

IP_AND_ICMP_BYTES = 28
SMALL_BYTES = 64
# WireGuard starts a handshake that was not answered again after 5 s and up to a third
# of one (WireGuard's paper, section 6.2): two hosts that learn of each other in the same
# moment may both lose their first.
FIRST_HANDSHAKE_SECONDS = 7
ROUND_TRIP = re.compile(r"^rtt min/avg/max/mdev = [0-9.]+/([0-9.]+)/", re.MULTILINE)


def ping_argv(address: str, size: int, count: int = 3) -> list[str]:
    """Packets of `size` bytes in all that nobody on the way may take apart."""
    return [
        *("ping", "-n", "-q", "-M", "do", "-s", str(size - IP_AND_ICMP_BYTES)),
        *("-c", str(count), "-i", "0.2", "-W", "1", "-w", "2", address),
    ]


def first_argv(address: str) -> list[str]:
    """One packet a second until one comes back."""
    return ["ping", "-n", "-q", "-c", "1", "-w", str(FIRST_HANDSHAKE_SECONDS), address]


def round_trip_ms(output: str) -> float | None:
    """The mean in what `ping` printed; None where nothing came back."""
    found = ROUND_TRIP.search(output)
    return float(found[1]) if found else None


def measure(settings: Settings, targets: list[dict]) -> list[dict]:
    """For each `{"gateway", "address", "publicKey"}`: which packets came back, all tried at once.

    `small` is the round trip of small packets by the way that containers' packets go, `mtu` the
    largest size that came back that way; `wireguard` goes to the host's own end of the tunnel.
    """
    await_first_handshakes(settings, targets)
    tries = {
        (index, kind): subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for index, target in enumerate(targets)
        for kind, argv in _argvs(settings, target).items()
    }
    answers = {key: round_trip_ms(process.communicate()[0]) for key, process in tries.items()}
    live = wireguard.live_peers(settings.wireguard)
    return [
        {
            "small": answers[index, "small"],
            "wireguard": answers[index, "wireguard"],
            "mtu": settings.vxlan_mtu
            if answers[index, "full"] is not None
            else answers[index, "small"] and _largest(target["gateway"], settings.vxlan_mtu),
            **_session(live.get(target["publicKey"])),
        }
        for index, target in enumerate(targets)
    ]


def await_first_handshakes(settings: Settings, targets: list[dict]) -> None:
    """Gives peers that never had a handshake the time for one, all at once."""
    live = wireguard.live_peers(settings.wireguard)
    new = [
        target["address"]
        for target in targets
        if (peer := live.get(target["publicKey"])) is not None and not peer.handshake
    ]
    nowhere = subprocess.DEVNULL
    for process in [subprocess.Popen(first_argv(address), stdout=nowhere, stderr=nowhere) for address in new]:
        process.wait()


def _largest(address: str, too_large: int) -> int:
    """The largest size that comes back, known to be at least a small packet's."""
    passes = SMALL_BYTES
    while too_large - passes > 1:
        middle = (passes + too_large) // 2
        argv = ping_argv(address, middle, count=2)
        output = subprocess.run(argv, capture_output=True, text=True, check=False).stdout
        if round_trip_ms(output) is None:
            too_large = middle
        else:
            passes = middle
    return passes


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
