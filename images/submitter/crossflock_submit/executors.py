"""What the executors' pools offer, asked again and again: `crossflock-pools IP,IP`.

A pool that is gone does not say so; it only ceases to answer.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence

EVERY_SECONDS = 15.0
ANSWER_SECONDS = 10.0
AT_ONCE = 16
# Whole slots: of a partitionable one, the parts in use are not counted again.
_CONSTRAINT = "PartitionableSlot =?= True || DynamicSlot =!= True"


def ask(address: str) -> subprocess.Popen[str]:
    """Ask the pool at `address` for the CPUs of its slots."""
    return subprocess.Popen(
        ["condor_status", "-pool", address, "-constraint", _CONSTRAINT, "-af", "TotalSlotCpus", "Cpus"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def cpus(printed: str) -> int:
    """CPUs of all slots in the output of `ask`: a slot a line, its whole size first."""
    sizes = [[word for word in line.split() if word.isdecimal()] for line in printed.splitlines()]
    return sum(int(words[0]) for words in sizes if words)


def answers(addresses: Sequence[str], seconds: float = ANSWER_SECONDS) -> list[dict]:
    """What each pool says: `cpus`, or nothing where it does not answer in time."""
    found = []
    for start in range(0, len(addresses), AT_ONCE):
        asked = [(address, ask(address)) for address in addresses[start : start + AT_ONCE]]
        deadline = time.monotonic() + seconds
        found += [_answer(address, process, deadline) for address, process in asked]
    return found


def _answer(address: str, process: subprocess.Popen[str], deadline: float) -> dict:
    """What one pool said; those asked beside a silent one have long answered by the deadline."""
    try:
        # A line a slot is far less than a pipe holds.
        process.wait(timeout=max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.kill()
    printed, _ = process.communicate()
    return {"address": address, "cpus": cpus(printed)} if process.returncode == 0 else {"address": address}


def main(argv: Sequence[str]) -> int:
    """Print a JSON object a line for every pool and round, until killed."""
    parser = argparse.ArgumentParser(prog="crossflock-pools", description="print what the pools offer")
    parser.add_argument("pools", metavar="IP,IP", help="virtual IPs of executors")
    parser.add_argument("--once", action="store_true", help="ask once instead of again and again")
    options = parser.parse_args(argv)
    addresses = [address for address in options.pools.split(",") if address]
    while True:
        start = time.monotonic()
        try:
            sys.stdout.write("".join(json.dumps(answer) + "\n" for answer in answers(addresses)))
            sys.stdout.flush()
        except BrokenPipeError:
            return 0
        if options.once:
            return 0
        time.sleep(max(1.0, EVERY_SECONDS - (time.monotonic() - start)))
