"""The `crossflock-retry` command: what is missing of a run that ended runs, and nothing twice.

A rescue file names the nodes that are done (HTCondor manual, "The Rescue DAG"). This
writes one from the logs of the nodes and from what lies in the run's folders: a node is
done when its job succeeded and its output is whole, checksums included. DAGMan starts
from the rescue file with the highest number.
"""

import argparse
import json
import os
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from .names import DAG, NODES_LOG, RUN_FILE
from .outputs import output_problems
from .pool import in_queue, submit_dag
from .problems import SubmitProblem
from .run import RUNS, nodes_logs
from .serve import submit_service

_SCRIPT = re.compile(r"^SCRIPT POST (\S+) \S+ \S+ \S+ \S+ \S+ ?(.*)$", re.MULTILINE)
_SUBMITTED = re.compile(r"^000 \((\d+)\..*\n(?:.*\n)??\s+DAG Node: (\S+)", re.MULTILINE)
# 005: the job terminated; 016: its POST script did, whose result is the node's.
_TERMINATED = re.compile(r"^(005|016) \((\d+)\..*\n\s*\(1\) Normal termination \(return value (\d+)\)", re.MULTILINE)
_RESCUE = re.compile(re.escape(DAG) + r"\.rescue(\d{3})$")


def outputs_of(dag: str) -> dict[str, list[str]]:
    """What each node must leave, by the lines of its DAG."""
    return {found[1]: found[2].split() for found in _SCRIPT.finditer(dag)}


def succeeded_in(logs: Iterable[str]) -> set[str]:
    """The nodes whose last job and POST script succeeded, by the nodes' logs from the oldest on."""
    results: dict[str, str] = {}
    for log in logs:
        node_of = {found[1]: found[2] for found in _SUBMITTED.finditer(log)}
        for found in _TERMINATED.finditer(log):
            node = node_of.get(found[2])
            if node is not None:
                results[node] = found[3]
    return {node for node, value in results.items() if value == "0"}


def check_outputs(directory: Path, nodes: Iterable[str], outputs: dict[str, list[str]]) -> dict[str, list[str]]:
    """The nodes whose output is not whole, and what is wrong with it."""
    record = json.loads((directory / RUN_FILE).read_text())
    sha256 = record.get("gem", {}).get("sha256")
    damaged = {}
    for node in nodes:
        problems = [
            problem
            for name in outputs.get(node, [])
            for problem in output_problems(directory / name, sha256, checksum=True)
        ]
        if problems:
            damaged[node] = problems
    return damaged


def retry(directory: Path) -> dict:
    """Submit what is missing; refuses a run that is not over or has nothing missing."""
    record = json.loads((directory / RUN_FILE).read_text())
    run_id, cluster = record["id"], record["dagman_cluster"]
    if cluster is not None and in_queue(cluster):
        raise SubmitProblem(f"run '{run_id}' is not over: stop it first, or wait for its end")
    if "pegasus" in record:
        raise SubmitProblem(f"run '{run_id}' was planned by Pegasus: pegasus-run {record['pegasus']['directory']}")
    outputs = outputs_of((directory / DAG).read_text())
    done = succeeded_in(path.read_text(errors="replace") for path in nodes_logs(directory))
    damaged = check_outputs(directory, sorted(done), outputs)
    missing = [node for node in outputs if node not in done or node in damaged]
    if not missing:
        raise SubmitProblem(f"run '{run_id}' has nothing to retry: all {len(outputs)} jobs are done and whole")
    # What comes after a node that runs again has to run again as well.
    kept = [node for node in done if node not in damaged and not _comes_after(node, missing, record["shape"])]
    _write_rescue(directory, sorted(kept), len(outputs))
    for node in damaged:
        for name in outputs[node]:
            (directory / name).unlink(missing_ok=True)
    # DAGMan begins this log anew: what it says of the tries before is kept beside it.
    current = directory / NODES_LOG
    if current.exists():
        current.rename(directory / f"{NODES_LOG}.{len(nodes_logs(directory)):03d}")
    new_cluster = submit_dag(directory, run_id)
    record["dagman_cluster"] = new_cluster
    temporary = directory / f".{RUN_FILE}.part"
    temporary.write_text(json.dumps(record, indent=2) + "\n")
    os.replace(temporary, directory / RUN_FILE)
    submit_service(directory, new_cluster)
    return {
        "run_id": run_id,
        "run_dir": str(directory),
        "dagman_cluster": new_cluster,
        "done": len(kept),
        "again": len(outputs) - len(kept),
        "damaged": damaged,
    }


def _comes_after(node: str, missing: Sequence[str], shape: dict) -> bool:
    """Whether a node that must run comes before this one."""
    return any(_stage(other, shape) < _stage(node, shape) for other in missing)


def _stage(node: str, shape: dict) -> int:
    steps = [step["node"] for step in shape["before"]], [step["node"] for step in shape["after"]]
    if node in steps[0]:
        return steps[0].index(node)
    return len(steps[0]) + (1 + steps[1].index(node) if node in steps[1] else 0)


def _write_rescue(directory: Path, done: Sequence[str], total: int) -> None:
    numbers = [int(found[1]) for path in directory.iterdir() if (found := _RESCUE.match(path.name))]
    lines = [f"# {len(done)} of {total} nodes are done", *(f"DONE {node}" for node in done)]
    (directory / f"{DAG}.rescue{max(numbers, default=0) + 1:03d}").write_text("\n".join(lines) + "\n")


def main(argv: Sequence[str]) -> int:
    """Exit codes: 0 submitted, 1 refused or failed, 2 bad usage."""
    parser = argparse.ArgumentParser(prog="crossflock-retry", description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("run", help="run id")
    parser.add_argument("--json", action="store_true", help="a JSON object as the last line")
    options = parser.parse_args(argv)
    directory = RUNS / options.run
    try:
        if "/" in options.run or not (directory / RUN_FILE).is_file():
            raise SubmitProblem(f"no run '{options.run}' in {RUNS}")
        result = retry(directory)
    except SubmitProblem as problem:
        print(f"crossflock-retry: {problem}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps(result))
    else:
        print(f"run {options.run}: {result['done']} nodes are done, {result['again']} run again")
    return 0
