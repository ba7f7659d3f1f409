"""How many pairs reach each of a row of thresholds."""

import numpy as np

LEVELS = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))


class Counts:
    """Pairs with |r| ≥ level, and how many of them are positive, for every level.

    Values and levels are compared as float32, the precision in which values are kept:
    a correlation that rounds to the level reaches it.
    """

    def __init__(self) -> None:
        self._levels = np.array(LEVELS, dtype=np.float32)
        self._all = np.zeros(len(LEVELS), dtype=np.int64)
        self._positive = np.zeros(len(LEVELS), dtype=np.int64)

    def add(self, values: np.ndarray) -> None:
        """Count these values too; NaN counts nowhere."""
        for target, part in ((self._all, np.abs(values)), (self._positive, values)):
            kept = np.sort(part[part >= self._levels[0]])
            target += kept.size - np.searchsorted(kept, self._levels, side="left")

    def table(self) -> list[dict]:
        """One entry a level, ascending."""
        return [
            {"threshold": level, "pairs": int(pairs), "positive": int(positive)}
            for level, pairs, positive in zip(LEVELS, self._all, self._positive, strict=True)
        ]
