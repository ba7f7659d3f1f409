"""Writing files so that they are whole, private where asked, and owned right."""

import os
import pwd
import tempfile
from pathlib import Path


def write_file(path: Path, content: str | bytes, mode: int = 0o644, owner: str | None = None) -> None:
    """Replace `path` in one step with `content`, never readable beyond `mode`."""
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        os.fchmod(file.fileno(), mode)
        if owner is not None:
            user = pwd.getpwnam(owner)
            os.fchown(file.fileno(), user.pw_uid, user.pw_gid)
    os.replace(temporary, path)


def own_directory(path: Path, mode: int = 0o755, owner: str | None = None) -> None:
    """Make sure that `path` is a directory with this mode and owner."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(mode)
    if owner is not None:
        user = pwd.getpwnam(owner)
        os.chown(path, user.pw_uid, user.pw_gid)
