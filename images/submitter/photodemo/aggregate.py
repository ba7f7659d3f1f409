#!/usr/bin/python3
"""The last step of photodemo: the results of all jobs as one, sorted by year.

Stands alone: HTCondor sends it to an executor, with the folder of the results.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

OUTPUT = Path("out/results/photos.json")
DIGITS = 6
JOB_FIELDS = ("first", "count", "photos", "seconds", "cpu_seconds", "rate", "host")


class AggregateProblem(Exception):
    """Results that cannot be put together; the message says why."""


def aggregate(results: Sequence[dict], rows: int) -> dict:
    """All points by year and luminance, with what each job did; every row must be in there."""
    jobs = sorted(results, key=lambda result: result["first"])
    at = 0
    for job in jobs:
        if job["first"] != at:
            raise AggregateProblem(f"the results have no row {at}")
        if job["photos"] + len(job["failures"]) != job["count"]:
            raise AggregateProblem(f"the result from row {at} on does not account for its {job['count']} rows")
        at += job["count"]
    if at != rows:
        raise AggregateProblem(f"the results have {at} rows, the manifest {rows}")
    photos = sorted((*point, url) for job in jobs for point, url in zip(job["points"], job["urls"], strict=True))
    seconds = sum(job["seconds"] for job in jobs)
    return {
        "rows": rows,
        "photos": len(photos),
        "seconds": round(seconds, DIGITS),
        # A job has one core.
        "rate": round(len(photos) / seconds, DIGITS) if seconds > 0 else 0,
        "formula": jobs[0]["formula"] if jobs else None,
        "points": [[year, value] for year, value, _ in photos],
        "urls": [url for _, _, url in photos],
        "failures": [failure for job in jobs for failure in job["failures"]],
        "jobs": [{name: job[name] for name in JOB_FIELDS} for job in jobs],
    }


def main(argv: Sequence[str]) -> int:
    """Exit codes: 0 done, 1 results are missing or damaged."""
    parser = argparse.ArgumentParser(prog="aggregate.py", description=__doc__, allow_abbrev=False)
    parser.add_argument("--rows", type=int, required=True, help="rows of the manifest")
    parser.add_argument("results", type=Path, help="folder of the results")
    options = parser.parse_args(argv)
    try:
        results = [read(path) for path in sorted(options.results.glob("results-*.json"))]
        whole = aggregate(results, options.rows)
    except AggregateProblem as problem:
        print(f"aggregate.py: {problem}", file=sys.stderr)
        return 1
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    OUTPUT.write_text(json.dumps(whole) + "\n")
    print(f"{whole['photos']} photos, {len(whole['failures'])} failures, {whole['rate']:.2f} photos/s a core")
    return 0


def read(path: Path) -> dict:
    """The result of one job."""
    try:
        value = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise AggregateProblem(f"{path.name} cannot be read: {error}") from error
    if not isinstance(value, dict):
        raise AggregateProblem(f"{path.name} is not a JSON object")
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
