"""Gene expression matrices: reading, checking, hashing."""

import dataclasses
import gzip
import hashlib
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from .problems import KincProblem

TRANSFORMS = {"none": None, "log": np.log, "log2": np.log2, "log10": np.log10}


@dataclasses.dataclass(frozen=True)
class Gem:
    """A gene expression matrix; `values` is genes × samples, NaN where missing."""

    genes: list[str]
    samples: list[str]
    values: np.ndarray
    sha256: str


@dataclasses.dataclass(frozen=True)
class GemFormat:
    """How a GEM file is to be read, in the terms of KINC v1's options.

    rows: lines of the file, header included. cols: samples (the header has as many
    fields; the other lines have one more, the gene's name). Either may be None.
    """

    rows: int | None = None
    cols: int | None = None
    headers: bool = True
    na_val: str | None = None
    func: str = "none"


def file_bytes(path: Path) -> bytes:
    """The file's content, uncompressed when it is gzip (by its magic number)."""
    try:
        data = path.read_bytes()
        return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    except (OSError, EOFError) as error:
        raise KincProblem(f"cannot read the expression matrix '{path}': {error}") from error


def read_gem(path: Path, form: GemFormat) -> Gem:
    """Read and check a GEM. The hash is of the uncompressed text."""
    data = file_bytes(path)
    lines = _lines(data, path)
    if form.rows is not None and len(lines) != form.rows:
        raise KincProblem(f"'{path}' has {len(lines)} lines but --rows is {form.rows}")
    samples = lines[0].split() if form.headers else []
    body = lines[1:] if form.headers else lines
    if not body:
        raise KincProblem(f"'{path}' has no genes")
    cols = form.cols if form.cols is not None else len(body[0].split()) - 1
    if form.headers and len(samples) != cols:
        raise KincProblem(f"'{path}' line 1 names {len(samples)} samples, expected {cols}")
    first_line = 2 if form.headers else 1
    genes, values = _parse_rows(_Rows(path, body, first_line, cols, form.na_val))
    return Gem(
        genes=genes,
        samples=samples or [f"sample{n + 1}" for n in range(cols)],
        values=_transform(values, form.func),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _lines(data: bytes, path: Path) -> list[str]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise KincProblem(f"'{path}' is not text: {error}") from error
    lines = text.split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        raise KincProblem(f"'{path}' is empty")
    return lines


@dataclasses.dataclass(frozen=True)
class _Rows:
    path: Path
    lines: list[str]
    first_line: int
    cols: int
    na_val: str | None

    def fields(self) -> Iterator[tuple[int, list[str]]]:
        for offset, line in enumerate(self.lines):
            number = self.first_line + offset
            fields = line.split()
            if len(fields) != self.cols + 1:
                raise KincProblem(
                    f"'{self.path}' line {number} has {len(fields)} fields, expected {self.cols + 1}"
                )
            yield number, fields


def _parse_rows(rows: _Rows) -> tuple[list[str], np.ndarray]:
    values = np.empty((len(rows.lines), rows.cols), dtype=np.float64)
    seen: dict[str, int] = {}
    for index, (number, fields) in enumerate(rows.fields()):
        gene = fields[0]
        if gene in seen:
            raise KincProblem(
                f"'{rows.path}' line {number}: gene '{gene}' was already on line {seen[gene]}"
            )
        seen[gene] = number
        values[index] = _parse_values(rows, number, fields)
    return list(seen), values


def _parse_values(rows: _Rows, number: int, fields: list[str]) -> list[float]:
    result = []
    for column, text in enumerate(fields[1:], start=2):
        if rows.na_val is not None and text == rows.na_val:
            result.append(math.nan)
            continue
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if math.isnan(value):
            raise KincProblem(f"'{rows.path}' line {number}, column {column}: '{text}' is not a number")
        result.append(value)
    return result


def _transform(values: np.ndarray, func: str) -> np.ndarray:
    """KINC's --func, then infinities as missing: KINC leaves both out of a pair alike."""
    function = TRANSFORMS[func]
    if function is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            values = function(values)
    return np.where(np.isfinite(values), values, np.nan)
