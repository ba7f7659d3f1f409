"""The threshold by random matrix theory, as KINC v1 finds it (RMTThreshold.cpp).

The nearest neighbour spacings of the eigenvalues of a correlation matrix cut at a
threshold follow the Gaussian orthogonal ensemble while noise dominates and a Poisson
distribution once only the modular structure is left (Luo et al., BMC Bioinformatics 8
(2007), 299; Gibson et al., PLoS ONE 8 (2013), e55871). Going down from a high threshold,
the one before the change is wanted. Parameters and their values are KINC v1's.
"""

import dataclasses
import math

import numpy as np
from scipy.interpolate import Akima1DInterpolator
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from .matrix import Edges
from .rmt_options import RmtOptions

# Chi-square of 60 degrees of freedom at p = 0.001: below it, the spacings are Poisson's.
POISSON_CHI_SQUARE = 99.607
BIN_WIDTH = 0.05
LARGEST_SPACING = 3.0
PACES = range(10, 41)
SMALLEST_MATRIX = 100
SAME_EIGENVALUE = 1e-6


@dataclasses.dataclass(frozen=True)
class RmtResult:
    """`threshold` is None when no cut matrix was Poisson's; `curve` has one entry a test."""

    threshold: float | None
    curve: list[dict]


def find_threshold(edges: Edges, options: RmtOptions) -> RmtResult:
    """Search downwards through `edges` (all with |r| ≥ options.lowest)."""
    curve: list[dict] = []
    final: float | None = None
    for count in range(int(round((options.start - options.lowest) / options.step)) + 1):
        threshold = options.start - count * options.step
        eigenvalues = cut_eigenvalues(edges, threshold)
        chi = None if eigenvalues.size < SMALLEST_MATRIX else chi_square(eigenvalues)
        if chi is None:
            continue
        curve.append(
            {"threshold": round(threshold, 6), "chi_square": round(chi, 4), "genes": int(eigenvalues.size)}
        )
        if chi < POISSON_CHI_SQUARE:
            final = threshold
        elif final is not None and chi >= options.stop_chi_square:
            break
    # KINC rounds up to four digits; the inner rounding removes the step's own error.
    rounded = None if final is None else math.ceil(round(final * 10000, 6)) / 10000
    return RmtResult(rounded, curve)


def cut_eigenvalues(edges: Edges, threshold: float) -> np.ndarray:
    """Eigenvalues, ascending, of the matrix of the genes with any |r| > threshold.

    Values up to the threshold are 0, the diagonal is 1. The matrix falls into the
    network's components, and their eigenvalues together are its own, so the cubic cost
    is that of the largest component.
    """
    keep = np.abs(edges.r) > np.float32(threshold)
    used, index = np.unique(np.concatenate([edges.source[keep], edges.target[keep]]), return_inverse=True)
    if used.size < SMALLEST_MATRIX:
        return np.zeros(used.size)
    half = index.size // 2
    rows, columns, values = index[:half], index[half:], edges.r[keep].astype(np.float64)
    graph = coo_matrix((np.ones(half), (rows, columns)), shape=(used.size, used.size))
    components, label = connected_components(graph, directed=False)
    place = _place_in_component(label, components)
    result = []
    by_component = np.argsort(label[rows], kind="stable")
    edge_bounds = np.searchsorted(label[rows][by_component], np.arange(components + 1))
    sizes = np.bincount(label, minlength=components)
    for component in range(components):
        part = by_component[edge_bounds[component] : edge_bounds[component + 1]]
        block = np.eye(sizes[component])
        block[place[rows[part]], place[columns[part]]] = values[part]
        block[place[columns[part]], place[rows[part]]] = values[part]
        result.append(np.linalg.eigvalsh(block))
    return np.sort(np.concatenate(result))


def _place_in_component(label: np.ndarray, components: int) -> np.ndarray:
    order = np.argsort(label, kind="stable")
    starts = np.searchsorted(label[order], np.arange(components))
    place = np.empty(label.size, dtype=np.int64)
    place[order] = np.arange(label.size) - starts[label[order]]
    return place


def chi_square(eigenvalues: np.ndarray) -> float | None:
    """Mean chi-square of the spacings against Poisson over the unfolding paces.

    None when too few distinct eigenvalues are left.
    """
    distinct = distinct_eigenvalues(eigenvalues)
    if distinct.size < SMALLEST_MATRIX:
        return None
    tests = [
        spacing_chi_square(unfold(distinct, pace)) for pace in PACES if distinct.size // pace >= 5
    ]
    return float(np.mean(tests)) if tests else None


def distinct_eigenvalues(eigenvalues: np.ndarray) -> np.ndarray:
    """Ascending eigenvalues without those closer than 1e-6 to the last one kept."""
    values = np.where(np.abs(eigenvalues) < SAME_EIGENVALUE, 0.0, eigenvalues)
    kept = [values[0]]
    for value in values[1:]:
        if abs(value - kept[-1]) > SAME_EIGENVALUE:
            kept.append(value)
    return np.array(kept)


def unfold(eigenvalues: np.ndarray, pace: int) -> np.ndarray:
    """Spacings of the eigenvalues on the scale of an Akima spline of their cumulative count.

    The spline goes through every `pace`-th eigenvalue and the last one.
    """
    size = eigenvalues.size
    picked = np.arange(0, size - pace, pace)
    knots = np.append(eigenvalues[picked], eigenvalues[-1])
    heights = np.append((picked + 1.0) / size, 1.0)
    unfolded = np.empty(size)
    unfolded[0], unfolded[-1] = 0.0, 1.0
    unfolded[1:-1] = Akima1DInterpolator(knots, heights)(eigenvalues[1:-1])
    return np.diff(unfolded) * size


def spacing_chi_square(spacings: np.ndarray) -> float:
    """Chi-square of the spacings' histogram against exp(-s), in bins of 0.05 up to 3."""
    bins = int(LARGEST_SPACING / BIN_WIDTH) + 1
    edges = np.arange(bins + 1) * BIN_WIDTH
    # Both ends of a bin are excluded in KINC; a spacing of exactly 0 is in no bin.
    observed = np.histogram(spacings[spacings > 0], bins=edges)[0]
    expected = (np.exp(-edges[:-1]) - np.exp(-edges[1:])) * spacings.size
    return float(((observed - expected) ** 2 / expected).sum())
