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
from collections.abc import Iterator, Sequence
from pathlib import Path

from .dag import DAGMAN_LOG, NODES_LOG
from .run import RUNS

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import classad
    import htcondor

POLL_SECONDS = 0.2
NODE_NOTE = "DAG Node: "
ENDINGS = ("JobTerminatedEvent", "JobAbortedEvent")


class _Log:
    """One job event log that may not exist yet."""

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        self._name = name
        self._log: htcondor.JobEventLog | None = None
        self._nodes: dict[int, str] = {}

    def new_events(self, wait_seconds: int) -> Iterator[dict]:
        """The events not read yet; waits up to `wait_seconds` for the first to come."""
        if self._log is None and not self._open():
            return
        for event in self._log.events(stop_after=wait_seconds):
            yield self._record(event)
            wait_seconds = 0

    def _open(self) -> bool:
        if self._path.exists():
            self._log = htcondor.JobEventLog(str(self._path))
        return self._log is not None

    def _record(self, event: htcondor.JobEvent) -> dict:
        record = {key: plain(value) for key, value in event.items()}
        record["EventTime"] = utc(str(record.get("EventTime", "")))
        record["Log"] = self._name
        note = str(record.get("LogNotes", ""))
        if note.startswith(NODE_NOTE):
            self._nodes[event.cluster] = note.removeprefix(NODE_NOTE).strip()
        node = self._nodes.get(event.cluster)
        return record if node is None else {**record, "Node": node}


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


def run_events(directory: Path, follow: bool) -> Iterator[dict]:
    """Events of the nodes' log, then of DAGMan's; with `follow` until DAGMan's end."""
    nodes = _Log(directory / NODES_LOG, "nodes")
    dagman = _Log(directory / DAGMAN_LOG, "dagman")
    ended = False
    while True:
        # DAGMan's log first: once it says that DAGMan ended, the nodes' log is complete.
        last = list(dagman.new_events(0))
        ended = ended or any(event.get("MyType") in ENDINGS for event in last)
        yield from nodes.new_events(0)
        yield from last
        if ended or not follow:
            return
        time.sleep(POLL_SECONDS)


def main(argv: Sequence[str]) -> int:
    """Print a run's events. Exit code 1 when there is no such run."""
    parser = argparse.ArgumentParser(prog="crossflock-events", description="print the events of a run")
    parser.add_argument("run", help="run id or directory")
    parser.add_argument("--follow", action="store_true", help="go on until the run has ended")
    options = parser.parse_args(argv)
    directory = Path(options.run) if "/" in options.run else RUNS / options.run
    if not directory.is_dir():
        print(f"crossflock-events: no run '{options.run}' in {RUNS}", file=sys.stderr)
        return 1
    try:
        for event in run_events(directory, options.follow):
            print(json.dumps(event), flush=True)
    except (BrokenPipeError, KeyboardInterrupt):
        return 0
    return 0
