"""What the controller tells the agent, in the variable CROSSFLOCK_NETWORK as JSON."""

import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from .problems import NetworkProblem

INTERFACE = re.compile(r"^[a-z0-9-]{1,15}$")


@dataclass(frozen=True)
class Settings:
    """Names, addresses and sizes of the network on this host. Nothing in it is secret."""

    deployment: str
    id: str
    # The host's address inside the virtual network, on Docker's bridge.
    gateway: str
    # The host's address inside WireGuard, and the block that all hosts' addresses lie in.
    address: str
    block: str
    # UDP port that WireGuard listens on.
    port: int
    wireguard: str
    vxlan: str
    bridge: str
    vni: int
    # UDP port of the VXLAN, used inside WireGuard only.
    vxlan_port: int
    wireguard_mtu: int
    vxlan_mtu: int


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings; a problem naming the first field that is missing or wrong."""
    text = environment.get("CROSSFLOCK_NETWORK")
    if not text:
        raise NetworkProblem("CROSSFLOCK_NETWORK is not set: crossflock starts this container")
    try:
        given = json.loads(text)
        settings = Settings(**{key: _kind(given[key]) for key in Settings.__annotations__})
        for address in (settings.gateway, settings.address):
            ipaddress.IPv4Address(address)
        ipaddress.IPv4Network(settings.block)
    except KeyError as error:
        raise NetworkProblem(f"CROSSFLOCK_NETWORK says no {error.args[0]}") from error
    except (ValueError, TypeError) as error:
        raise NetworkProblem(f"CROSSFLOCK_NETWORK cannot be read: {error}") from error
    for name in (settings.wireguard, settings.vxlan, settings.bridge):
        if not INTERFACE.match(name):
            raise NetworkProblem(f"CROSSFLOCK_NETWORK: '{name}' is no name of an interface")
    return settings


def _kind(value: object) -> object:
    if isinstance(value, str | int) and not isinstance(value, bool):
        return value
    raise ValueError(f"{value!r} is neither text nor a whole number")
