"""What the submission asks HTCondor."""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from .names import DAG
from .problems import SubmitProblem

STATUS_SECONDS = 10
_CLUSTER = re.compile(r"submitted to cluster (\d+)")


def largest_executor_memory() -> int | None:
    """The memory in MB of the largest slot in the pools flocked to; None when none answers."""
    pools = re.split(r"[,\s]+", _output(["condor_config_val", "FLOCK_TO"]).strip())
    sizes = []
    for pool in filter(None, pools):
        text = _output(
            ["condor_status", "-pool", pool, "-constraint", "PartitionableSlot", "-af", "TotalSlotMemory"]
        )
        sizes += [int(word) for word in text.split() if word.isdecimal()]
    return max(sizes, default=None)


def _output(command: list[str]) -> str:
    try:
        result = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=STATUS_SECONDS
        )
    except subprocess.TimeoutExpired:
        return ""
    return result.stdout if result.returncode == 0 else ""


def in_queue(cluster: int) -> bool:
    """Whether a job is still in the queue; refuses to guess where the queue does not answer."""
    result = subprocess.run(
        ["condor_q", str(cluster), "-af", "ClusterId"],
        capture_output=True,
        text=True,
        check=False,
        timeout=STATUS_SECONDS,
    )
    if result.returncode != 0:
        raise SubmitProblem(f"the queue does not answer: {result.stderr.strip()[:200]}")
    return result.stdout.strip() != ""


def submit_dag(run_dir: Path, run_id: str, environment: Mapping[str, str] = os.environ) -> int:
    """Hand the run's DAG to DAGMan; returns the cluster of the DAGMan job."""
    result = subprocess.run(
        ["condor_submit_dag", "-batch-name", run_id, DAG],
        cwd=run_dir,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    found = _CLUSTER.search(result.stdout)
    if result.returncode != 0 or found is None:
        reason = (result.stderr or result.stdout).strip().splitlines()[-1:]
        raise SubmitProblem(f"condor_submit_dag failed: {' '.join(reason) or 'no reason given'}")
    return int(found.group(1))
