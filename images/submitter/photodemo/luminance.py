"""Luminance of photos: fetches some rows of a manifest over HTTP, and writes their luminance.

Stands alone: HTCondor sends it to the executor, with the library that decodes JPEGs.
What it prints looks as in the OSG tutorial; the result is one JSON object.
"""

import argparse
import http.client
import io
import json
import math
import socket
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

TIMEOUT_SECONDS = 30
MOST_BYTES = 64 * 2**20
AGAIN_SECONDS = 1.0
# The submitter may be starting again, with the run's file service.
OWN_SECONDS = 120.0
# A server that does not answer costs minutes a photo; so often in a row is enough.
MOST_IN_VAIN = 3
DIGITS = 6


class PhotoProblem(Exception):
    """Why a photo has no luminance."""


class Unreachable(PhotoProblem):
    """The server of a photo does not answer: that may be the fault of this place."""


def bt601(channels: Sequence[Sequence[float]]) -> float:
    """Mean luma by the weights of ITU-R BT.601, which are Pillow's own for grey pictures; 0 to 1."""
    weights = (0.299, 0.587, 0.114)
    return sum(weight * mean for weight, (mean, _) in zip(weights, channels, strict=True)) / 255


def tutorial(channels: Sequence[Sequence[float]]) -> float:
    """Perceived brightness as the tutorial's luminance2 has it, from root mean squares; 0 to 255/256."""
    weights = (0.241, 0.691, 0.068)
    return math.sqrt(sum(weight * rms**2 for weight, (_, rms) in zip(weights, channels, strict=True))) / 256


FORMULAS: dict[str, Callable[[Sequence[Sequence[float]]], float]] = {"bt601": bt601, "tutorial": tutorial}


def luminance(data: bytes, formula: str) -> float:
    """Of a whole picture."""
    # Not on the executors: it came with the job.
    from PIL import Image, ImageStat

    try:
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
            stat = ImageStat.Stat(image.convert("RGB"))
    except Image.DecompressionBombError as error:
        raise PhotoProblem("has too many pixels") from error
    except Exception as error:  # Pillow lets many kinds through for a file that is damaged.
        reason = str(error).split("<")[0].strip() or type(error).__name__
        raise PhotoProblem(f"is no JPEG that can be read: {reason}") from error
    return FORMULAS[formula](list(zip(stat.mean, stat.rms, strict=True)))


def fetch(url: str, patience: float = 0) -> bytes:
    """The bytes of a photo; a connection that fails is tried once more, or for `patience` seconds."""
    if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
        raise PhotoProblem("has no http or https address")
    deadline = time.monotonic() + patience
    while True:
        try:
            return _fetch_once(url)
        except Unreachable:
            time.sleep(AGAIN_SECONDS)
            if time.monotonic() >= deadline:
                return _fetch_once(url)


def _fetch_once(url: str) -> bytes:
    try:
        request = urllib.request.Request(url, headers={"User-Agent": "crossflock-photodemo"})
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
            data = answer.read(MOST_BYTES + 1)
            left = int(answer.headers.get("Content-Length") or len(data)) - len(data)
    except urllib.error.HTTPError as error:
        raise PhotoProblem(f"HTTP status {error.code} {error.reason}") from error
    except urllib.error.URLError as error:
        raise Unreachable(f"cannot be fetched: {error.reason}") from error
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(f"cannot be fetched: {error or type(error).__name__}") from error
    except ValueError as error:
        raise PhotoProblem(f"has no address that can be used: {error}") from error
    if len(data) > MOST_BYTES:
        raise PhotoProblem(f"has more than {MOST_BYTES // 2**20} MB")
    if left > 0:
        raise Unreachable(f"cannot be fetched: the connection ended {left} bytes early")
    return data


class Servers:
    """Fetches photos; a server that is gone is not waited for again and again."""

    def __init__(self, own: str) -> None:
        """`own` is the run's file service, which is waited for."""
        self.in_vain = 0
        self.own_in_vain = 0
        self._own = own
        self._in_a_row: dict[str, int] = {}

    def fetch(self, url: str) -> bytes:
        server = urllib.parse.urlsplit(url).netloc
        failed = self._in_a_row.get(server, 0)
        try:
            if failed >= MOST_IN_VAIN:
                raise Unreachable(f"not fetched: {server} did not answer {failed} times in a row")
            data = fetch(url, OWN_SECONDS if server == self._own else 0)
        except Unreachable:
            self.in_vain += 1
            self.own_in_vain += server == self._own
            self._in_a_row[server] = failed + (failed < MOST_IN_VAIN)
            raise
        except PhotoProblem:
            self._in_a_row[server] = 0
            raise
        self._in_a_row[server] = 0
        return data


def rows_of(text: str, first: int, count: int) -> list[tuple[str, int]]:
    """Addresses and years of some rows; blank lines and comments are none."""
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return [(url, int(year)) for url, year in lines[first : first + count]]


def analyze(rows: Sequence[tuple[str, int]], base: str, formula: str) -> dict:
    """Every row ends up in `points` or in `failures`."""
    points, urls, failures = [], [], []
    servers = Servers(urllib.parse.urlsplit(base).netloc)
    start, cpu = time.monotonic(), time.process_time()
    for name, year in rows:
        try:
            value = round(luminance(servers.fetch(urllib.parse.urljoin(base, name)), formula), DIGITS)
        except PhotoProblem as problem:
            failures.append({"url": name, "year": year, "reason": str(problem)})
            print(f"/* {name}: {problem} */", flush=True)
            continue
        points.append([year, value])
        urls.append(name)
        print(f"[{year}, {value:.6f}],", flush=True)
    seconds = max(time.monotonic() - start, 1e-6)
    return {
        "photos": len(points),
        "seconds": round(seconds, DIGITS),
        "cpu_seconds": round(time.process_time() - cpu, DIGITS),
        "rate": round(len(points) / seconds, DIGITS),
        # Another try of the job may have them: the file service is there as long as the run.
        "again": servers.own_in_vain > 0 or (failures != [] and servers.in_vain == len(rows)),
        "points": points,
        "urls": urls,
        "failures": failures,
    }


def main(argv: Sequence[str]) -> int:
    """Exit code 1 where another try may do better and there is one left."""
    parser = argparse.ArgumentParser(prog="luminance.py", description=__doc__, allow_abbrev=False)
    parser.add_argument("--manifest", type=Path, required=True, help="lines of URL and year")
    parser.add_argument("--service", type=Path, help="JSON file with the url that others are relative to")
    parser.add_argument("--first", type=int, required=True, help="the first row, from 0")
    parser.add_argument("--count", type=int, required=True, help="how many rows")
    parser.add_argument("--formula", choices=FORMULAS, default="bt601")
    parser.add_argument("--output", type=Path, required=True, help="the result, a JSON file")
    parser.add_argument("--try", dest="number", type=int, default=0, help="number of this try, from 0")
    parser.add_argument("--retries", type=int, default=0, help="how often the job is tried again")
    options = parser.parse_args(argv)
    rows = rows_of(options.manifest.read_text(encoding="utf-8"), options.first, options.count)
    base = json.loads(options.service.read_text())["url"] if options.service else ""
    host = socket.gethostname()
    print(f"/* Running on host: {host} */", flush=True)
    found = analyze(rows, base, options.formula)
    again = found.pop("again")
    print(f"/* {found['photos']} photos analyzed in {found['seconds']:.2f}s ({found['rate']:.2f}/s) */")
    if again and options.number < options.retries:
        failures = found["failures"]
        print(f"luminance.py: {len(failures)} of {len(rows)} photos failed: {failures[0]['reason']}", file=sys.stderr)
        return 1
    result = {"host": host, "first": options.first, "count": len(rows), "formula": options.formula, **found}
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(result) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
