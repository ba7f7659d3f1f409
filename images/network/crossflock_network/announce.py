"""Telling everybody on the network where this host's address is now (RFC 5227, section 3)."""

import ipaddress
import socket
import struct
from pathlib import Path

from .problems import NetworkProblem
from .settings import Settings

ARP = 0x0806
BROADCAST = b"\xff" * 6
ETHERNET, IPV4, REQUEST = 1, 0x0800, 1


def announcement(mac: bytes, address: str) -> bytes:
    """A frame that asks for `address` and says at once who has it."""
    packed = ipaddress.IPv4Address(address).packed
    header = BROADCAST + mac + struct.pack(">H", ARP)
    return header + struct.pack(">HHBBH", ETHERNET, IPV4, 6, 4, REQUEST) + mac + packed + bytes(6) + packed


def announce(settings: Settings) -> None:
    """Docker gives its bridge a new hardware address with each start of the host; the others
    would go on sending to the former one for up to a minute."""
    try:
        mac = bytes.fromhex(
            Path("/sys/class/net", settings.bridge, "address").read_text().replace(":", "")
        )
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ARP)) as sender:
            sender.bind((settings.bridge, ARP))
            sender.send(announcement(mac, settings.gateway))
    except OSError as error:
        raise NetworkProblem(f"cannot announce {settings.gateway}: {error}") from error
