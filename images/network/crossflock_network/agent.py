"""The agent: waits for news of interfaces, for requests and for its end."""

import os
import selectors
import signal
import socket
import sys
import time

from . import wireguard
from .links import changed_names, open_links
from .network import HostNetwork
from .peers import read_peers
from .problems import NetworkProblem
from .requests import listen, receive, send
from .settings import read_settings

# What nobody tells: a rule that was taken away, a name that has another address by now.
LOOK_SECONDS = 30
# After a failure, such as a port that another program still holds.
RETRY_SECONDS = 3
REQUEST_SECONDS = 5


def log(text: str) -> None:
    print(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {text}", flush=True)


class Agent:
    def __init__(self) -> None:
        # Signals come as bytes to read, so that `select` wakes up for them.
        self._wakeup, self._woken = socket.socketpair()
        for end in (self._wakeup, self._woken):
            end.setblocking(False)
        signal.set_wakeup_fd(self._woken.fileno(), warn_on_full_buffer=False)
        self._ends = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._server = listen()
        # Before the first look at the interfaces, so that no news are missed.
        self._links = open_links()
        self._network = HostNetwork(read_settings(os.environ), log)

    def _end(self, *_: object) -> None:
        self._ends = True

    def run(self) -> None:
        own = self._network.settings
        log(f"network of {own.deployment} on {own.id}: {own.gateway} inside, UDP port {own.port}")
        status = self._network.reconcile()
        with selectors.DefaultSelector() as selector:
            for source in (self._server, self._links, self._wakeup):
                selector.register(source, selectors.EVENT_READ)
            while not self._ends:
                pause = RETRY_SECONDS if status.get("problems") else LOOK_SECONDS
                ready = {key.fileobj for key, _ in selector.select(pause)}
                status = self._handle(ready)
        log("stopping; the interfaces stay as far as the kernel serves them")

    def _handle(self, ready: set) -> dict:
        is_due = not ready
        if self._wakeup in ready:
            self._wakeup.recv(4096)
        wireguard.reap()
        if self._links in ready:
            is_due = self._network.is_concerned(changed_names(self._links))
        if self._server in ready:
            self._answer()
        return self._network.reconcile() if is_due else self._network.status

    def _answer(self) -> None:
        connection, _ = self._server.accept()
        with connection:
            connection.settimeout(REQUEST_SECONDS)
            try:
                send(connection, self._perform(receive(connection)))
            except NetworkProblem as problem:
                send(connection, {"problem": str(problem)})
            except OSError as error:
                log(f"a request was not answered: {error}")

    def _perform(self, request: dict) -> dict:
        match request.get("do"):
            case "status":
                return self._network.reconcile()
            case "add":
                return self._network.add_peers(read_peers(request.get("peers")))
            case "forget":
                return self._network.forget(str(request.get("peer")))
            case "leave":
                return self._network.leave()
            case other:
                raise NetworkProblem(f"there is no request '{other}'")


def run_agent() -> int:
    try:
        Agent().run()
    except NetworkProblem as problem:
        print(f"crossflock-network: {problem}", file=sys.stderr, flush=True)
        return 2
    return 0
