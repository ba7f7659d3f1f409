"""The file of correlations that the steps hand on: a header and float32 values.

    8 bytes magic "KINCSIM1" | uint32 header length | header (JSON, UTF-8) | values

The values are little-endian float32 in pair order (see pairs.py), NaN where a pair has
no correlation. The header says which pairs, of which GEM, and carries the SHA-256 of the
values, so that a missing, cut or mixed-up file is found and not merged. It also tells the
CPU seconds that its step had used by then.
"""

import contextlib
import hashlib
import json
import os
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from .problems import KincProblem
from .usage import cpu_seconds

MAGIC = b"KINCSIM1"
READ_BYTES = 16 * 2**20
BYTES_PER_PAIR = 4
_NO_SUM = "0" * 64


class Writer:
    """Writes one file; it appears under its name only when it is whole."""

    def __init__(self, path: Path, header: dict) -> None:
        self._path = path
        self._temporary = path.with_name(f".{path.name}.part")
        self._header = header
        self._sum = hashlib.sha256()
        self.written = 0
        self.correlated = 0
        self._file = open(self._temporary, "wb")
        self._write_header(_NO_SUM, 0, 0.0)

    def _write_header(self, checksum: str, correlated: int, seconds: float) -> None:
        # These values have a fixed width, so the header can be rewritten in place.
        fields = {
            **self._header,
            "data_sha256": checksum,
            "correlated": f"{correlated:020d}",
            "cpu_seconds": f"{seconds:020.3f}",
        }
        text = json.dumps(fields).encode()
        self._file.write(MAGIC + struct.pack("<I", len(text)) + text)

    def append(self, values: np.ndarray) -> None:
        """Add values at the end."""
        data = np.ascontiguousarray(values, dtype="<f4")
        self._sum.update(data)
        self._file.write(data)
        self.written += data.size
        self.correlated += int(np.count_nonzero(~np.isnan(data)))

    def finish(self) -> None:
        """Complete the header and give the file its name."""
        if self.written != self._header["pairs"]:
            raise KincProblem(f"{self.written} values for {self._header['pairs']} pairs: not written")
        self._file.seek(0)
        self._write_header(self._sum.hexdigest(), self.correlated, cpu_seconds())
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        os.replace(self._temporary, self._path)

    def discard(self) -> None:
        """Leave nothing behind."""
        self._file.close()
        self._temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def writing(path: Path, header: dict) -> Iterator[Writer]:
    """A Writer that finishes at the end of the block, or leaves nothing on an error."""
    writer = Writer(path, header)
    try:
        yield writer
        writer.finish()
    except BaseException:
        writer.discard()
        raise


class Reader:
    """Reads one file. Opening checks the header and the size, `blocks` the checksum."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with open(path, "rb") as file:
                self.header = self._read_header(file)
            size = path.stat().st_size
        except OSError as error:
            raise KincProblem(f"cannot read '{path}': {error.strerror}") from error
        expected = self._offset + BYTES_PER_PAIR * self.header["pairs"]
        if size != expected:
            raise KincProblem(f"'{path}' has {size} bytes, expected {expected}: it is not whole")

    def _read_header(self, file) -> dict:
        start = file.read(len(MAGIC) + 4)
        if len(start) < len(MAGIC) + 4 or start[: len(MAGIC)] != MAGIC:
            raise KincProblem(f"'{self.path}' is not a file of correlations")
        (length,) = struct.unpack("<I", start[len(MAGIC) :])
        self._offset = len(start) + length
        try:
            header = json.loads(file.read(length))
            header["correlated"] = int(header["correlated"])
            header["cpu_seconds"] = float(header["cpu_seconds"])
            header["first_pair"], header["pairs"] = int(header["first_pair"]), int(header["pairs"])
        except (ValueError, KeyError, TypeError) as error:
            raise KincProblem(f"the header of '{self.path}' is damaged") from error
        return header

    def blocks(self) -> Iterator[np.ndarray]:
        """The values in order, in bounded pieces; a wrong checksum is found at the end."""
        checksum = hashlib.sha256()
        with open(self.path, "rb") as file:
            file.seek(self._offset)
            while data := file.read(READ_BYTES):
                checksum.update(data)
                yield np.frombuffer(data, dtype="<f4")
        if checksum.hexdigest() != self.header["data_sha256"]:
            raise KincProblem(f"the values in '{self.path}' do not match their checksum: it is damaged")
