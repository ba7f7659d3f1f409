"""The `crossflock-submit` command: a workflow of any recipe, by its specification."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from .pool import largest_executor_memory
from .problems import SubmitProblem
from .spec import read_spec, workflow_of
from .submission import submit_workflow


def main(argv: Sequence[str]) -> int:
    """Submit a run. Exit codes: 0 submitted, 1 refused or failed, 2 bad usage."""
    parser = argparse.ArgumentParser(prog="crossflock-submit", description=__doc__, allow_abbrev=False)
    parser.add_argument("spec", type=Path, help="the specification, a JSON file")
    parser.add_argument("--json", action="store_true", help="a JSON object as the last line")
    parser.add_argument("--no-submit", action="store_true", help="only write the run's directory")
    options = parser.parse_args(argv)
    try:
        workflow = workflow_of(read_spec(options.spec), largest_executor_memory)
        result = submit_workflow(workflow, options.no_submit)
    except SubmitProblem as problem:
        print(f"crossflock-submit: {problem}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps(result))
    return 0
