"""Correlation of gene rows, in blocks, with missing values handled pair by pair.

Pearson's r as gsl_stats_correlation, Spearman's as Pearson's r of average ranks
(gsl_stats_spearman), which is what KINC v1 calls. For a pair, only samples where both
genes have a value count; ranks are taken among these. Fewer than `min_obs` of them, or
a gene without variation in them: no correlation (NaN), as in KINC.
"""

import numpy as np

from .ranks import average_ranks

BLOCK_BYTES = 48 * 2**20


class Correlator:
    """r of row i against rows 0 … i-1 of a GEM, for blocks of rows i."""

    def __init__(self, values: np.ndarray, method: str, min_obs: int) -> None:
        self._values = values
        self._spearman = method == "sc"
        self._min_obs = min_obs
        self._present = np.isfinite(values)
        self._complete = self._present.all(axis=1)
        self._unit = _unit_rows(self._complete_rows())

    def _complete_rows(self) -> np.ndarray:
        rows = np.where(self._complete[:, None], self._values, 0.0)
        if self._spearman:
            # Ranking needs several times the memory of what it ranks.
            step = max(1, BLOCK_BYTES // (64 * max(1, rows.shape[1])))
            for start in range(0, rows.shape[0], step):
                rows[start : start + step] = average_ranks(rows[start : start + step])
        return rows

    def rows_per_block(self) -> int:
        """How many rows fit in the memory bound."""
        return max(1, BLOCK_BYTES // (8 * max(1, self._values.shape[0])))

    def block(self, first: int, last: int) -> np.ndarray:
        """r of rows first … last-1 (as rows) against rows 0 … last-1 (as columns)."""
        if self._values.shape[1] < self._min_obs:
            return np.full((last - first, last), np.nan)
        result = np.clip(self._unit[first:last] @ self._unit[:last].T, -1.0, 1.0)
        incomplete = np.flatnonzero(~self._complete[:last])
        if incomplete.size:
            for row in range(first, last):
                self._repair_row(row, result[row - first], incomplete)
        return result

    def _repair_row(self, row: int, target: np.ndarray, incomplete: np.ndarray) -> None:
        """Overwrite the pairs of `row` in which either gene misses a value."""
        columns = incomplete if self._complete[row] else np.arange(target.size)
        columns = columns[columns < row]
        step = max(1, BLOCK_BYTES // (64 * self._values.shape[1]))
        for start in range(0, columns.size, step):
            part = columns[start : start + step]
            target[part] = self._pairwise(row, part)

    def _pairwise(self, row: int, columns: np.ndarray) -> np.ndarray:
        common = self._present[columns] & self._present[row]
        x = np.where(common, self._values[row], np.nan)
        y = np.where(common, self._values[columns], np.nan)
        if self._spearman:
            x, y = average_ranks(x), average_ranks(y)
        enough = common.sum(axis=1) >= self._min_obs
        return np.where(enough, _paired_pearson(x, y, common), np.nan)


def _unit_rows(rows: np.ndarray) -> np.ndarray:
    """Each row centred and of length 1; NaN throughout where it does not vary. In place."""
    step = max(1, BLOCK_BYTES // (64 * max(1, rows.shape[1])))
    for start in range(0, rows.shape[0], step):
        part = rows[start : start + step]
        centred = part - part.mean(axis=1, keepdims=True)
        part[:] = _divide(centred, _length(centred, part))
    return rows


def _paired_pearson(x: np.ndarray, y: np.ndarray, common: np.ndarray) -> np.ndarray:
    """Pearson's r of row k of x and row k of y, over the samples in `common`."""
    count = np.maximum(common.sum(axis=1, keepdims=True), 1)
    units = []
    for values in (x, y):
        filled = np.where(common, values, 0.0)
        mean = filled.sum(axis=1, keepdims=True) / count
        centred = np.where(common, values - mean, 0.0)
        units.append(_divide(centred, _length(centred, filled)))
    return np.clip((units[0] * units[1]).sum(axis=1), -1.0, 1.0)


def _length(centred: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Length of centred rows, 0 where what is left is only rounding of equal values."""
    length = np.sqrt((centred**2).sum(axis=1, keepdims=True))
    scale = np.abs(rows).max(axis=1, keepdims=True) * rows.shape[1]
    return np.where(length <= 4 * np.finfo(np.float64).eps * scale, 0.0, length)


def _divide(rows: np.ndarray, length: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(length > 0, rows / length, np.nan)
