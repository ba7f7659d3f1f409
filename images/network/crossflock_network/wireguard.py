"""The WireGuard interface: by the kernel where it can, by wireguard-go where it cannot."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path

from .commands import run, run_json
from .files import write_file
from .peers import Peer, split_endpoint
from .problems import NetworkProblem

# Keeps the way through NATs and stateful firewalls open (wg(8) recommends 25 s).
KEEPALIVE_SECONDS = 25
# A session is renewed after 120 s and dropped after 180 s without traffic through it.
STALE_SECONDS = 180
TUN = Path("/dev/net/tun")
SOCKETS = Path("/var/run/wireguard")


@dataclass(frozen=True)
class LivePeer:
    """What `wg show` tells about a peer. Times in seconds since 1970, 0 for never."""

    public_key: str
    endpoint: str
    allowed: str
    handshake: int
    received: int
    sent: int


def ensure_key(path: Path) -> str:
    """The public key; the private one is made if there is none, and stays in its file."""
    if not path.exists():
        write_file(path, run("wg", "genkey"), 0o600)
    path.chmod(0o600)
    return run("wg", "pubkey", stdin=path.read_text()).strip()


def exists(name: str) -> bool:
    return Path("/sys/class/net", name).exists()


def engine_of(name: str) -> str:
    """What serves the interface: `kernel` or `wireguard-go`."""
    return "wireguard-go" if Path("/sys/class/net", name, "tun_flags").exists() else "kernel"


def create(name: str) -> str:
    """Make the interface; returns what serves it."""
    try:
        run("ip", "link", "add", "dev", name, "type", "wireguard")
        return "kernel"
    except NetworkProblem as problem:
        if "File exists" in str(problem):
            return engine_of(name)
        kernel = problem
    if not TUN.exists():
        raise NetworkProblem(
            f"the kernel has no WireGuard ({kernel}) and there is no {TUN} for wireguard-go: "
            'load one of them on the host, with "modprobe wireguard" or "modprobe tun"'
        )
    SOCKETS.mkdir(parents=True, exist_ok=True)
    (SOCKETS / f"{name}.sock").unlink(missing_ok=True)
    # In the foreground until interface and socket are there, then on by itself; its end
    # takes the interface away, of which the kernel tells.
    run("wireguard-go", name)
    return "wireguard-go"


def configure(name: str, address: str, prefix: int, mtu: int) -> None:
    """Address and size, and up."""
    link = run_json("ip", "-json", "-4", "address", "show", "dev", name)
    have = [
        (info["local"], info["prefixlen"]) for item in link for info in item.get("addr_info", [])
    ]
    for local, length in have:
        if (local, length) != (address, prefix):
            run("ip", "address", "del", f"{local}/{length}", "dev", name)
    if (address, prefix) not in have:
        run("ip", "address", "add", f"{address}/{prefix}", "dev", name)
    run("ip", "link", "set", "dev", name, "mtu", str(mtu), "up")


def set_key_and_port(name: str, key: Path, port: int) -> None:
    """The key is handed over as a path: it is in no argument."""
    try:
        run("wg", "set", name, "listen-port", str(port), "private-key", str(key))
    except NetworkProblem as problem:
        if "Address already in use" in str(problem):
            raise NetworkProblem(
                f"UDP port {port} is in use on this host: stop what uses it (ss -lunp), "
                'or choose another "network.port"'
            ) from problem
        raise


def set_peer(name: str, peer: Peer, with_endpoint: bool = True) -> None:
    """Add or change a peer; an endpoint that is not given stays what WireGuard learned."""
    arguments = ["peer", peer.public_key, "allowed-ips", f"{peer.address}/32"]
    arguments += ["persistent-keepalive", str(KEEPALIVE_SECONDS)]
    if with_endpoint:
        arguments += ["endpoint", resolved(peer.endpoint)]
    run("wg", "set", name, *arguments)


def remove_peer(name: str, public_key: str) -> None:
    run("wg", "set", name, "peer", public_key, "remove")


def resolved(endpoint: str) -> str:
    """The endpoint with an address for its name: `wg` itself would wait long for one."""
    host, port = split_endpoint(endpoint)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    except OSError as error:
        raise NetworkProblem(f"no address is known for {host}: {error.strerror}") from error
    address = found[0][4][0]
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def live_peers(name: str) -> dict[str, LivePeer]:
    """By public key; empty where there is no such interface."""
    if not exists(name):
        return {}
    return parse_dump(run("wg", "show", name, "dump"))


def parse_dump(text: str) -> dict[str, LivePeer]:
    """Reads `wg show <interface> dump`. The first line is the interface's, with its private key."""
    peers = [line.split("\t") for line in text.splitlines()[1:]]
    return {
        fields[0]: LivePeer(
            public_key=fields[0],
            endpoint=fields[2],
            allowed=fields[3],
            handshake=int(fields[4]),
            received=int(fields[5]),
            sent=int(fields[6]),
        )
        for fields in peers
        if len(fields) >= 8
    }


def listen_port(name: str) -> int:
    return int(run("wg", "show", name, "listen-port") or 0)


def delete(name: str) -> None:
    """Take the interface away; one that is not there is fine."""
    if exists(name):
        run("ip", "link", "delete", "dev", name)


def reap() -> None:
    """Take note of the children that ended: wireguard-go becomes one as its starter ends."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0] != 0:
            pass
    except ChildProcessError:
        return
