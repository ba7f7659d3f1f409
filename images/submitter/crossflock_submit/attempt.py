"""The `crossflock-try` command: the job of a specification's `test`, here and now, without HTCondor.

It runs as it would on an executor: in a folder of its own, with its inputs, what it needs of an
environment, and the run's file service; with the variables that `test` gives.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from .dag import outputs_of
from .names import SERVICE_FILE
from .outputs import output_problems
from .problems import SubmitProblem
from .serve import own_address, serving
from .spec import read_spec, workflow_of
from .workflow import RESULTS, Job, Workflow

SECONDS = 600
_VARIABLE = re.compile(r"\$\((\w+)\)")


def attempt(workflow: Workflow) -> int:
    """Run the job; the exit code is its own, or 1 where it left nothing."""
    if workflow.test is None:
        raise SubmitProblem("the specification has no test")
    job = workflow.jobs[workflow.parallel.prefix]
    variables = {"node": "test", "try": "0", **workflow.test}
    with tempfile.TemporaryDirectory(prefix="crossflock-try.") as name:
        folder = Path(name)
        _lay_out(folder, workflow, job)
        if not workflow.serve:
            return _run(folder, job, variables)
        results = folder / "out" / RESULTS
        folders = {name: workflow.folders.get(name, results) for name in workflow.serve}
        with serving(own_address(), 0, folders) as url:
            (folder / SERVICE_FILE).write_text(json.dumps({"url": url}))
            return _run(folder, job, variables)


def _lay_out(folder: Path, workflow: Workflow, job: Job) -> None:
    (folder / "out" / RESULTS).mkdir(parents=True)
    program = [job.argv[0]] if job.transfer_executable else []
    for name in [*program, *job.inputs]:
        content = workflow.files.get(name)
        path = folder / Path(name).name
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif content is not None:
            shutil.copyfile(content, path)
        elif name != SERVICE_FILE:
            raise SubmitProblem(f"'{name}' is no file of the specification: a test cannot have it")
        if name in program or name in workflow.executables:
            path.chmod(0o755)


def _run(folder: Path, job: Job, variables: Mapping[str, str]) -> int:
    program, *arguments = (_VARIABLE.sub(lambda found: variables.get(found[1], ""), word) for word in job.argv)
    words = [f"./{Path(program).name}" if job.transfer_executable else program, *arguments]
    try:
        ended = subprocess.run(
            words, cwd=folder, env=dict(job.environment), stdin=subprocess.DEVNULL, check=False, timeout=SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise SubmitProblem(f"the test was not done within {SECONDS} s") from error
    except OSError as error:
        raise SubmitProblem(f"cannot run '{program}': {error.strerror}") from error
    if ended.returncode != 0:
        return ended.returncode if ended.returncode > 0 else 128 - ended.returncode
    problems = [
        problem
        for output in outputs_of(job, variables)
        for problem in output_problems(folder / "out" / output, None, checksum=False)
    ]
    for problem in problems:
        print(f"crossflock-try: {problem}", file=sys.stderr)
    return 1 if problems else 0


def main(argv: Sequence[str]) -> int:
    """The exit code is that of the job; 1 also where it cannot be run, 2 for bad usage."""
    parser = argparse.ArgumentParser(prog="crossflock-try", description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("spec", type=Path, help="the specification, a JSON file")
    options = parser.parse_args(argv)
    try:
        return attempt(workflow_of(read_spec(options.spec), lambda: None))
    except SubmitProblem as problem:
        print(f"crossflock-try: {problem}", file=sys.stderr)
        return 1
