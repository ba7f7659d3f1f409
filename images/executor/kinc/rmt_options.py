"""The options of the search by random matrix theory, apart from it: it loads slowly."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class RmtOptions:
    """Where the search starts, its step, the chi-square that ends it, and where it gives up."""

    start: float = 0.99
    step: float = 0.001
    stop_chi_square: float = 200.0
    lowest: float = 0.5
