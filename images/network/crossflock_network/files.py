"""Files of one line of JSON that are whole at any time."""

import json
import os
from pathlib import Path

from .problems import NetworkProblem


def write_file(path: Path, content: str, mode: int = 0o600) -> None:
    """Replace `path` in one step, also across a power cut."""
    # Only the agent writes here, so that one name for what is not whole yet is enough.
    temporary = path.parent / f".{path.name}.new"
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_json(path: Path, value: object) -> bool:
    """Write `value` if the file says something else; whether it did."""
    text = json.dumps(value, sort_keys=True) + "\n"
    if path.exists() and path.read_text() == text:
        return False
    write_file(path, text)
    return True


def read_json(path: Path, default: object) -> object:
    """The file's value, `default` where there is no file; a problem for anything unreadable."""
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        return default
    except ValueError as error:
        raise NetworkProblem(f"{path} is not JSON: {error}") from error
