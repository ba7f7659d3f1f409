"""The `submit` command: N jobs over one expression matrix."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from .gem import read_gem
from .kinc import KincPlan, check_plan, kinc_workflow, parse_threshold
from .pool import largest_executor_memory
from .problems import SubmitProblem
from .submission import new_run_id, submit_workflow

TASK_FILES = Path("/home/condor_pool/OSG-KINC/task-files")
LARGEST_FACTOR = 4


def main(argv: Sequence[str]) -> int:
    """Submit a run. Exit codes: 0 submitted, 1 refused or failed, 2 bad usage."""
    options = _parser().parse_args(argv)
    try:
        result = _submit(options)
    except SubmitProblem as problem:
        print(f"submit: {problem}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps(result))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="submit", description="submit a KINC workflow", allow_abbrev=False)
    parser.add_argument("jobs", type=_positive, metavar="N", help="number of similarity jobs")
    parser.add_argument("irods", nargs="?", help=argparse.SUPPRESS)
    parser.add_argument("--gem", type=Path, help="expression matrix (default: the one *.txt in task-files/)")
    parser.add_argument("--run-id", help="name of the run (default: kinc-<seconds since 1970>)")
    parser.add_argument("--method", choices=("sc", "pc"), default="sc", help="Spearman or Pearson (sc)")
    parser.add_argument("--min-obs", type=_positive, default=30, help="samples that a pair needs (30)")
    parser.add_argument("--na-val", type=_word, default="NA", help="how a missing value is written (NA)")
    parser.add_argument("--threshold", default="rmt", help="|r| of an edge, or rmt to find it (rmt)")
    parser.add_argument("--request-memory", type=_positive, default=1024, metavar="MB", help="a job's memory (1024)")
    parser.add_argument("--max-memory", type=_positive, metavar="MB", help="most that a retry asks for")
    parser.add_argument("--retries", type=_not_negative, default=2, help="new tries of a failed job (2)")
    parser.add_argument("--slots", type=_positive, help="slots of the executors, to be noted in run.json")
    parser.add_argument("--context", type=Path, metavar="FILE", help="JSON object to be noted in run.json")
    parser.add_argument("--min-job-seconds", type=float, default=0.0, help="pad shorter similarity jobs (0)")
    parser.add_argument("--json", action="store_true", help="a JSON object as the last line")
    parser.add_argument("--no-submit", action="store_true", help="only write the run's directory")
    return parser


def _submit(options: argparse.Namespace) -> dict:
    if options.irods is not None:
        raise SubmitProblem(f"'{options.irods}': a matrix in iRODS is not fetched here, give a file with --gem")
    plan = _plan(options)
    check_plan(plan)
    print(f"matrix {plan.gem.name}: {plan.gem.genes} genes, {plan.gem.samples} samples, {plan.gem.pairs} pairs")
    return submit_workflow(kinc_workflow(plan), options.no_submit)


def _plan(options: argparse.Namespace) -> KincPlan:
    return KincPlan(
        run_id=options.run_id or new_run_id("kinc"),
        jobs=options.jobs,
        gem=read_gem(options.gem or _only_task_file(), options.na_val),
        method=options.method,
        min_obs=options.min_obs,
        na_val=options.na_val,
        threshold=parse_threshold(options.threshold),
        request_memory=options.request_memory,
        max_memory=options.max_memory
        or largest_executor_memory()
        or LARGEST_FACTOR * options.request_memory,
        retries=options.retries,
        min_job_seconds=options.min_job_seconds,
        slots=options.slots,
        context=None if options.context is None else _context(options.context),
    )


def _context(path: Path) -> dict:
    try:
        value = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise SubmitProblem(f"cannot read the context '{path}': {error}") from error
    if not isinstance(value, dict):
        raise SubmitProblem(f"the context '{path}' is not a JSON object")
    return value


def _only_task_file(folder: Path = TASK_FILES) -> Path:
    """The one *.txt of OSG-KINC's task-files folder, as its dax-generator demands."""
    found = sorted(folder.glob("*.txt"))
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "none"
        raise SubmitProblem(f"{folder} must hold exactly one .txt file, it has {names}: or use --gem")
    return found[0]


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not above 0")
    return value


def _not_negative(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"'{text}' is below 0")
    return value


def _word(text: str) -> str:
    if not text or any(character.isspace() or character in "'\"$" for character in text):
        raise argparse.ArgumentTypeError(f"'{text}' is not one plain word")
    return text
