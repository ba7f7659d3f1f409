"""A run's directory: made whole, or not at all."""

import datetime
import gzip
import json
import os
import shutil
from pathlib import Path

from . import dag, jobs
from .plan import RunPlan
from .problems import SubmitProblem

RUNS = Path("/var/lib/crossflock/runs")
RUN_FILE = "run.json"


def make_run(plan: RunPlan, runs: Path = RUNS) -> Path:
    """Write the directory of a run that does not exist yet."""
    directory = runs / plan.run_id
    try:
        directory.mkdir(parents=True)
    except FileExistsError as error:
        raise SubmitProblem(
            f"run '{plan.run_id}' exists already in {directory}: choose another --run-id"
        ) from error
    except OSError as error:
        raise SubmitProblem(f"cannot make {directory}: {error.strerror}") from error
    try:
        _fill(directory, plan)
    except BaseException:
        remove_run(directory)
        raise
    return directory


def _fill(directory: Path, plan: RunPlan) -> None:
    for folder in (jobs.LOGS, jobs.CHUNKS, jobs.RESULTS):
        (directory / folder).mkdir()
    for folder in (jobs.CHUNKS, jobs.RESULTS):
        (directory / jobs.OUT / folder).mkdir(parents=True)
    (directory / jobs.GEM).write_bytes(plan.gem.text)
    (directory / jobs.GEM_PACKED).write_bytes(gzip.compress(plan.gem.text, compresslevel=6, mtime=0))
    (directory / dag.DAG).write_text(dag.dag_text(plan))
    for name, text in jobs.submit_files(plan).items():
        (directory / name).write_text(text)
    write_run_file(directory, plan, None)


def remove_run(directory: Path) -> None:
    """Take away a run that was never submitted."""
    shutil.rmtree(directory, ignore_errors=True)


def write_run_file(directory: Path, plan: RunPlan, dagman_cluster: int | None) -> None:
    """run.json, replaced in one step."""
    temporary = directory / f".{RUN_FILE}.part"
    temporary.write_text(json.dumps(run_record(plan, dagman_cluster), indent=2) + "\n")
    os.replace(temporary, directory / RUN_FILE)


def run_record(plan: RunPlan, dagman_cluster: int | None) -> dict:
    """The content of run.json; file names are relative to the run's directory."""
    return {
        "id": plan.run_id,
        "workflow": "kinc",
        "shape": dag.shape(plan),
        "results": list(jobs.RESULT_FILES),
        "jobs": plan.jobs,
        "method": plan.method,
        "gem": {
            "file": plan.gem.name,
            "genes": plan.gem.genes,
            "samples": plan.gem.samples,
            "sha256": plan.gem.sha256,
        },
        "pairs": plan.gem.pairs,
        "min_obs": plan.min_obs,
        "na_val": plan.na_val,
        "threshold": "rmt" if plan.threshold is None else plan.threshold,
        "request_memory_mb": plan.request_memory,
        "max_memory_mb": plan.max_memory,
        "retries": plan.retries,
        **({} if plan.slots is None else {"slots": plan.slots}),
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "dagman_cluster": dagman_cluster,
        **({} if plan.context is None else {"context": plan.context}),
        "files": {
            "dag": dag.DAG,
            "nodes_log": dag.NODES_LOG,
            "dagman_log": dag.DAGMAN_LOG,
            "node_status": dag.NODE_STATUS,
            "metrics": dag.METRICS,
        },
    }
