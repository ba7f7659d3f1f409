#!/usr/bin/python3
"""One job of the recipe `kinc3`, on the executor: run one command of KINC 3, hand over its files.

Stands alone: a run's directory has a copy of it, which HTCondor sends to the executor.
Words are percent-encoded as those of command_job.py are.

KINC keeps its settings in a file of the user's ($XDG_CONFIG_HOME/SystemsGenetics/kinc.conf,
by Qt's QSettings) and takes the first GPU it finds unless they say otherwise. A job has an
empty environment and may not share settings with its neighbours, so each gets its own,
made by KINC's command `settings set` as KINC-nf's processes do
(github.com/SystemsGenetics/KINC-nf, main.nf). KINC writes its error messages to standard
output (`EApplication::showException` of github.com/SystemsGenetics/ACE), where nobody
looks for them; a job that failed has them in standard error.
"""

import argparse
import gzip
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote

OUT = Path("out")
PRINTED = Path(".crossflock-stdout")
# HTCondor starts a job with an empty environment.
SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SETTINGS = (("cuda", "none"), ("opencl", "none"), ("logging", "off"))
SAID_BYTES = 4096
READ_BYTES = 2**20
GZIP = b"\x1f\x8b"


def main(argv: Sequence[str]) -> int:
    """[OPTIONS] -- PROGRAM... -- COMMAND...; the exit code is KINC's."""
    first = argv.index("--")
    second = argv.index("--", first + 1)
    parser = argparse.ArgumentParser(prog="crossflock-kinc3", description=__doc__, allow_abbrev=False)
    parser.add_argument("--output", action="append", default=[], help="where in the run a file that KINC leaves goes")
    parser.add_argument("--unpack", nargs=3, metavar=("FROM", "TO", "SHA256"), help="make KINC's matrix of a given one")
    parser.add_argument("--setting", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"))
    parser.add_argument("--threshold", type=Path, help="log of KINC's rmt, whose last line stands for {threshold}")
    options = parser.parse_args(argv[:first])
    program = [decoded(word) for word in argv[first + 1 : second]]
    command = [decoded(word) for word in argv[second + 1 :]]
    try:
        if options.unpack:
            source, target, sha256 = options.unpack
            unpack(Path(source), Path(target), sha256)
        if options.threshold:
            threshold = read_threshold(options.threshold)
            command = [threshold if word == "{threshold}" else word for word in command]
    except (OSError, EOFError, ValueError) as error:
        print(f"crossflock-kinc3: {error}", file=sys.stderr)
        return 1
    for setting in (*SETTINGS, *options.setting):
        code = run([*program, "settings", "set", *setting])
        if code != 0:
            return code
    code = run([*program, *command])
    if code == 0:
        hand_over([Path(path) for path in options.output])
    return code


def decoded(word: str) -> str:
    """A word as it was before it was encoded."""
    return "" if word == "%" else unquote(word, errors="strict")


def unpack(source: Path, target: Path, sha256: str) -> None:
    """The matrix as plain text; without blank lines at its end, which KINC takes for genes."""
    with open(source, "rb") as file:
        opened = gzip.open if file.read(len(GZIP)) == GZIP else open
    found = hashlib.sha256()
    blank = b""
    with opened(source, "rb") as file, open(target, "wb") as plain:
        while data := file.read(READ_BYTES):
            found.update(data)
            data = blank + data
            kept = data.rstrip()
            blank = data[len(kept) :]
            plain.write(kept)
        plain.write(b"\n")
    if found.hexdigest() != sha256:
        raise ValueError(f"the matrix is another one than was checked: SHA-256 {found.hexdigest()}, expected {sha256}")


def read_threshold(log: Path) -> str:
    """The last line of a log of KINC's rmt: a number alone."""
    lines = log.read_text(encoding="utf-8").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    try:
        value = float(last)
    except ValueError as error:
        raise ValueError(f"{log} does not end with a threshold but with {last[:60]!r}") from error
    if not 0 < value <= 1:
        raise ValueError(f"{log} ends with {last}, which is no correlation")
    return last


def run(words: Sequence[str]) -> int:
    """Run KINC; the exit code as a shell gives it."""
    home = Path.cwd() / ".crossflock-home"
    home.mkdir(exist_ok=True)
    environment = {"PATH": SEARCH_PATH, **os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    try:
        with open(PRINTED, "wb") as file:
            code = subprocess.run(
                words, env=environment, stdin=subprocess.DEVNULL, stdout=file, check=False
            ).returncode
    except OSError as error:
        print(f"crossflock-kinc3: cannot run '{words[0]}': {error.strerror}", file=sys.stderr)
        return 127
    said = PRINTED.read_bytes()
    sys.stdout.buffer.write(said)
    if code != 0:
        sys.stderr.buffer.write(said[-SAID_BYTES:])
    return code if code >= 0 else 128 - code


def hand_over(paths: Sequence[Path]) -> None:
    """Move KINC's files to where HTCondor takes results from; the submitter notes what is missing."""
    for path in paths:
        if Path(path.name).is_file():
            (OUT / path.parent).mkdir(parents=True, exist_ok=True)
            shutil.move(path.name, OUT / path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
