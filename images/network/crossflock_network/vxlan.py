"""The VXLAN inside WireGuard, and its place in Docker's bridge."""

import re
from pathlib import Path

from .commands import run, run_json
from .settings import Settings

# The entry that says where frames go whose receiver is not known yet: to all hosts.
FLOOD = "00:00:00:00:00:00"


def ensure(settings: Settings) -> None:
    """The interface as it should be, and up."""
    found = run_json("ip", "-json", "-details", "link", "show", "dev", settings.vxlan)
    if found and not is_as_wanted(found[0], settings):
        delete(settings)
        found = []
    if not found:
        # `dev` binds it to WireGuard: without that interface it is gone and sends nothing.
        run(
            *("ip", "link", "add", "dev", settings.vxlan, "mtu", str(settings.vxlan_mtu)),
            *("type", "vxlan", "id", str(settings.vni), "dev", settings.wireguard),
            *("local", settings.address, "dstport", str(settings.vxlan_port)),
            # WireGuard checks every byte already.
            "noudpcsum",
        )
        run("ip", "link", "set", "dev", settings.vxlan, "addrgenmode", "none")
    run("ip", "link", "set", "dev", settings.vxlan, "mtu", str(settings.vxlan_mtu), "up")


def is_as_wanted(link: dict, settings: Settings) -> bool:
    """Whether an item of `ip -json -details link` is the wanted VXLAN."""
    info = link.get("linkinfo", {})
    data = info.get("info_data", {})
    return info.get("info_kind") == "vxlan" and (
        data.get("id"),
        data.get("link"),
        data.get("local"),
        data.get("port"),
    ) == (settings.vni, settings.wireguard, settings.address, settings.vxlan_port)


def flood_list(settings: Settings) -> set[str]:
    """Addresses that frames to all hosts go to."""
    entries = run_json("bridge", "-json", "fdb", "show", "dev", settings.vxlan)
    return {item["dst"] for item in entries if item.get("mac") == FLOOD and "dst" in item}


def add_host(settings: Settings, address: str) -> None:
    # `via`, as `dev` above: never by another way than WireGuard.
    run(
        *("bridge", "fdb", "append", FLOOD, "dev", settings.vxlan),
        *("dst", address, "via", settings.wireguard),
    )


def remove_host(settings: Settings, address: str) -> None:
    """Also what was learned of containers behind it."""
    entries = run_json("bridge", "-json", "fdb", "show", "dev", settings.vxlan)
    for item in entries:
        if item.get("dst") == address:
            # Without the same `via` the kernel finds no such entry, and says nothing.
            via = ["via", item["viaIf"]] if "viaIf" in item else []
            run("bridge", "fdb", "del", item["mac"], "dev", settings.vxlan, "dst", address, *via)


def bridge_exists(settings: Settings) -> bool:
    return Path("/sys/class/net", settings.bridge, "bridge").exists()


def is_attached(settings: Settings) -> bool:
    master = Path("/sys/class/net", settings.vxlan, "master")
    return master.exists() and re.sub(r".*/", "", str(master.readlink())) == settings.bridge


def attach(settings: Settings) -> None:
    run("ip", "link", "set", "dev", settings.vxlan, "master", settings.bridge)


def exists(settings: Settings) -> bool:
    return Path("/sys/class/net", settings.vxlan).exists()


def delete(settings: Settings) -> None:
    if exists(settings):
        run("ip", "link", "delete", "dev", settings.vxlan)
