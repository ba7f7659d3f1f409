"""The packet filter that keeps the two sides of WireGuard apart.

The kernel takes VXLAN frames from any interface, so that anyone who reaches the host could write
into the virtual network; and an address of the network that has no WireGuard (at the start, or
after a crash) would be looked for in the open. A table of our own denies both, and lets other
hosts reach nothing but the VXLAN through WireGuard. No other rule of the host is touched.
"""

from .commands import run
from .problems import NetworkProblem
from .settings import Settings

FAMILY = "ip"


def table_of(settings: Settings) -> str:
    return settings.wireguard


def ruleset(settings: Settings) -> str:
    """For `nft -f`: the whole table, put in place of a former one in one step."""
    table, inside = table_of(settings), settings.wireguard
    return f"""table {FAMILY} {table} {{}}
delete table {FAMILY} {table}
table {FAMILY} {table} {{
  chain inside {{
    type filter hook prerouting priority raw; policy accept;
    iifname != "{inside}" accept
    udp dport {settings.vxlan_port} accept
    ip protocol icmp accept
    drop
  }}
  chain outside {{
    type filter hook input priority raw; policy accept;
    iifname != "{inside}" udp dport {settings.vxlan_port} drop
  }}
  chain leaving {{
    type filter hook output priority raw; policy accept;
    ip daddr {settings.block} oifname != {{ "{inside}", "lo" }} drop
  }}
}}
"""


def is_there(settings: Settings) -> bool:
    try:
        run("nft", "list", "table", FAMILY, table_of(settings))
    except NetworkProblem:
        return False
    return True


def put(settings: Settings) -> None:
    try:
        run("nft", "-f", "-", stdin=ruleset(settings))
    except NetworkProblem as problem:
        raise NetworkProblem(
            f"cannot set packet filter rules, and without them the network would be open: {problem}"
        ) from problem


def remove(settings: Settings) -> None:
    if is_there(settings):
        run("nft", "delete", "table", FAMILY, table_of(settings))
