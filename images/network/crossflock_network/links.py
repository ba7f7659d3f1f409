"""News of network interfaces from the kernel (rtnetlink(7))."""

import socket
import struct

RTMGRP_LINK = 1
RTM_NEWLINK, RTM_DELLINK = 16, 17
IFLA_IFNAME = 3
HEADER = struct.Struct("=IHHII")
IFINFO_LENGTH = 16
ATTRIBUTE = struct.Struct("=HH")


def open_links() -> socket.socket:
    """A socket that becomes readable when an interface comes, goes or changes."""
    links = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
    links.bind((0, RTMGRP_LINK))
    links.setblocking(False)
    return links


def changed_names(links: socket.socket) -> set[str] | None:
    """Names of the interfaces with news; None where news were lost, so that all may have."""
    names: set[str] = set()
    while True:
        try:
            names |= names_in(links.recv(65536))
        except BlockingIOError:
            return names
        except OSError:
            # ENOBUFS: more came than the socket holds.
            return None


def names_in(data: bytes) -> set[str]:
    """Names of interfaces in a datagram of netlink messages."""
    names: set[str] = set()
    while len(data) >= HEADER.size:
        length, kind, *_ = HEADER.unpack_from(data)
        if length < HEADER.size:
            break
        if kind in (RTM_NEWLINK, RTM_DELLINK):
            names |= _names_of_link(data[HEADER.size + IFINFO_LENGTH : length])
        data = data[(length + 3) & ~3 :]
    return names


def _names_of_link(attributes: bytes) -> set[str]:
    while len(attributes) >= ATTRIBUTE.size:
        length, kind = ATTRIBUTE.unpack_from(attributes)
        if length < ATTRIBUTE.size:
            break
        if kind == IFLA_IFNAME:
            return {attributes[ATTRIBUTE.size : length].rstrip(b"\0").decode(errors="replace")}
        attributes = attributes[(length + 3) & ~3 :]
    return set()
