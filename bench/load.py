"""A load generator that costs little, because it shares the cores with what it measures.

One thread, one epoll, one request in flight a connection, requests built beforehand. It reads of an answer only what
it needs to know where the answer ends.
"""

import re
import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

#: Seconds without any answer after which a run is given up.
PATIENCE = 60
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_SHOWN = 5

Address = tuple[str, int]
#: Gives the next request to send, or None when there are no more.
Supply = Callable[[], bytes | None]


class LoadError(Exception):
    """The server does not answer as HTTP/1.1 asks."""


@dataclass(slots=True)
class Volley:
    """What came back: seconds from the first request to the last answer, and each good answer's time and body."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    #: How many answers had another status than expected, and the first few of them in full.
    refused: int = 0
    refusals: list[str] = field(default_factory=list)
    #: Connections the server closed between two requests.
    reopened: int = 0


def fire(address: Address, clients: int, supply: Supply, expected: int) -> Volley:
    """Send what `supply` gives over `clients` keep-alive connections until it gives no more; raises LoadError."""
    return _Battery(address, supply, expected).fire(clients)


def from_list(requests: list[bytes]) -> Supply:
    """Each of `requests` once."""
    rest = iter(requests)
    return lambda: next(rest, None)


def until(seconds: float, make: Callable[[], bytes]) -> Supply:
    """What `make` gives, for so many seconds from the first one on."""
    ends: list[float] = []

    def supply() -> bytes | None:
        now = time.perf_counter()
        if not ends:
            ends.append(now + seconds)
        return make() if now < ends[0] else None

    return supply


def request(method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
    """One request as it goes over the wire."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@dataclass(slots=True)
class _Line:
    """One connection and what has come of the answer it waits for."""

    socket: socket.socket
    sent_at: float = 0.0
    received: bytes = b""

    def send(self, wanted: bytes) -> None:
        self.sent_at = time.perf_counter()
        self.socket.sendall(wanted)


class _Battery:
    """The connections of one volley."""

    def __init__(self, address: Address, supply: Supply, expected: int) -> None:
        self._address = address
        self._supply = supply
        self._expected = expected
        self._lines: dict[int, _Line] = {}
        self._poll = select.epoll()
        self._volley = Volley()

    def fire(self, clients: int) -> Volley:
        try:
            began = time.perf_counter()
            for _ in range(clients):
                wanted = self._supply()
                if wanted is not None:
                    self._open(wanted)
            while self._lines:
                ready = self._poll.poll(PATIENCE)
                if not ready:
                    raise LoadError(f"{len(self._lines)} requests were not answered in {PATIENCE} seconds")
                for number, _ in ready:
                    self._receive(number)
            self._volley.seconds = time.perf_counter() - began
        finally:
            for line in self._lines.values():
                line.socket.close()
            self._poll.close()
        return self._volley

    def _open(self, wanted: bytes) -> None:
        connection = socket.create_connection(self._address, timeout=PATIENCE)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line = _Line(connection)
        self._lines[connection.fileno()] = line
        self._poll.register(connection, select.EPOLLIN)
        line.send(wanted)

    def _receive(self, number: int) -> None:
        line = self._lines[number]
        piece = line.socket.recv(1 << 16)
        if not piece:
            raise LoadError("the server closed a connection instead of answering")
        line.received += piece
        cut = line.received.find(b"\r\n\r\n")
        if cut < 0:
            return
        head = line.received[:cut]
        status = int(head[9:12])
        end = cut + 4 + _length(head, status)
        if len(line.received) < end:
            return
        self._note(status, time.perf_counter() - line.sent_at, line.received[cut + 4 : end])
        line.received = line.received[end:]
        wanted = self._supply()
        if wanted is not None and not _CLOSE.search(head):
            line.send(wanted)
            return
        del self._lines[number]
        self._poll.unregister(line.socket)
        line.socket.close()
        if wanted is not None:
            self._volley.reopened += 1
            self._open(wanted)

    def _note(self, status: int, latency: float, body: bytes) -> None:
        volley = self._volley
        if status == self._expected:
            volley.latencies.append(latency)
            volley.bodies.append(body)
            return
        volley.refused += 1
        if len(volley.refusals) < _SHOWN:
            volley.refusals.append(f"{status} {body.decode('utf-8', 'replace')[:500]}")


def _length(head: bytes, status: int) -> int:
    if status == 204:
        return 0
    found = _LENGTH.search(head)
    if found is None:
        raise LoadError(f"an answer without Content-Length: {head[:200]!r}")
    return int(found[1])
