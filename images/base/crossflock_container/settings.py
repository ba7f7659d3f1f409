"""The HTCondor settings that differ from container to container, as text."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from .problems import StartProblem

CONTAINER_CONFIG = Path("/etc/condor/config.d/90-container.config")
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9.-]*$")


def container_name(environment: Mapping[str, str], hostname: str) -> str:
    """What the container is called in the pool, the same after it is made anew.

    CROSSFLOCK_NAME, else the last part of the Marathon app id, else the host name.
    """
    app = environment.get("MARATHON_APP_ID", "").rsplit("/", 1)[-1]
    name = environment.get("CROSSFLOCK_NAME") or app or hostname
    if not _NAME.match(name):
        raise StartProblem(f"'{name}' cannot name a container in the pool: use letters, digits, '-' and '.'")
    return name


def positive_number(environment: Mapping[str, str], variable: str) -> float:
    """The value of `variable` as a number above zero."""
    text = environment.get(variable, "")
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e9:
        raise StartProblem(f"{variable} is '{text}': set it to a number above 0")
    return value


def network_settings(address: str, name: str, manager: str) -> list[str]:
    """Where this container's daemons listen and which central manager is theirs."""
    return [
        f"NETWORK_INTERFACE = {address}",
        f"NETWORK_HOSTNAME = {name}",
        f"CONDOR_HOST = {manager}",
    ]


def slot_settings(cpus: float, memory_mb: float) -> list[str]:
    """One partitionable slot of exactly these resources.

    HTCondor counts whole CPUs; a share below one still runs one job at a time.
    """
    return [
        f"NUM_CPUS = {max(1, int(cpus))}",
        f"MEMORY = {int(memory_mb)}",
    ]


def as_text(lines: Sequence[str]) -> str:
    """The settings as the content of a configuration file."""
    return "# written at the container's start\n" + "".join(f"{line}\n" for line in lines)
