"""crossflock-flock: shows and changes the pools that jobs are sent to."""

import argparse
import json
import os
import sys
from collections.abc import Sequence

from crossflock_container.problems import StartProblem

from . import condor, pools


def main(argv: Sequence[str]) -> int:
    """Exit code 0, 1 when HTCondor refused, 2 for bad input."""
    options = _parser().parse_args(argv)
    if os.geteuid() != 0:
        return _say("only root may run this", 2)
    try:
        answer = options.run(options)
    except _InputProblem as problem:
        return _say(str(problem), 2)
    except StartProblem as problem:
        return _say(str(problem), 1)
    print(json.dumps(answer))
    return 0


class _InputProblem(Exception):
    """Something that a person can put right in the arguments."""


def _say(text: str, code: int) -> int:
    print(f"crossflock-flock: {text}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="crossflock-flock",
        description="The pools that this submitter sends jobs to; prints one JSON object.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    show = commands.add_parser("get", help="print the list and where it is from")
    show.set_defaults(run=_get)
    change = commands.add_parser("set", help="send jobs to these pools and no others, from now on")
    change.add_argument("pools", metavar="IP,IP", help="virtual IPs of executors; '' for none")
    change.set_defaults(run=_set)
    jobs = commands.add_parser("running", help="print how many jobs run in each pool")
    jobs.set_defaults(run=lambda _: {"running": condor.running()})
    leave = commands.add_parser("vacate", help="make the jobs in these pools run again elsewhere")
    leave.add_argument("pools", metavar="IP,IP", help="virtual IPs that are not in the list any more")
    leave.set_defaults(run=_vacate)
    return parser


def _get(_: argparse.Namespace) -> dict:
    found = pools.current()
    return {"pools": found.pools, "origin": found.origin}


def _set(options: argparse.Namespace) -> dict:
    wanted = _parse(options.pools)
    with pools.locked():
        found = pools.current()
        if found.origin == pools.ARGUMENTS:
            if set(found.pools) == set(wanted):
                return {"pools": found.pools, "changed": False}
            raise _InputProblem(
                f"this container was started with -f {','.join(found.pools)}, and that list stays: "
                "start it without -f to change the list while it runs"
            )
        changed = pools.store(wanted)
        if changed or condor.known_pools() != pools.flock_to():
            condor.apply(pools.flock_to())
        return {"pools": pools.current().pools, "changed": changed}


def _vacate(options: argparse.Namespace) -> dict:
    leaving = _parse(options.pools)
    kept = [pool for pool in leaving if pool in pools.current().pools]
    if kept:
        raise _InputProblem(f"{', '.join(kept)} would get jobs again at once: set a list without it first")
    return {"vacated": condor.vacate(leaving)}


def _parse(text: str) -> tuple[str, ...]:
    try:
        return pools.parse_list(text)
    except StartProblem as problem:
        raise _InputProblem(str(problem)) from problem
