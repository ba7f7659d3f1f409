"""A workflow as HTCondor gets it, whatever it computes; pure data, nothing is written here."""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from .problems import SubmitProblem

_RUN_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")
LOGS, CHUNKS, RESULTS = "logs", "chunks", "results"


@dataclasses.dataclass(frozen=True)
class Job:
    """A kind of job: one submit description; memory in MB, disk in KB.

    `argv` and `outputs` may hold `$(name)` of the node's variables. `inputs` are paths in the
    run's directory, `outputs` files there that the job must leave. What the job leaves in its folder `out` comes back to the run's directory:
    `out/results/x` becomes `results/x`.
    """

    argv: Sequence[str]
    inputs: Sequence[str]
    request_disk: int
    request_memory: int
    max_memory: int
    request_cpus: int = 1
    environment: Mapping[str, str] = dataclasses.field(default_factory=dict)
    transfer_executable: bool = False
    outputs: Sequence[str] = ()


@dataclasses.dataclass(frozen=True)
class Step:
    """A node that is not one of many; `phase` says in words what goes on while it runs."""

    node: str
    phase: str


@dataclasses.dataclass(frozen=True)
class Parallel:
    """The nodes side by side, `<prefix>00000` and on; each with the variables of its job."""

    prefix: str
    phase: str
    variables: Sequence[Mapping[str, str]]

    def node(self, index: int) -> str:
        """Name of node number `index`, from 0."""
        return f"{self.prefix}{index:05d}"


@dataclasses.dataclass(frozen=True)
class Workflow:
    """Steps one after the other, then jobs side by side, then steps again.

    `jobs` holds the kind of each step under its node's name, that of the parallel nodes
    under the prefix. `results` are the files that a finished run must have in its folder of
    results; `files` are written to the run's directory (a path is copied), `executables` names
    those that are programs; `details` go to run.json. `slots`
    is what the executors offered at the submission, `context` what the controller notes for
    whoever looks at the run later; None where nobody said. `folders` are copied into the
    run's directory; those of `serve` its jobs find over HTTP (see serve.py). `test` holds the
    variables of a job that can be tried outside of HTCondor.
    """

    run_id: str
    name: str
    before: Sequence[Step]
    parallel: Parallel
    after: Sequence[Step]
    jobs: Mapping[str, Job]
    results: Sequence[str]
    retries: int
    files: Mapping[str, bytes | Path]
    executables: Sequence[str] = ()
    folders: Mapping[str, Path] = dataclasses.field(default_factory=dict)
    serve: Sequence[str] = ()
    test: Mapping[str, str] | None = None
    details: Mapping[str, object] = dataclasses.field(default_factory=dict)
    slots: int | None = None
    context: dict | None = None

    @property
    def shape(self) -> dict:
        """The nodes for run.json: what a watcher must know before the events make sense."""
        return {
            "before": [dataclasses.asdict(step) for step in self.before],
            "parallel": {
                "prefix": self.parallel.prefix,
                "count": len(self.parallel.variables),
                "phase": self.parallel.phase,
            },
            "after": [dataclasses.asdict(step) for step in self.after],
        }


def run_id_problems(run_id: str) -> list[str]:
    """What is wrong with the name of a run."""
    return [] if _RUN_ID.match(run_id) else [f"run id '{run_id}': use letters, digits, '.', '_' and '-'"]


def memory_problems(request: int, largest: int) -> list[str]:
    """What is wrong with the memory that a job asks for, in MB."""
    if request <= largest:
        return []
    return [
        f"--request-memory {request} MB is more than the largest executor has "
        f"({largest} MB): no job could ever run"
    ]


def refuse(problems: Sequence[str]) -> None:
    """Raise all problems at once, if there are any."""
    if problems:
        raise SubmitProblem("; ".join(problems))
