"""A run's directory: made whole, or not at all."""

import datetime
import json
import os
import shutil
from pathlib import Path

from . import dag, jobs, names, serve
from .problems import SubmitProblem
from .workflow import CHUNKS, LOGS, RESULTS, Workflow

RUNS = Path("/var/lib/crossflock/runs")


def make_run(workflow: Workflow, runs: Path = RUNS) -> Path:
    """Write the directory of a run that does not exist yet."""
    directory = runs / workflow.run_id
    try:
        directory.mkdir(parents=True)
    except FileExistsError as error:
        raise SubmitProblem(
            f"run '{workflow.run_id}' exists already in {directory}: choose another --run-id"
        ) from error
    except OSError as error:
        raise SubmitProblem(f"cannot make {directory}: {error.strerror}") from error
    try:
        _fill(directory, workflow)
    except BaseException:
        remove_run(directory)
        raise
    return directory


def _fill(directory: Path, workflow: Workflow) -> None:
    for folder in (LOGS, CHUNKS, RESULTS, names.AVOID):
        (directory / folder).mkdir()
    for folder in (CHUNKS, RESULTS):
        (directory / jobs.OUT / folder).mkdir(parents=True)
    for name, content in workflow.files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            shutil.copyfile(content, path)
    for name, folder in workflow.folders.items():
        shutil.copytree(folder, directory / name, symlinks=True)
    if workflow.serve:
        serve.write_service_file(directory, workflow.serve)
    for name in workflow.executables:
        (directory / name).chmod(0o755)
    (directory / names.DAG).write_text(dag.dag_text(workflow))
    for name, text in jobs.submit_files(workflow).items():
        (directory / name).write_text(text)
    write_run_file(directory, workflow, None)


def nodes_logs(directory: Path) -> list[Path]:
    """The logs of the nodes' jobs, the oldest first."""
    older = sorted(directory.glob(f"{names.NODES_LOG}.[0-9][0-9][0-9]"))
    return [*older, *(path for path in [directory / names.NODES_LOG] if path.exists())]


def remove_run(directory: Path) -> None:
    """Take away a run that was never submitted."""
    shutil.rmtree(directory, ignore_errors=True)


def write_run_file(directory: Path, workflow: Workflow, dagman_cluster: int | None) -> None:
    """run.json, replaced in one step."""
    temporary = directory / f".{names.RUN_FILE}.part"
    temporary.write_text(json.dumps(run_record(workflow, dagman_cluster), indent=2) + "\n")
    os.replace(temporary, directory / names.RUN_FILE)


def run_record(workflow: Workflow, dagman_cluster: int | None) -> dict:
    """The content of run.json; file names are relative to the run's directory."""
    return {
        "id": workflow.run_id,
        "workflow": workflow.name,
        "shape": workflow.shape,
        "results": list(workflow.results),
        **workflow.details,
        "retries": workflow.retries,
        **({} if workflow.slots is None else {"slots": workflow.slots}),
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "dagman_cluster": dagman_cluster,
        **({} if workflow.context is None else {"context": workflow.context}),
        "files": {
            "dag": names.DAG,
            "nodes_log": names.NODES_LOG,
            "dagman_log": names.DAGMAN_LOG,
            "node_status": names.NODE_STATUS,
            "metrics": names.METRICS,
        },
    }
