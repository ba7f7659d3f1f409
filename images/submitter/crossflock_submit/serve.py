"""The file service of a run: its photos and results over HTTP, for whoever is in the virtual network.

`crossflock-files RUN CLUSTER` is a job of its own in the submitter's queue, so that HTCondor
starts it again with the submitter; it ends with DAGMan's job, whose number CLUSTER is. It reads
and never writes, listens on the virtual IP alone, and shows nothing but the folders that the
run names.
"""

import errno
import html
import http.server
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from .names import DAGMAN_LOG, SERVICE_FILE
from .problems import SubmitProblem

PROGRAM = "/usr/local/bin/crossflock-files"
# Below those that the kernel gives to outgoing connections.
PORTS = range(20000, 30000)
BIND_SECONDS = 30
READ_BYTES = 2**18
IDLE_SECONDS = 60
_RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")
_TYPES = {".json": "application/json", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".txt": "text/plain; charset=utf-8"}


class Handler(http.server.BaseHTTPRequestHandler):
    """GET and HEAD of files in the served folders, and lists of folders."""

    protocol_version = "HTTP/1.1"
    server_version = "crossflock"
    sys_version = ""
    timeout = IDLE_SECONDS

    def do_GET(self) -> None:  # noqa: N802
        self._answer(with_body=True)

    def do_HEAD(self) -> None:  # noqa: N802
        self._answer(with_body=False)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Thousands of photos would make a long log."""

    def _answer(self, with_body: bool) -> None:
        folders: Mapping[str, Path] = self.server.folders
        path = urllib.parse.urlsplit(self.path).path
        if path == "/":
            self._list(sorted(f"{name}/" for name in folders), with_body)
            return
        found = find(folders, path)
        if found is None:
            self.send_error(404)
        elif not found.is_dir():
            self._send_file(found, with_body)
        elif path.endswith("/"):
            self._list(names_in(found), with_body)
        else:
            self.send_response(301)
            self.send_header("Location", f"{path}/")
            self.send_header("Content-Length", "0")
            self.end_headers()

    def _list(self, names: Sequence[str], with_body: bool) -> None:
        items = "".join(
            f'<li><a href="./{urllib.parse.quote(name)}">{html.escape(name)}</a></li>\n' for name in names
        )
        body = f"<!doctype html>\n<meta charset=utf-8>\n<ul>\n{items}</ul>\n".encode()
        self._head(200, len(body), "text/html; charset=utf-8")
        if with_body:
            self.wfile.write(body)

    def _send_file(self, path: Path, with_body: bool) -> None:
        try:
            with open(path, "rb") as file:
                size = os.fstat(file.fileno()).st_size
                wanted = span(self.headers.get("Range"), size)
                if wanted is None:
                    self.send_response(416)
                    self.send_header("Content-Range", f"bytes */{size}")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                first, length = wanted
                part = "Range" in self.headers and length < size
                extra = {"Content-Range": f"bytes {first}-{first + length - 1}/{size}"} if part else {}
                self._head(206 if part else 200, length, _TYPES.get(path.suffix.lower()), extra)
                if with_body:
                    file.seek(first)
                    self._copy(file, length)
        except (ConnectionError, TimeoutError):
            self.close_connection = True
        except OSError:
            self.send_error(404)

    def _copy(self, file, length: int) -> None:
        while length > 0 and (data := file.read(min(READ_BYTES, length))):
            self.wfile.write(data)
            length -= len(data)
        # A file that became shorter: the client must not wait for the rest.
        self.close_connection = self.close_connection or length > 0

    def _head(self, status: int, length: int, kind: str | None, extra: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind or "application/octet-stream")
        self.send_header("Content-Length", str(length))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("X-Content-Type-Options", "nosniff")
        for name, value in (extra or {}).items():
            self.send_header(name, value)
        self.end_headers()


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], folders: Mapping[str, Path]) -> None:
        self.folders = folders
        super().__init__(address, Handler)

    def server_bind(self) -> None:
        """As it is, without asking for the name of the address."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.server_address[:2]


def find(folders: Mapping[str, Path], path: str) -> Path | None:
    """The file or folder that a path of the service means; none outside of the folders."""
    first, *rest = [urllib.parse.unquote(part) for part in path.strip("/").split("/")]
    if first not in folders or any(not inside(part) for part in rest):
        return None
    try:
        root = folders[first].resolve(strict=True)
        found = root.joinpath(*rest).resolve(strict=True)
    except (OSError, ValueError):
        return None
    plain = found.is_dir() or found.is_file()
    return found if plain and found.is_relative_to(root) else None


def inside(part: str) -> bool:
    """Whether a part of a path stays where it is and is not hidden."""
    return part != "" and not part.startswith(".") and "/" not in part and "\0" not in part


def names_in(folder: Path) -> list[str]:
    """What a list of the folder shows."""
    with os.scandir(folder) as entries:
        return sorted(f"{entry.name}/" if entry.is_dir() else entry.name for entry in entries if inside(entry.name))


def span(header: str | None, size: int) -> tuple[int, int] | None:
    """First byte and length that a Range header wants (RFC 9110, 14.2); None where there are no such bytes."""
    found = _RANGE.match(header or "")
    if found is None or found[0] == "bytes=-":
        return 0, size
    if found[1] == "":
        length = min(int(found[2]), size)
        return (size - length, length) if length > 0 else None
    first = int(found[1])
    last = min(int(found[2]), size - 1) if found[2] else size - 1
    return (first, last - first + 1) if first <= last else None


def own_address() -> str:
    """The virtual IP."""
    from crossflock_container.address import find_address
    from crossflock_container.problems import StartProblem

    try:
        return find_address(os.environ.get("SCIDAS_APP_NETWORK"), 0)
    except StartProblem as problem:
        raise SubmitProblem(str(problem)) from problem


def free_port(address: str) -> int:
    """A port that nobody listens on; at random, so that two submissions do not choose the same."""
    for port in random.sample(PORTS, 100):
        with socket.socket() as probe:
            try:
                probe.bind((address, port))
            except OSError:
                continue
            return port
    raise SubmitProblem(f"no port of {address} from {PORTS.start} to {PORTS.stop - 1} is free for the file service")


def url_of(address: str, port: int) -> str:
    return f"http://{address}:{port}/"


def write_service_file(directory: Path, folders: Sequence[str]) -> None:
    """Where the run's service will be: for its jobs, and for the service itself."""
    address = own_address()
    port = free_port(address)
    content = {"url": url_of(address, port), "address": address, "port": port, "folders": list(folders)}
    (directory / SERVICE_FILE).write_text(json.dumps(content) + "\n")


def submit_service(directory: Path, dagman_cluster: int) -> None:
    """Start the service of a run that has one, beside DAGMan's job and for as long as that lives."""
    if not (directory / SERVICE_FILE).exists():
        return
    description = "\n".join([
        "universe = scheduler",
        f"executable = {PROGRAM}",
        f"arguments = {directory.name} {dagman_cluster}",
        f"initialdir = {directory}",
        "error = files.err",
        f'batch_name = {directory.name} files',
        "notification = Never",
        "on_exit_remove = True",
        "queue",
        "",
    ])  # fmt: skip
    result = subprocess.run(
        ["condor_submit", "-terse", "-"], input=description, cwd=directory, capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        subprocess.run(["condor_rm", str(dagman_cluster)], capture_output=True, check=False)
        raise SubmitProblem(f"the run's file service cannot be started: {result.stderr.strip()[-200:]}")


@contextmanager
def serving(address: str, port: int, folders: Mapping[str, Path]) -> Iterator[str]:
    """The service while something else runs; gives its address. Port 0: any."""
    server = _bound(address, port, folders)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield url_of(address, server.server_port)
    finally:
        server.shutdown()
        server.server_close()


def _bound(address: str, port: int, folders: Mapping[str, Path]) -> Server:
    deadline = time.monotonic() + BIND_SECONDS
    while True:
        try:
            return Server((address, port), folders)
        except OSError as error:
            # The one before it may not be gone yet.
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise SubmitProblem(f"cannot listen on {address}:{port}: {error.strerror}") from error
            time.sleep(0.2)


def main(argv: Sequence[str]) -> int:
    """RUN CLUSTER. Exit codes: 0 the run is over, 1 the service cannot be started, 2 bad usage."""
    from .run import RUNS

    if len(argv) != 2 or "/" in argv[0] or not argv[1].isdecimal():
        print("usage: crossflock-files RUN CLUSTER", file=sys.stderr)
        return 2
    directory = RUNS / argv[0]
    try:
        service = json.loads((directory / SERVICE_FILE).read_text())
        folders = {name: directory / name for name in service["folders"]}
        with serving(service["address"], service["port"], folders):
            wait = [shutil.which("condor_wait") or "/usr/bin/condor_wait", directory / DAGMAN_LOG, argv[1]]
            subprocess.run(wait, stdout=subprocess.DEVNULL, check=False)
    except (OSError, ValueError, KeyError, SubmitProblem) as error:
        print(f"crossflock-files: {error}", file=sys.stderr)
        return 1
    return 0
