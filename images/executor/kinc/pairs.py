"""Gene pairs as numbers: the lower triangle, row by row, without the diagonal.

Pair p stands for genes (i, j) with i > j and p = i(i-1)/2 + j, the order in which
KINC v1 visits them (RunSimilarity::executeTraditional).
"""

import dataclasses
import math

from .problems import KincProblem


@dataclasses.dataclass(frozen=True)
class Share:
    """A run of pair numbers: first ≤ p < first + count."""

    first: int
    count: int

    @property
    def end(self) -> int:
        """One past the last pair."""
        return self.first + self.count


def pair_count(genes: int) -> int:
    """How many pairs `genes` genes make."""
    return genes * (genes - 1) // 2


def row_of(pair: int) -> int:
    """The row i of pair number `pair`, exactly, also beyond 2**53."""
    return (1 + math.isqrt(1 + 8 * pair)) // 2


def share_of(total: int, jobs: int, index: int) -> Share:
    """Job `index` (1 … jobs) of `jobs`: the shares are disjoint, complete and differ by at most 1.

    KINC v1 counts jobs from 1, and so does OSG-KINC's dax-generator.
    """
    if jobs < 1:
        raise KincProblem(f"--num_jobs is {jobs}: give at least 1")
    if not 1 <= index <= jobs:
        raise KincProblem(f"--job_index is {index}: give a number from 1 to {jobs}")
    first = total * (index - 1) // jobs
    return Share(first, total * index // jobs - first)
