"""What the step has used so far."""

import resource


def cpu_seconds() -> float:
    """CPU time of this process since its start, in seconds, to the millisecond.

    User and system time, of all threads and of children that have ended. HTCondor takes
    snapshots of the processes instead, which miss a job of a second or two.
    """
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return round(sum(usage.ru_utime + usage.ru_stime for usage in used), 3)
