"""Running the programs that do the work: `ip`, `bridge`, `wg`, `nft`."""

import json
import subprocess

from .problems import NetworkProblem

TIMEOUT_SECONDS = 20


def run(*argv: str, stdin: str = "") -> str:
    """Standard output of a command; a problem when it fails, with what it said."""
    try:
        result = subprocess.run(
            argv, input=stdin, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False
        )
    except FileNotFoundError as error:
        raise NetworkProblem(f"{argv[0]} is not there") from error
    except subprocess.TimeoutExpired as error:
        raise NetworkProblem(f"{' '.join(argv)} did not end in {TIMEOUT_SECONDS} s") from error
    if result.returncode != 0:
        said = result.stderr.strip() or result.stdout.strip() or f"exit code {result.returncode}"
        raise NetworkProblem(f"{' '.join(argv)}: {' '.join(said.split())}")
    return result.stdout


def run_json(*argv: str) -> list[dict]:
    """What an iproute2 command with `-json` prints; empty for a thing that is not there."""
    try:
        printed = run(*argv)
    except NetworkProblem as problem:
        if "does not exist" in str(problem) or "Cannot find device" in str(problem):
            return []
        raise
    return [item for item in json.loads(printed or "[]") if item]
