"""The last step of every start: become condor, or say why not."""

import os
import sys
from collections.abc import Callable
from typing import NoReturn

from .problems import StartProblem
from .trust import KEY_VARIABLE

RUNNER = "/usr/local/sbin/run-condor"


def say(text: str) -> None:
    """One line for the container's log."""
    print(text, flush=True)


def become_condor() -> NoReturn:
    """Replace this process by condor_master's runner, without the secret in its environment."""
    environment = {k: v for k, v in os.environ.items() if k != KEY_VARIABLE}
    os.execve(RUNNER, [RUNNER], environment)


def run_start(role: str, start: Callable[[], None]) -> NoReturn:
    """Run `start`, then condor. A StartProblem is one line on stderr and exit code 2."""
    try:
        start()
    except StartProblem as problem:
        print(f"crossflock-{role}: {problem}", file=sys.stderr, flush=True)
        sys.exit(2)
    become_condor()
