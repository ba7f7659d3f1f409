"""From a workflow to a run in the queue."""

import time
from pathlib import Path

from .pool import submit_dag
from .run import RUNS, make_run, remove_run, write_run_file
from .serve import submit_service
from .workflow import Workflow


def submit_workflow(workflow: Workflow, no_submit: bool) -> dict:
    """Make the run's directory and submit it; the answer is for the controller."""
    directory = make_run(workflow)
    cluster = None
    if not no_submit:
        try:
            cluster = submit_dag(directory, workflow.run_id)
        except BaseException:
            remove_run(directory)
            raise
        write_run_file(directory, workflow, cluster)
        submit_service(directory, cluster)
        count = len(workflow.parallel.variables)
        print(f"run {workflow.run_id}: {count} jobs side by side, DAGMan is job {cluster}")
    print(f"directory {directory}")
    return {"run_id": workflow.run_id, "run_dir": str(directory), "dagman_cluster": cluster}


def new_run_id(name: str, runs: Path = RUNS) -> str:
    """The name and the time in seconds; a second that has its run already gives way."""
    seconds = int(time.time())
    while (runs / f"{name}-{seconds}").exists():
        seconds += 1
    return f"{name}-{seconds}"
