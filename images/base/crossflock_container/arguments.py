"""The arguments of the original images' run.sh.

Source: SciDAS/htcondor-docker-centos, docker-kinc/images/*/run.sh. There the iRODS
settings were required; here they are optional, and a value that is still a
`<placeholder>` counts as not given.
"""

import argparse
import dataclasses
import ipaddress
import re
from collections.abc import Sequence

from .problems import StartProblem

_PLACEHOLDER = re.compile(r"^<.*>$")


@dataclasses.dataclass(frozen=True)
class Irods:
    """Connection to iRODS; `user` absent means iRODS is not used."""

    user: str | None
    password: str | None
    host: str | None
    port: int | None
    zone: str | None


@dataclasses.dataclass(frozen=True)
class Arguments:
    """What a container was started with."""

    flock_to: tuple[str, ...]
    ssh_key: str | None
    master_host: str | None
    irods: Irods


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:
        raise StartProblem(f"{message}: see images/README.md for the arguments of this image")


def _parser(role: str) -> argparse.ArgumentParser:
    # -h is the iRODS host in the original's contract, so help is --help only.
    parser = _Parser(prog=f"crossflock-{role}", add_help=False, allow_abbrev=False)
    parser.add_argument("--help", action="help", help="show this text")
    if role == "submitter":
        parser.add_argument("-f", metavar="IP,IP", help="central managers of the pools to flock to")
        parser.add_argument("-k", metavar="KEY", help="SSH public key of condor_pool")
    if role == "executor":
        parser.add_argument("-m", metavar="HOST", help="central manager to work for (default: own)")
    parser.add_argument("-u", metavar="USER", help="iRODS user")
    parser.add_argument("-p", metavar="PASSWORD", help="iRODS password")
    parser.add_argument("-h", metavar="HOST", help="iRODS host")
    parser.add_argument("-P", metavar="PORT", help="iRODS port")
    parser.add_argument("-z", metavar="ZONE", help="iRODS zone")
    return parser


def _given(value: str | None) -> str | None:
    text = (value or "").strip()
    return None if not text or _PLACEHOLDER.match(text) else text


def _port(value: str | None) -> int | None:
    text = _given(value)
    if text is None:
        return None
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise StartProblem(f"-P '{text}' is not a port: give a number from 1 to 65535")
    return int(text)


def _addresses(value: str | None) -> tuple[str, ...]:
    parts = [part.strip() for part in (_given(value) or "").split(",") if part.strip()]
    for part in parts:
        try:
            ipaddress.IPv4Address(part)
        except ValueError as error:
            raise StartProblem(
                f"-f '{part}' is not an IPv4 address: give the executors' virtual IPs, comma-separated"
            ) from error
    return tuple(dict.fromkeys(parts))


def parse_arguments(role: str, argv: Sequence[str]) -> Arguments:
    """`argv` (without the program) as `Arguments`; raises StartProblem for bad ones."""
    options = _parser(role).parse_args(_join_dashed_values(argv))
    return Arguments(
        flock_to=_addresses(getattr(options, "f", None)),
        ssh_key=_given(getattr(options, "k", None)),
        master_host=_given(getattr(options, "m", None)),
        irods=Irods(
            user=_given(options.u),
            password=_given(options.p),
            host=_given(options.h),
            port=_port(options.P),
            zone=_given(options.z),
        ),
    )


def _join_dashed_values(argv: Sequence[str]) -> list[str]:
    """`-p -secret` as `-p-secret`: getopts took any next word, argparse refuses a dash."""
    joined: list[str] = []
    words = iter(argv)
    for word in words:
        if re.fullmatch(r"-[fkmuphPz]", word):
            value = next(words, None)
            joined.append(word if value is None else word + value)
        else:
            joined.append(word)
    return joined
