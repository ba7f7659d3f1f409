"""`kinc calibrate`: how fast this executor correlates pairs of this matrix.

It does for a few seconds what a similarity job does, at random places of the triangle of
gene pairs: blocks of rows against all rows before them, written with their checksum.
"""

import dataclasses
import random
import tempfile
import time
from pathlib import Path

from .correlate import Correlator
from .gem import GemFormat, read_gem
from .pairs import pair_count, row_of
from .problems import KincProblem
from .store import BYTES_PER_PAIR, Writer
from .usage import cpu_seconds, peak_memory_mb, seconds_since_start

LONGEST_SECONDS = 60.0
GROWTH = 2


@dataclasses.dataclass(frozen=True)
class CalibrateOptions:
    """The options of a calibration; `seconds` is for correlating, reading comes on top."""

    ematrix: Path
    form: GemFormat
    method: str
    min_obs: int
    seconds: float


def run_calibrate(options: CalibrateOptions) -> dict:
    """Correlate for the given time; returns the summary.

    The first block warms up the caches and does not count. Blocks grow up to the size that
    a job's have, as long as the time permits: with missing values a full one may take minutes.
    """
    if not 0 < options.seconds <= LONGEST_SECONDS:
        raise KincProblem(f"--seconds is {options.seconds:g}: give a number above 0 and up to {LONGEST_SECONDS:g}")
    gem = read_gem(options.ematrix, options.form)
    if len(gem.genes) < 2:
        raise KincProblem(f"'{options.ematrix}' has one gene: there is no pair to correlate")
    correlator = Correlator(gem.values, options.method, options.min_obs)
    setup_seconds = seconds_since_start()
    blocks = _Blocks(correlator, len(gem.genes))
    blocks.run(1)
    measured = blocks.measure(options.seconds)
    return {
        "step": "calibrate",
        **measured,
        "setup_seconds": round(setup_seconds, 3),
        "bytes_per_pair": BYTES_PER_PAIR,
        "peak_memory_mb": peak_memory_mb(),
        "genes": len(gem.genes),
        "samples": len(gem.samples),
        "gem_sha256": gem.sha256,
    }


class _Blocks:
    """Blocks of rows at random places, the same ones for the same number of genes."""

    def __init__(self, correlator: Correlator, genes: int) -> None:
        self._correlator = correlator
        self._genes = genes
        self._random = random.Random(genes)

    def measure(self, seconds: float) -> dict:
        """Pairs, time and CPU time; at least one block."""
        rows, pairs = 1, 0
        start, cpu_start = time.monotonic(), cpu_seconds()
        elapsed = 0.0
        while pairs == 0 or elapsed < seconds:
            before = time.monotonic()
            pairs += self.run(rows)
            now = time.monotonic()
            elapsed = now - start
            each = max((now - before) / rows, 1e-9)
            affordable = int((seconds - elapsed) / each)
            rows = max(1, min(GROWTH * rows, affordable, self._correlator.rows_per_block(), self._genes - 1))
        return {
            "pairs": pairs,
            "seconds": round(elapsed, 3),
            "cpu_seconds": round(cpu_seconds() - cpu_start, 3),
        }

    def run(self, rows: int) -> int:
        """Correlate and write one block; returns its pairs."""
        # A random pair and not a random row, so that long rows come as often as in the work.
        middle = row_of(self._random.randrange(pair_count(self._genes)))
        first = max(0, min(middle - rows // 2, self._genes - rows))
        block = self._correlator.block(first, first + rows)
        pairs = sum(range(first, first + rows))
        with tempfile.TemporaryDirectory(dir=".") as folder:
            writer = Writer(Path(folder) / "block", {"pairs": pairs})
            for index in range(rows):
                writer.append(block[index, : first + index])
            writer.discard()
        return pairs
