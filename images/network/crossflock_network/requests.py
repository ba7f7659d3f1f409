"""How the commands of this image talk to the agent: one line of JSON each way, on a socket."""

import json
import socket
import time
from pathlib import Path

from .problems import NetworkProblem

SOCKET = Path("/run/crossflock-network.sock")
ANSWER_SECONDS = 30
# The agent listens as soon as its interpreter has started.
START_SECONDS = 15
LONGEST = 1 << 20


def listen() -> socket.socket:
    SOCKET.unlink(missing_ok=True)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(str(SOCKET))
    SOCKET.chmod(0o600)
    server.listen(16)
    return server


def receive(connection: socket.socket) -> dict:
    """The one line that comes, as JSON; a problem for anything else."""
    data = b""
    while not data.endswith(b"\n"):
        piece = connection.recv(65536)
        if not piece or len(data) > LONGEST:
            raise NetworkProblem("the line has no end")
        data += piece
    try:
        return json.loads(data)
    except ValueError as error:
        raise NetworkProblem(f"what came is not JSON: {error}") from error


def send(connection: socket.socket, value: dict) -> None:
    connection.sendall(json.dumps(value).encode() + b"\n")


def ask(request: dict) -> dict:
    """The agent's answer; a problem if it has one, or if it does not answer."""
    try:
        with _connected() as connection:
            connection.settimeout(ANSWER_SECONDS)
            send(connection, request)
            answer = receive(connection)
    except TimeoutError as error:
        raise NetworkProblem(f"the agent gave no answer in {ANSWER_SECONDS} s") from error
    if "problem" in answer:
        raise NetworkProblem(answer["problem"])
    return answer


def _connected() -> socket.socket:
    deadline = time.monotonic() + START_SECONDS
    while True:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(str(SOCKET))
            return connection
        except (FileNotFoundError, ConnectionRefusedError) as error:
            connection.close()
            if time.monotonic() > deadline:
                raise NetworkProblem("the agent does not run") from error
            time.sleep(0.02)
