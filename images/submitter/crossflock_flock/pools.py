"""The list of pools: its text, the file that keeps it, the settings made of it.

The list of a container that was started with `-f` is that one and stays so. Any other
submitter is told its list while it runs, and keeps it in the state volume.
"""

import contextlib
import dataclasses
import fcntl
import ipaddress
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from crossflock_container import settings
from crossflock_container.files import write_file
from crossflock_container.problems import StartProblem

STORED_LIST = Path("/var/lib/crossflock/flock.json")
FLOCK_CONFIG = Path("/etc/condor/config.d/91-flock.config")
LOCK = Path("/run/crossflock-flock.lock")
ARGUMENTS, STORED, NONE = "arguments", "stored", "none"
_ORIGIN = "CROSSFLOCK_FLOCK_ORIGIN"


@dataclasses.dataclass(frozen=True)
class Paths:
    """Where the list and what depends on it are; tests put them elsewhere."""

    stored: Path = STORED_LIST
    flock_config: Path = FLOCK_CONFIG
    container_config: Path = settings.CONTAINER_CONFIG
    lock: Path = LOCK


@dataclasses.dataclass(frozen=True)
class FlockList:
    """Virtual IPs of central managers, and where the list is from."""

    pools: tuple[str, ...]
    origin: str


def parse_list(text: str) -> tuple[str, ...]:
    """`IP,IP,…` in the order of the addresses, each once; an empty text is an empty list."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    try:
        return tuple(str(address) for address in sorted({ipaddress.IPv4Address(part) for part in parts}))
    except ValueError as error:
        raise StartProblem(f"{error}: give the executors' virtual IPs, comma-separated") from error


@contextlib.contextmanager
def locked(paths: Paths = Paths()) -> Iterator[None]:
    """Nobody else changes the list meanwhile: neither the start nor another command."""
    with paths.lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def read_stored(path: Path) -> FlockList:
    """The list that was told last. A file that is no list counts as none: it will be told again."""
    try:
        pools = json.loads(path.read_text())["pools"]
        return FlockList(parse_list(",".join(pools)), STORED)
    except (FileNotFoundError, ValueError, KeyError, TypeError, StartProblem):
        return FlockList((), NONE)


def at_start(arguments: Sequence[str], own_address: str, paths: Paths = Paths()) -> FlockList:
    """Write the settings for a container that starts; returns what it will flock to."""
    with locked(paths):
        given = tuple(pool for pool in arguments if pool != own_address)
        found = FlockList(given, ARGUMENTS) if arguments else read_stored(paths.stored)
        found = FlockList(tuple(pool for pool in found.pools if pool != own_address), found.origin)
        write_file(paths.flock_config, config_text(found))
        return found


def current(paths: Paths = Paths()) -> FlockList:
    """What is configured now."""
    text = paths.flock_config.read_text() if paths.flock_config.exists() else ""
    if _value(_ORIGIN, text) != ARGUMENTS:
        return read_stored(paths.stored)
    return FlockList(_addresses(text), ARGUMENTS)


def store(pools: Sequence[str], paths: Paths = Paths()) -> bool:
    """Keep the list and write its settings; False when they were so already."""
    own = own_address(paths)
    kept = tuple(pool for pool in pools if pool != own)
    # Without any pool HTCondor 23.9 goes on with those that it had; the own one has no slots.
    text = config_text(FlockList(kept or ((own,) if own else ()), STORED))
    stored = json.dumps({"pools": kept}) + "\n"
    changed = False
    for path, content in ((paths.stored, stored), (paths.flock_config, text)):
        if not path.exists() or path.read_text() != content:
            write_file(path, content)
            changed = True
    return changed


def own_address(paths: Paths = Paths()) -> str | None:
    """This container's virtual IP, once its start has found it."""
    file = paths.container_config
    return _value("NETWORK_INTERFACE", file.read_text()) if file.exists() else None


def flock_to(paths: Paths = Paths()) -> tuple[str, ...]:
    """The setting FLOCK_TO as it was written, own address and all."""
    return _addresses(paths.flock_config.read_text())


def config_text(flock: FlockList) -> str:
    """The content of the configuration file for this list."""
    flock_to = f"FLOCK_TO = {', '.join(flock.pools)}\n" if flock.pools else ""
    return f"# written by crossflock-flock\n{_ORIGIN} = {flock.origin}\n{flock_to}"


def _addresses(config: str) -> tuple[str, ...]:
    value = _value("FLOCK_TO", config)
    return tuple(re.split(r", *", value)) if value else ()


def _value(name: str, text: str) -> str | None:
    found = re.search(rf"^{name} = (.*)$", text, re.MULTILINE)
    return found.group(1) if found else None
