"""All runs of the submitter at a glance, from small files alone: no queue is asked, no log of jobs read."""

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from .names import DAG, DAGMAN_LOG, NODE_STATUS, RUN_FILE
from .run import RUNS

# The head of a node status file; the rest lists every node.
HEAD_BYTES = 4096
# The end of DAGMan's own log; it writes its table of nodes after every cycle in which something happened.
TAIL_BYTES = 65536
# `005 (002.000.000) 2026-11-21 16:52:24.687Z Job terminated.`
_EVENT = re.compile(r"^(\d{3}) \((\d+)\.\d+\.\d+\) (\S+) (\S+?)Z? ", re.MULTILINE)
_RETURN_VALUE = re.compile(r"\(return value (-?\d+)\)")
# A table of DAGMan's log: the total, the line of names, one of `===`, the line of numbers.
_TABLE = re.compile(r"^\S+ \S+ Of (\d+) nodes total:\n\S+ \S+ (.+)\n.+\n\S+ \S+ ([ \d]+)$", re.MULTILINE)
_COUNT = re.compile(r"^\s*(Nodes\w+) = (\d+);", re.MULTILINE)

NOT_SUBMITTED, WAITING, RUNNING, HELD = "not-submitted", "waiting", "running", "held"
SUCCEEDED, FAILED, REMOVED = "succeeded", "failed", "removed"
# Job event log codes, as in HTCondor's manual.
SUBMIT, EXECUTE, EVICTED, TERMINATED, ABORTED, HOLD, RELEASE = 0, 1, 4, 5, 9, 12, 13
# `EXECUTE` may stand before its `RELEASE`, so a release does not say that the job waits.
_STATES = {SUBMIT: WAITING, EXECUTE: RUNNING, EVICTED: WAITING, ABORTED: REMOVED, HOLD: HELD}


def dagman_state(log: str) -> tuple[str, str | None]:
    """What DAGMan's own log says: a state, and when it ended (ISO 8601, UTC).

    A run that was retried has several DAGMan jobs in one log; the last one counts.
    """
    state, ended, cluster = WAITING, None, ""
    found = list(_EVENT.finditer(log))
    for event, following in zip(found, [*found[1:], None]):
        code = int(event[1])
        if code == SUBMIT:
            state, ended, cluster = WAITING, None, event[2]
        if event[2] != cluster:
            continue
        if code == TERMINATED:
            text = log[event.end() : following.start() if following else len(log)]
            value = _RETURN_VALUE.search(text)
            state = SUCCEEDED if value is not None and value[1] == "0" else FAILED
        elif code == RELEASE:
            state = WAITING if state == HELD else state
        else:
            state = _STATES.get(code, state)
        if code in (TERMINATED, ABORTED):
            ended = f"{event[3]}T{event[4]}Z"
    return state, ended


def node_counts(head: str) -> dict[str, int]:
    """`NodesTotal`, `NodesDone`, … of the head of a node status file."""
    return {name: int(value) for name, value in _COUNT.findall(head)}


def table_counts(log: str) -> dict[str, int]:
    """The same of the last table in DAGMan's log, for a DAG without a node status file."""
    tables = _TABLE.findall(log)
    if not tables:
        return {}
    total, names, values = tables[-1]
    found = dict(zip(names.split(), map(int, values.split())))
    return {"NodesTotal": int(total), "NodesDone": found.get("Done", 0), "NodesFailed": found.get("Failed", 0)}


def overview(directory: Path) -> dict | None:
    """One run in a few fields; None where there is no run to be read."""
    try:
        record = json.loads((directory / RUN_FILE).read_text())
        files = record.get("files", {})
        log = _text(directory / files.get("dagman_log", DAGMAN_LOG))
        counts = node_counts(_text(directory / files.get("node_status", NODE_STATUS), HEAD_BYTES))
        counts = counts or table_counts(_tail(directory / f"{DAG}.dagman.out", TAIL_BYTES))
        state, ended = dagman_state(log)
        if record["dagman_cluster"] is None:
            state = NOT_SUBMITTED
        elif not log and "pegasus" in record:
            # Pegasus' directory was taken away; a run has a log from its submission on.
            state = REMOVED
        total = counts.get("NodesTotal", _nodes(record.get("shape")))
        return {
            "id": record["id"],
            "workflow": record["workflow"],
            "state": state,
            "total": total,
            "done": total if state == SUCCEEDED else counts.get("NodesDone", 0),
            # DAGMan counts what it removed as failed.
            "failed": 0 if state == REMOVED else counts.get("NodesFailed", 0),
            "created": record["created"],
            **({} if ended is None else {"ended": ended}),
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _nodes(shape: dict | None) -> int:
    if shape is None:
        return 0
    return len(shape["before"]) + shape["parallel"]["count"] + len(shape["after"])


def _text(path: Path, size: int = -1) -> str:
    try:
        with path.open("rb") as file:
            return file.read(size).decode(errors="replace")
    except FileNotFoundError:
        return ""


def _tail(path: Path, size: int) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - size))
            return file.read().decode(errors="replace")
    except FileNotFoundError:
        return ""


def overviews(runs: Path) -> Iterator[dict]:
    """Every run, the newest first."""
    if not runs.is_dir():
        return
    found = (overview(path) for path in runs.iterdir() if path.is_dir())
    yield from sorted(filter(None, found), key=lambda run: run["created"], reverse=True)


def main(argv: Sequence[str]) -> int:
    """Print a JSON object a line for each run."""
    argparse.ArgumentParser(prog="crossflock-runs", description="print the runs, the newest first").parse_args(argv)
    for run in overviews(RUNS):
        sys.stdout.write(json.dumps(run) + "\n")
    return 0
