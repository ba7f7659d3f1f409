"""After each job of a run, as DAGMan's POST script: is its output whole, and if it failed, where?

A job that succeeded without leaving what it had to leave is a failure, so that DAGMan
tries it again. A job that failed is kept from the executors it failed on, unless that are all
there are, and not for ever: the others may be gone.

The arguments are described in the HTCondor manual, "DAGMan Workflows", "PRE and POST
scripts". The values of $RETURN below 0 are minus the number of the signal that ended the
job, or below -999 that it never ended by itself, such as one that was removed: then its
executor is to blame only if HTCondor held it there before.
"""

import json
import mmap
import re
from collections.abc import Sequence
from pathlib import Path

from .names import AVOID, NODES_LOG, RUN_FILE
from .outputs import output_problems

PATIENCE_SECONDS = 600
FLOCK_CONFIG = Path("/etc/condor/config.d/91-flock.config")
DAGMANS_OWN = -999
# HoldReasonCodes that may be the executor's fault: a program that cannot be started, and
# files that cannot be sent or received (HTCondor manual, "HoldReasonCode").
EXECUTORS_FAULTS = frozenset({6, 12, 13})
_MACHINE = re.compile(r'Machine =!= "([^"]+)"')
_POOLS = re.compile(r"^FLOCK_TO = (.+)$", re.MULTILINE)
_SLOT = re.compile(rb"SlotName: \S*@(\S+)")
_HOLD_CODE = re.compile(rb"^\tCode (\d+) ", re.MULTILINE)


def main(argv: Sequence[str]) -> int:
    """NODE RETURN JOBID TRY OUTPUT...; the exit code is the node's."""
    node, returned, job_id, number, *outputs = argv
    directory = Path.cwd()
    code = int(returned)
    if code == 0:
        problems = _problems(directory, outputs)
        if not problems:
            return 0
        said = directory / "logs" / f"{node}.{number}.err"
        with open(said, "a", encoding="utf-8") as file:
            file.writelines(f"crossflock: {problem}\n" for problem in problems)
    machine = failed_on(directory / NODES_LOG, job_id, removed=code <= DAGMANS_OWN)
    keep_away(directory / AVOID / f"{node}.inc", machine, executors())
    return code if 0 < code < 256 else 1


def _problems(directory: Path, outputs: Sequence[str]) -> list[str]:
    sha256 = None
    if any(name.endswith(".kinc") for name in outputs):
        record = json.loads((directory / RUN_FILE).read_text())
        sha256 = record.get("gem", {}).get("sha256")
    return [
        problem
        for name in outputs
        for problem in output_problems(directory / name, sha256, checksum=False)
    ]


def failed_on(log: Path, job_id: str, removed: bool = False) -> str | None:
    """The machine that a job (`<cluster>.<proc>`) ran on last; None where its log does not say.

    Of a job that was removed, only a machine that may be to blame for it.
    """
    try:
        cluster, proc = (int(part) for part in job_id.split(".")[:2])
        with open(log, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
            name = f"({cluster:03d}.{proc:03d}."
            if removed and _last(text, f"012 {name}", _HOLD_CODE) not in map(str, EXECUTORS_FAULTS):
                return None
            return _last(text, f"001 {name}", _SLOT)
    except (OSError, ValueError):
        return None


def _last(text: mmap.mmap, head: str, wanted: re.Pattern[bytes]) -> str | None:
    """What the last event with that head says."""
    at = text.rfind(head.encode())
    found = wanted.search(text[at : text.find(b"\n...", at)]) if at >= 0 else None
    return found.group(1).decode() if found else None


def executors(config: Path = FLOCK_CONFIG) -> int:
    """How many executors' pools there are; 0 where nobody says."""
    try:
        found = _POOLS.search(config.read_text())
    except OSError:
        return 0
    return len(found.group(1).split(",")) if found else 0


def keep_away(path: Path, machine: str | None, known_executors: int) -> None:
    """Write what the submit description of the node's next try includes."""
    known = _MACHINE.findall(path.read_text()) if path.exists() else []
    machines = list(dict.fromkeys([*known, *([machine] if machine else [])]))
    away = " && ".join(f'TARGET.Machine =!= "{name}"' for name in machines)
    wanted = f"({away}) || (time() - QDate > {PATIENCE_SECONDS})" if 0 < len(machines) < known_executors else "True"
    path.parent.mkdir(exist_ok=True)
    # The names are kept in a comment where they are not avoided.
    names = "".join(f'# Machine =!= "{name}"\n' for name in machines) if wanted == "True" else ""
    path.write_text(f"{names}avoid = {wanted}\n")
