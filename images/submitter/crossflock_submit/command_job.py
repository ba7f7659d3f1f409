#!/usr/bin/python3
"""One job of the recipe `command`, on the executor: run a program, hand over what it left.

Stands alone: a run's directory has a copy of it, which HTCondor sends to the executor.
The program's words are percent-encoded, so that none of them means anything to
HTCondor's submit language; '%' alone is the empty word.
"""

import argparse
import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote

RESULTS = Path("out/results")
PRINTED = Path(".crossflock-stdout")
# HTCondor starts a job with an empty environment.
SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def main(argv: Sequence[str]) -> int:
    """[OPTIONS] -- WORD...; the exit code is the program's."""
    cut = argv.index("--")
    parser = argparse.ArgumentParser(prog="crossflock-job", description=__doc__, allow_abbrev=False)
    parser.add_argument("--output", action="append", default=[], help="a file that the program leaves")
    parser.add_argument("--stdout", help="the result that gets what the program prints")
    parser.add_argument("--rows", type=Path, help="cut this manifest, in place, to its header and some rows")
    parser.add_argument("--header", type=int, default=0, help="lines of the manifest before the rows")
    parser.add_argument("--first", type=int, default=0, help="the first row, from 0")
    parser.add_argument("--count", type=int, default=0, help="how many rows")
    options = parser.parse_args(argv[:cut])
    words = [decoded(word) for word in argv[cut + 1 :]]
    if options.rows:
        cut_rows(options.rows, options.header, options.first, options.count)
    code = run(words, PRINTED if options.stdout else None)
    if code == 0:
        hand_over([Path(name) for name in options.output])
    if options.stdout:
        keep_printed(options.stdout, code)
    return code


def decoded(word: str) -> str:
    """A word as it was before it was encoded."""
    return "" if word == "%" else unquote(word, errors="strict")


def cut_rows(path: Path, header: int, first: int, count: int) -> None:
    """Leave in the file its header, and `count` rows from `first` on."""
    lines = path.read_text(encoding="utf-8").split("\n")
    start = header + first
    path.write_text("\n".join([*lines[:header], *lines[start : start + count], ""]), encoding="utf-8")


def run(words: Sequence[str], printed: Path | None) -> int:
    """Run the program; the exit code as a shell gives it."""
    environment = {"PATH": SEARCH_PATH, **os.environ}
    try:
        if printed is None:
            code = subprocess.run(words, env=environment, stdin=subprocess.DEVNULL, check=False).returncode
        else:
            with open(printed, "wb") as file:
                code = subprocess.run(
                    words, env=environment, stdin=subprocess.DEVNULL, stdout=file, check=False
                ).returncode
    except OSError as error:
        code, why = why_not(words[0], error, environment["PATH"])
        print(f"crossflock-job: cannot run '{words[0]}': {why}", file=sys.stderr)
        return code
    return code if code >= 0 else 128 - code


def why_not(program: str, error: OSError, search_path: str) -> tuple[int, str]:
    """The exit code that a shell would give, 126 or 127, and the reason in words."""
    found = shutil.which(program, os.F_OK, search_path)
    if error.errno == errno.ENOENT and found is None:
        return 127, "there is no such program on this executor"
    if error.errno == errno.ENOENT:
        return 126, f"its interpreter{_interpreter(found)} is not on this executor"
    if error.errno == errno.ENOEXEC:
        return 126, f"it is no program for this machine ({os.uname().machine}), nor a script with a first line '#!…'"
    if error.errno == errno.EACCES:
        return 126, "it is a folder" if os.path.isdir(program) else "it is not executable"
    return 126, error.strerror or str(error)


def _interpreter(path: str | None) -> str:
    """What a script names in its first line, quoted; nothing for a program with a loader."""
    with open(path or os.devnull, "rb") as file:
        first = file.readline(256)
    words = first[2:].split() if first.startswith(b"#!") else []
    return f" '{words[0].decode(errors='replace')}'" if words else " or loader"


def hand_over(names: Sequence[Path]) -> None:
    """Move the outputs to where HTCondor takes results from; the submitter notes what is missing."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    for name in names:
        if name.is_file():
            shutil.move(name, RESULTS / name)


def keep_printed(name: str, code: int) -> None:
    """As a result; of a program that failed, into the job's log."""
    if code == 0:
        shutil.move(PRINTED, RESULTS / name)
    elif PRINTED.exists():
        sys.stdout.write(PRINTED.read_text(encoding="utf-8", errors="replace"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
