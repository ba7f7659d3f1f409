"""The commands of the image.

  run             the agent, which the container is for
  status          what the agent has made; waits until it is through with its start
  add             takes over peers, a JSON list on standard input
  forget PEER     cuts off a peer, by id or public key
  leave           takes the interfaces away
  measure         tries the ways to hosts, a JSON list on standard input
"""

import json
import os
import sys

from .agent import run_agent
from .measure import measure
from .problems import NetworkProblem
from .requests import ask
from .settings import read_settings


def main(argv: list[str]) -> int:
    if argv == ["run"]:
        return run_agent()
    try:
        answer = _perform(argv)
    except NetworkProblem as problem:
        print(f"crossflock-network: {problem}", file=sys.stderr)
        return 2
    print(json.dumps(answer))
    return 0


def _perform(argv: list[str]) -> object:
    match argv:
        case ["status" | "leave" as what]:
            return ask({"do": what})
        case ["add"]:
            return ask({"do": "add", "peers": _input()})
        case ["forget", peer]:
            return ask({"do": "forget", "peer": peer})
        case ["measure"]:
            return measure(read_settings(os.environ), _input())
        case _:
            raise NetworkProblem(f"there is no command '{' '.join(argv)}'\n{__doc__}")


def _input() -> list:
    try:
        value = json.load(sys.stdin)
    except ValueError as error:
        raise NetworkProblem(f"standard input is not JSON: {error}") from error
    if not isinstance(value, list):
        raise NetworkProblem("standard input is no JSON list")
    return value
