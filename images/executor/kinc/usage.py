"""What the step has used so far."""

import os
import resource
import time
from pathlib import Path


def cpu_seconds() -> float:
    """CPU time of this process since its start, in seconds, to the millisecond.

    User and system time, of all threads and of children that have ended. HTCondor takes
    snapshots of the processes instead, which miss a job of a second or two.
    """
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return round(sum(usage.ru_utime + usage.ru_stime for usage in used), 3)


def peak_memory_mb() -> int:
    """The most memory this process has held so far, in MB (getrusage counts in KiB)."""
    return -(-resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def seconds_since_start() -> float:
    """Seconds since this process was started, the start of Python itself included.

    Field 22 of /proc/self/stat is the start in clock ticks since boot, proc(5).
    """
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    started = int(fields[22 - 3]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started
