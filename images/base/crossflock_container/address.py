"""Which address of this container is its virtual IP."""

import ipaddress
import json
import subprocess
import time

from .problems import StartProblem

POLL_SECONDS = 0.2


def address_in(network: ipaddress.IPv4Network, interfaces: list[dict]) -> str | None:
    """The first IPv4 address inside `network` among what `ip -json -4 addr` printed."""
    for interface in interfaces:
        for info in interface.get("addr_info", []):
            local = info.get("local")
            if local and ipaddress.ip_address(local) in network:
                return local
    return None


def source_of_default_route(routes: list[dict]) -> str | None:
    """The source address in what `ip -json -4 route get` printed."""
    return routes[0].get("prefsrc") if routes else None


def parse_network(cidr: str) -> ipaddress.IPv4Network:
    """`SCIDAS_APP_NETWORK` as a network; a problem when it is none."""
    try:
        return ipaddress.IPv4Network(cidr, strict=False)
    except ValueError as error:
        raise StartProblem(
            f"SCIDAS_APP_NETWORK '{cidr}' is not an IPv4 network: write it as 172.16.0.0/24"
        ) from error


def _ip_json(*arguments: str) -> list[dict]:
    result = subprocess.run(
        ["ip", "-json", "-4", *arguments], capture_output=True, text=True, check=False
    )
    return json.loads(result.stdout) if result.returncode == 0 and result.stdout else []


def find_address(cidr: str | None, wait_seconds: float = 20.0) -> str:
    """This container's virtual IP.

    With `cidr` it is the container's own address inside that network. A virtual
    network may attach its interface just after the start (Weave Net does), so it is
    waited for up to `wait_seconds`. Without `cidr` it is the source address of the
    default route.
    """
    if not cidr:
        found = source_of_default_route(_ip_json("route", "get", "192.0.2.1"))
        if found is None:
            raise StartProblem(
                "this container has no default route and SCIDAS_APP_NETWORK is not set: "
                "attach it to the virtual network"
            )
        return found
    network = parse_network(cidr)
    deadline = time.monotonic() + wait_seconds
    while True:
        interfaces = _ip_json("addr", "show")
        found = address_in(network, interfaces)
        if found is not None:
            return found
        if time.monotonic() >= deadline:
            raise StartProblem(_no_address(cidr, interfaces))
        time.sleep(POLL_SECONDS)


def _no_address(cidr: str, interfaces: list[dict]) -> str:
    own = [info["local"] for i in interfaces for info in i.get("addr_info", []) if "local" in info]
    return (
        f"no interface of this container has an address in SCIDAS_APP_NETWORK {cidr} "
        f"(it has {', '.join(own) or 'none'}): attach it to the virtual network"
    )
