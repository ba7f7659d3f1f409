"""What HTCondor is told about the list, and what it knows about it."""

import subprocess
import time
from collections import Counter
from collections.abc import Sequence

from crossflock_container.problems import StartProblem

DEADLINE_SECONDS = 30.0
# How long one call may take to show in the schedd before it is made again: a schedd that
# is just starting may miss it.
CALL_SECONDS = 2.0
POLL_SECONDS = 0.1


def _run(*argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(argv, capture_output=True, text=True, check=False)


def known_pools() -> tuple[str, ...] | None:
    """FLOCK_TO as the running schedd has it; None when it does not answer."""
    result = _run("condor_config_val", "-schedd", "FLOCK_TO")
    text = result.stdout.strip()
    if text.lower().startswith("not defined") or "Not defined" in result.stderr:
        return ()
    if result.returncode != 0:
        return None
    return tuple(part.strip() for part in text.split(",") if part.strip())


def apply(pools: Sequence[str]) -> None:
    """Make HTCondor read its settings until the schedd has these pools.

    A condor_master that is still to come reads them anyway, and is waited for.
    """
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        call = _run("condor_reconfig")
        until = min(time.monotonic() + CALL_SECONDS, deadline)
        while call.returncode == 0:
            if known_pools() == tuple(pools):
                return
            if time.monotonic() >= until:
                break
            time.sleep(POLL_SECONDS)
        if time.monotonic() >= deadline:
            why = call.stderr.strip().splitlines()
            raise StartProblem(
                f"the list is kept, but the schedd has not taken it in {DEADLINE_SECONDS:.0f} s"
                + (f": {why[-1]}" if why else "")
            )
        time.sleep(POLL_SECONDS)


def running() -> dict[str, int]:
    """How many jobs run in each pool, by its address."""
    result = _run("condor_q", "-allusers", "-constraint", "JobStatus == 2", "-autoformat", "RemotePool")
    if result.returncode != 0:
        raise StartProblem(f"condor_q failed: {result.stderr.strip()}")
    pools = (line.strip() for line in result.stdout.splitlines())
    return dict(sorted(Counter(pool for pool in pools if pool not in ("", "undefined")).items()))


def vacate(pools: Sequence[str]) -> int:
    """Make the jobs that run in these pools go back to the queue at once; returns how many."""
    count = sum(jobs for pool, jobs in running().items() if pool in pools)
    if count == 0:
        return 0
    constraint = " || ".join(f'RemotePool == "{pool}"' for pool in pools)
    result = _run("condor_vacate_job", "-fast", "-constraint", constraint)
    # It also fails where the jobs have ended in between.
    if result.returncode != 0 and any(pool in pools for pool in running()):
        raise StartProblem(f"condor_vacate_job failed: {(result.stderr or result.stdout).strip()}")
    return count
