"""`kinc threshold`: the |r| from which on a pair is an edge."""

import dataclasses
from pathlib import Path

from .matrix import edges_from, open_matrix
from .problems import KincProblem
from .rmt_options import RmtOptions


@dataclasses.dataclass(frozen=True)
class ThresholdOptions:
    """`value` is the threshold itself, or None to find it by random matrix theory."""

    matrix: Path
    value: float | None
    rmt: RmtOptions


def run_threshold(options: ThresholdOptions) -> dict:
    """The threshold and how it came about."""
    reader = open_matrix(options.matrix)
    if options.value is not None:
        found, curve = options.value, []
    else:
        from .rmt import find_threshold  # SciPy takes longer to load than a given value to use

        result = find_threshold(edges_from(reader, options.rmt.lowest), options.rmt)
        found, curve = result.threshold, result.curve
    if found is None:
        raise KincProblem(
            f"random matrix theory found no threshold between {options.rmt.start} and "
            f"{options.rmt.lowest} for {reader.header['genes']} genes: give one as a number"
        )
    return {
        "step": "threshold",
        "mode": "value" if options.value is not None else "rmt",
        "threshold": found,
        "curve": curve,
        "gem_sha256": reader.header["gem_sha256"],
    }
