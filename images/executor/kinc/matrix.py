"""Pairs of the merged matrix above a threshold, in bounded memory."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np

from .pairs import pair_count, row_of
from .problems import KincProblem
from .store import Reader


@dataclasses.dataclass(frozen=True)
class Edges:
    """Pairs (source > target as row numbers) and their r, in pair order."""

    source: np.ndarray
    target: np.ndarray
    r: np.ndarray


def open_matrix(path: Path) -> Reader:
    """The merged matrix at `path`."""
    reader = Reader(path)
    header = reader.header
    if header.get("kind") != "matrix" or len(header.get("gene_names", [])) != header["genes"]:
        raise KincProblem(f"'{path}' is not a merged matrix: make it with kinc merge")
    if header["pairs"] != pair_count(header["genes"]):
        raise KincProblem(f"'{path}' does not hold every pair of its {header['genes']} genes")
    return reader


def edges_from(reader: Reader, level: float, seen: Callable[[np.ndarray], None] | None = None) -> Edges:
    """All pairs with |r| ≥ `level` (compared as float32); `seen` is called with every block."""
    limit = np.float32(level)
    numbers, kept, offset = [], [], 0
    for block in reader.blocks():
        if seen is not None:
            seen(block)
        index = np.flatnonzero(np.abs(block) >= limit)
        numbers.append(index + offset)
        kept.append(block[index])
        offset += block.size
    pairs = np.concatenate(numbers) if numbers else np.empty(0, dtype=np.int64)
    source = _rows(pairs)
    return Edges(
        source=source,
        target=pairs - source * (source - 1) // 2,
        r=np.concatenate(kept) if kept else np.empty(0, dtype=np.float32),
    )


def _rows(pairs: np.ndarray) -> np.ndarray:
    """row_of for an array: by search in the rows' first pairs, exact for any size."""
    if pairs.size == 0:
        return np.empty(0, dtype=np.int64)
    rows = np.arange(row_of(int(pairs[-1])) + 2, dtype=np.int64)
    return np.searchsorted(rows * (rows - 1) // 2, pairs, side="right") - 1
