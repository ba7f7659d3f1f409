"""`kinc merge`: all chunks into one file, after checking that they are all there."""

import dataclasses
from pathlib import Path

from .counts import Counts
from .gem import GemFormat, read_gem
from .pairs import pair_count, share_of
from .problems import KincProblem
from .store import Reader, writing

SHOWN = 10


@dataclasses.dataclass(frozen=True)
class MergeOptions:
    """The options of the merge."""

    ematrix: Path
    form: GemFormat
    chunks: Path
    num_jobs: int
    output: Path


def chunk_name(job_index: int) -> str:
    """The file name of job `job_index` (from 1); it has the number of the DAG node, from 0."""
    return f"chunk_{job_index - 1:05d}.kinc"


def run_merge(options: MergeOptions) -> dict:
    """Check every chunk, then write the whole; returns the summary."""
    gem = read_gem(options.ematrix, options.form)
    readers = _checked_chunks(options, len(gem.genes), gem.sha256)
    pairs = pair_count(len(gem.genes))
    if sum(reader.header["pairs"] for reader in readers) != pairs:
        raise KincProblem(f"the chunks do not add up to the {pairs} pairs of {len(gem.genes)} genes")
    first = readers[0].header
    header = {
        "kind": "matrix",
        "first_pair": 0,
        "pairs": pairs,
        "genes": len(gem.genes),
        "samples": len(gem.samples),
        "gem_sha256": gem.sha256,
        "method": first["method"],
        "min_obs": first["min_obs"],
        "gene_names": gem.genes,
    }
    counts = Counts()
    with writing(options.output, header) as writer:
        for reader in readers:
            for block in reader.blocks():
                writer.append(block)
                counts.add(block)
    return {
        "step": "merge",
        "chunks": len(readers),
        "genes": len(gem.genes),
        "samples": len(gem.samples),
        "pairs": pairs,
        "pairs_with_correlation": writer.correlated,
        "pairs_without_correlation": pairs - writer.correlated,
        "chunk_cpu_seconds": [reader.header["cpu_seconds"] for reader in readers],
        "counts": counts.table(),
    }


def _checked_chunks(options: MergeOptions, genes: int, gem_sha256: str) -> list[Reader]:
    """All chunks in order; every missing and every bad one is named."""
    total = pair_count(genes)
    readers, problems = [], []
    for index in range(1, options.num_jobs + 1):
        path = options.chunks / chunk_name(index)
        try:
            reader = Reader(path)
            for _ in reader.blocks():  # the checksum, before anything is written
                pass
        except KincProblem as problem:
            problems.append(str(problem) if path.exists() else f"'{path}' is missing")
            continue
        share = share_of(total, options.num_jobs, index)
        expected = {
            "kind": "chunk",
            "first_pair": share.first,
            "pairs": share.count,
            "genes": genes,
            "gem_sha256": gem_sha256,
            "num_jobs": options.num_jobs,
            "job_index": index,
        }
        if readers:
            expected |= {key: readers[0].header[key] for key in ("method", "min_obs")}
        problems += [
            f"'{path}' has {key} {reader.header.get(key)!r}, expected {value!r}"
            for key, value in expected.items()
            if reader.header.get(key) != value
        ]
        readers.append(reader)
    if problems:
        more = f"; and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
        raise KincProblem(f"{len(problems)} problems with the chunks: {'; '.join(problems[:SHOWN])}{more}")
    return readers
