"""`kinc similarity`: the correlations of one job's share of the gene pairs."""

import dataclasses
import time
from pathlib import Path

from .correlate import Correlator
from .gem import GemFormat, read_gem
from .pairs import Share, pair_count, row_of, share_of
from .store import Writer, writing


@dataclasses.dataclass(frozen=True)
class SimilarityOptions:
    """The options of one similarity job."""

    ematrix: Path
    form: GemFormat
    method: str
    min_obs: int
    num_jobs: int
    job_index: int
    output: Path
    min_seconds: float = 0.0


def run_similarity(options: SimilarityOptions) -> dict:
    """Compute the share and write it; returns the summary."""
    started = time.monotonic()
    gem = read_gem(options.ematrix, options.form)
    share = share_of(pair_count(len(gem.genes)), options.num_jobs, options.job_index)
    header = {
        "kind": "chunk",
        "first_pair": share.first,
        "pairs": share.count,
        "genes": len(gem.genes),
        "samples": len(gem.samples),
        "gem_sha256": gem.sha256,
        "method": options.method,
        "min_obs": options.min_obs,
        "num_jobs": options.num_jobs,
        "job_index": options.job_index,
    }
    with writing(options.output, header) as writer:
        _write_share(Correlator(gem.values, options.method, options.min_obs), share, writer)
    _pad(started, options.min_seconds)
    return {
        "step": "similarity",
        "job_index": options.job_index,
        "num_jobs": options.num_jobs,
        "first_pair": share.first,
        "pairs": share.count,
        "pairs_with_correlation": writer.correlated,
    }


def _write_share(correlator: Correlator, share: Share, writer: Writer) -> None:
    """Row blocks of the triangle, cut to the share at its two ends."""
    if share.count == 0:
        return
    row, last_row = row_of(share.first), row_of(share.end - 1)
    while row <= last_row:
        until = min(row + correlator.rows_per_block(), last_row + 1)
        block = correlator.block(row, until)
        for i in range(row, until):
            base = pair_count(i)
            start = max(share.first - base, 0)
            stop = min(share.end - base, i)
            writer.append(block[i - row, start:stop])
        row = until


def _pad(started: float, min_seconds: float) -> None:
    """Keep the job at least this long, as OSG-KINC's wrapper did with five minutes."""
    remaining = min_seconds - (time.monotonic() - started)
    if remaining > 0:
        time.sleep(remaining)
