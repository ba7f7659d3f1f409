"""Average ranks of many rows at once."""

import numpy as np


def average_ranks(rows: np.ndarray) -> np.ndarray:
    """The ranks (1 …) of each row's values, ties sharing their average; NaN stays NaN.

    Missing values are not ranked and take no part in the others' ranks.
    """
    order = np.argsort(rows, axis=1)
    values = np.take_along_axis(rows, order, axis=1)
    position = np.arange(rows.shape[1])
    starts = np.ones(rows.shape, dtype=bool)
    starts[:, 1:] = values[:, 1:] != values[:, :-1]
    ends = np.ones(rows.shape, dtype=bool)
    ends[:, :-1] = starts[:, 1:]
    first = np.maximum.accumulate(np.where(starts, position, 0), axis=1)
    last = np.where(ends, position, rows.shape[1])
    last = np.minimum.accumulate(last[:, ::-1], axis=1)[:, ::-1]
    ranks = (first + last) / 2.0 + 1.0
    ranks[np.isnan(values)] = np.nan
    result = np.empty(rows.shape, dtype=np.float64)
    np.put_along_axis(result, order, ranks, axis=1)
    return result
