"""The gene expression matrix as far as a submission needs it: checked and measured."""

import dataclasses
import gzip
import hashlib
import math
from pathlib import Path

from .problems import SubmitProblem


@dataclasses.dataclass(frozen=True)
class GemFacts:
    """`lines` is KINC's --rows (header included), `samples` its --cols."""

    name: str
    genes: int
    samples: int
    sha256: str
    text: bytes

    @property
    def lines(self) -> int:
        """Lines of the file, the header included."""
        return self.genes + 1

    @property
    def pairs(self) -> int:
        """How many gene pairs there are to correlate."""
        return self.genes * (self.genes - 1) // 2


def read_gem(path: Path, na_val: str) -> GemFacts:
    """Read a GEM, plain or gzip, and refuse a malformed one with line and column."""
    try:
        data = path.read_bytes()
        text = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        lines = text.decode("utf-8").split("\n")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise SubmitProblem(f"cannot read the expression matrix '{path}': {error}") from error
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        raise SubmitProblem(f"'{path}' is empty: give a tab-separated expression matrix")
    genes, samples = _check(path, lines, na_val)
    return GemFacts(
        name=path.name.removesuffix(".gz"),
        genes=genes,
        samples=samples,
        sha256=hashlib.sha256(text).hexdigest(),
        text=text,
    )


def _check(path: Path, lines: list[str], na_val: str) -> tuple[int, int]:
    samples = len(lines[0].split())
    if len(lines) < 3:
        raise SubmitProblem(f"'{path}' has {len(lines)} lines: a header and two genes are the least")
    if len(lines[1].split()) == samples:
        raise SubmitProblem(
            f"'{path}' line 1 has as many fields as line 2: the first line must name the samples only"
        )
    seen: dict[str, int] = {}
    for number, line in enumerate(lines[1:], start=2):
        fields = line.split()
        if len(fields) != samples + 1:
            raise SubmitProblem(f"'{path}' line {number} has {len(fields)} fields, expected {samples + 1}")
        if fields[0] in seen:
            raise SubmitProblem(
                f"'{path}' line {number}: gene '{fields[0]}' was already on line {seen[fields[0]]}"
            )
        seen[fields[0]] = number
        _check_values(path, number, fields, na_val)
    return len(seen), samples


def _check_values(path: Path, number: int, fields: list[str], na_val: str) -> None:
    for column, text in enumerate(fields[1:], start=2):
        if text == na_val:
            continue
        try:
            bad = math.isnan(float(text))
        except ValueError:
            bad = True
        if bad:
            raise SubmitProblem(f"'{path}' line {number}, column {column}: '{text}' is not a number")
