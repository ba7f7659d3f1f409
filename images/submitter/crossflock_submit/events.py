"""The events of a run as one JSON object a line, from the beginning and as they come.

DAGMan of HTCondor 23 cannot follow a job event log in JSON (its reader stops after the
first event), so a run's logs are in HTCondor's own text format. This reads them with
HTCondor's own reader and prints each event's ClassAd, with two fields more:
    Log   "nodes" for the DAG's jobs, "dagman" for the DAGMan job itself
    Node  the DAG node, on every event of log "nodes"
"""

import argparse
import json
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from .names import DAGMAN_LOG, NODES_LOG
from .run import RUNS, nodes_logs

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import classad
    import htcondor

POLL_SECONDS = 0.5
NODE_NOTE = "DAG Node: "
SUBMISSION = "SubmitEvent"
ENDINGS = ("JobTerminatedEvent", "JobAbortedEvent")
RETRIED = "RunRetriedEvent"
RETRIED_NUMBER = -2


class _Log:
    """One job event log that may not exist yet."""

    def __init__(self, path: Path, name: str, known: int = 0) -> None:
        self._path = path
        self._name = name
        self.known = known
        self._log: htcondor.JobEventLog | None = None
        self._size = -1
        self._nodes: dict[int, str] = {}

    def new_events(self, wait_seconds: int) -> Iterator[dict]:
        """The events not read yet; waits up to `wait_seconds` for the first to come."""
        if self._log is None and not self._open():
            return
        # Looking at the size costs next to nothing, asking HTCondor's reader does not.
        size = self._path.stat().st_size
        if size == self._size and wait_seconds == 0:
            return
        self._size = size
        for event in self._log.events(stop_after=wait_seconds):
            wait_seconds = 0
            if self.known > 0:
                self.known -= 1
                if event.type == htcondor.JobEventType.SUBMIT:
                    self._note(event)
                continue
            yield self._record(event)

    def _open(self) -> bool:
        if self._path.exists():
            self._log = htcondor.JobEventLog(str(self._path))
        return self._log is not None

    def _record(self, event: htcondor.JobEvent) -> dict:
        record = {key: plain(value) for key, value in event.items()}
        record["EventTime"] = utc(str(record.get("EventTime", "")))
        record["Log"] = self._name
        self._note(event)
        node = self._nodes.get(event.cluster)
        return record if node is None else {**record, "Node": node}

    def _note(self, event: htcondor.JobEvent) -> None:
        """Keep which node a job is: only its submission says so."""
        note = str(event.get("LogNotes", ""))
        if note.startswith(NODE_NOTE):
            self._nodes[event.cluster] = note.removeprefix(NODE_NOTE).strip()


def plain(value: object) -> object:
    """A ClassAd value as JSON's own kinds."""
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    if isinstance(value, classad.Value):
        return None
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict | classad.ClassAd):
        return {key: plain(item) for key, item in value.items()}
    return str(value)


def utc(text: str) -> str:
    """An event's time with its zone: the logs are written in UTC, the reader drops the Z."""
    return text if not text or text.endswith("Z") else f"{text}Z"


def earlier_events(directory: Path, known: int) -> tuple[list[dict], int]:
    """Events of the tries before the last retry, and how many of `known` are left.

    After each of these tries stands an event of our own, for those who count tries.
    """
    found: list[dict] = []
    for path in nodes_logs(directory):
        if path.name == NODES_LOG:
            break
        log = _Log(path, "nodes", known)
        found += log.new_events(0)
        known = log.known
        if known > 0:
            known -= 1
            continue
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(path.stat().st_mtime))
        found.append({"MyType": RETRIED, "EventTypeNumber": RETRIED_NUMBER, "EventTime": at, "Log": "nodes"})
    return found, known


def has_ended(events: Sequence[dict], before: bool) -> bool:
    """Whether DAGMan has ended after these events of its log; it may be started again."""
    kinds = [event.get("MyType") for event in events]
    found = [kind in ENDINGS for kind in kinds if kind in ENDINGS or kind == SUBMISSION]
    return found[-1] if found else before


def run_events(
    directory: Path,
    follow: bool,
    known: Mapping[str, int] = MappingProxyType({}),
    pause: Callable[[], None] = lambda: time.sleep(POLL_SECONDS),
) -> Iterator[dict]:
    """Events of the nodes' log, then of DAGMan's; with `follow` until DAGMan's end.

    `known` says of each log how many events, from its beginning, the caller has already.
    `pause` is called whenever there are no more for now.
    """
    earlier, left = earlier_events(directory, known.get("nodes", 0))
    yield from earlier
    nodes = _Log(directory / NODES_LOG, "nodes", left)
    dagman = _Log(directory / DAGMAN_LOG, "dagman", known.get("dagman", 0))
    # Whoever has all of DAGMan's events and asks again knows that it goes on.
    ended = False
    while True:
        # DAGMan's log first: once it says that DAGMan ended, the nodes' log is complete.
        last = list(dagman.new_events(0))
        ended = has_ended(last, ended)
        yield from nodes.new_events(0)
        yield from last
        if ended or not follow:
            return
        pause()


def counts(text: str) -> dict[str, int]:
    """`nodes=3,dagman=1` as a mapping."""
    found = {}
    for part in text.split(","):
        name, _, number = part.partition("=")
        if name not in ("nodes", "dagman") or not number.isdecimal():
            raise argparse.ArgumentTypeError(f"'{part}' is not nodes=N or dagman=N")
        found[name] = int(number)
    return found


def _pause() -> None:
    """What happened at once is written at once: with many jobs, every write costs all who pass it on."""
    sys.stdout.flush()
    time.sleep(POLL_SECONDS)


def main(argv: Sequence[str]) -> int:
    """Print a run's events. Exit code 1 when there is no such run."""
    parser = argparse.ArgumentParser(prog="crossflock-events", description="print the events of a run")
    parser.add_argument("run", help="run id or directory")
    parser.add_argument("--follow", action="store_true", help="go on until the run has ended")
    parser.add_argument(
        "--from",
        dest="known",
        type=counts,
        default={},
        metavar="nodes=N,dagman=N",
        help="leave out the first events of each log",
    )
    options = parser.parse_args(argv)
    directory = Path(options.run) if "/" in options.run else RUNS / options.run
    if not directory.is_dir():
        print(f"crossflock-events: no run '{options.run}' in {RUNS}", file=sys.stderr)
        return 1
    try:
        for event in run_events(directory, options.follow, options.known, _pause):
            sys.stdout.write(json.dumps(event) + "\n")
        sys.stdout.flush()
    except (BrokenPipeError, KeyboardInterrupt):
        return 0
    return 0
