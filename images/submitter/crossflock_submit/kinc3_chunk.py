"""Whether a chunk that KINC 3 left is whole.

KINC merges a chunk that is cut short without a word where the cut is inside of a block:
it reads what there is (`Merge::readBlock` of github.com/SystemsGenetics/ACE). So it is
looked at before.

The file `chunk<n>.abd` has the chunk's work blocks one after the other: the block's length
in bytes, then the block, which starts with its number; both are big-endian 32-bit integers
as Qt's QDataStream writes them (`Chunk::saveResult`, `EAbstractAnalyticBlock::toBytes`).
Blocks are saved in their order. Chunk n has the blocks from n × ⌈blocks ÷ chunks⌉ on
(`Chunk::setupIndexes`).
"""

import json
import re
import struct
from pathlib import Path

from .names import RUN_FILE

SUFFIX = ".abd"
_NAME = re.compile(r"^chunk(\d+)\.abd$")
_HEAD = struct.Struct(">ii")


def chunk_problems(path: Path, size: int) -> list[str]:
    """What is wrong with a chunk's file of a run; its length is known to be above 0."""
    name = _NAME.match(path.name)
    expected = _blocks(path.parent.parent / RUN_FILE, int(name[1])) if name else None
    at = 0
    found = []
    with open(path, "rb") as file:
        while at + _HEAD.size <= size:
            file.seek(at)
            length, number = _HEAD.unpack(file.read(_HEAD.size))
            if length < 4:
                return ["is not a chunk of KINC 3"]
            found.append(number)
            at += 4 + length
    if at != size:
        return [f"ends in the middle of block {found[-1] if found else 0}"]
    if expected is not None and found != list(expected):
        return [f"has {len(found)} blocks from {found[0]} on, expected {len(expected)} from {expected.start} on"]
    return []


def _blocks(run_file: Path, chunk: int) -> range | None:
    """The numbers of a chunk's blocks; None where nobody says."""
    try:
        told = json.loads(run_file.read_text())["kinc3"]
        blocks, each = int(told["blocks"]), int(told["blocks_per_chunk"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return range(chunk * each, min((chunk + 1) * each, blocks))
