"""Output that appears whole or not at all."""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """A text file that gets its name at the end of the block, and none on an error."""
    temporary = path.with_name(f".{path.name}.part")
    try:
        with open(temporary, "w", encoding="utf-8") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_summary(path: Path | None, summary: dict) -> None:
    """The summary as one JSON line on stdout, and as a file where one is wanted."""
    print(json.dumps({key: value for key, value in summary.items() if key != "curve"}))
    if path is not None:
        with replacing(path) as file:
            json.dump(summary, file, indent=2)
            file.write("\n")
