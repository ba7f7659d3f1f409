"""Whether what a job left is whole: looked at after each job, and again before a retry."""

import hashlib
import json
import struct
from pathlib import Path

from . import kinc3_chunk

KINC_SUFFIX = ".kinc"
MAGIC = b"KINCSIM1"
READ_BYTES = 16 * 2**20


def output_problems(path: Path, gem_sha256: str | None, checksum: bool) -> list[str]:
    """What is wrong with a file that a job had to leave.

    Files of correlations (see images/executor/kinc/store.py) say themselves how long they
    are and of which matrix; `checksum` also reads their values.
    """
    name = f"{path.parent.name}/{path.name}"
    try:
        size = path.stat().st_size
    except OSError:
        return [f"{name} is missing"]
    if size == 0:
        return [f"{name} is empty"]
    try:
        if path.suffix == kinc3_chunk.SUFFIX:
            return [f"{name} {problem}" for problem in kinc3_chunk.chunk_problems(path, size)]
        if path.suffix != KINC_SUFFIX:
            return []
        return [f"{name} {problem}" for problem in _correlations(path, size, gem_sha256, checksum)]
    except OSError as error:
        return [f"{name} cannot be read: {error.strerror}"]


def _correlations(path: Path, size: int, gem_sha256: str | None, checksum: bool) -> list[str]:
    with open(path, "rb") as file:
        start = file.read(len(MAGIC) + 4)
        if len(start) < len(MAGIC) + 4 or not start.startswith(MAGIC):
            return ["is not a file of correlations"]
        (length,) = struct.unpack("<I", start[len(MAGIC) :])
        try:
            header = json.loads(file.read(length))
            pairs, sha256, data_sha256 = int(header["pairs"]), header["gem_sha256"], header["data_sha256"]
        except (ValueError, KeyError, TypeError):
            return ["has a damaged header"]
        expected = len(start) + length + 4 * pairs
        problems = []
        if size != expected:
            problems.append(f"has {size} bytes, expected {expected}")
        if gem_sha256 is not None and sha256 != gem_sha256:
            problems.append(f"is of another matrix ({str(sha256)[:12]}…)")
        if checksum and not problems:
            found = hashlib.sha256()
            while data := file.read(READ_BYTES):
                found.update(data)
            if found.hexdigest() != data_sha256:
                problems.append("does not match its checksum")
        return problems
