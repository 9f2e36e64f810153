"""The load: one thread, a fixed number of connections, requests that were written beforehand, so that it
costs little beside a server."""

from __future__ import annotations

import json
import selectors
import socket
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

CONNECTIONS: Final = 16
PATIENCE_SECONDS: Final = 30


class WrongAnswer(Exception):
    """A server answered something else than what is measured; a figure from it would be worth nothing."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request as bytes; a right answer has status 200 and contains `expected` `times` times."""

    request: bytes
    expected: bytes
    times: int = 1
    label: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """How long each call took, in seconds by label, and all together."""

    seconds: Mapping[str, list[float]]
    wall_seconds: float


def get(path: str, token: str, expected: bytes) -> Call:
    """A GET with a bearer token."""
    return Call(_head("GET", path, token) + b"\r\n", expected)


def post(
    path: str, token: str, body: Mapping[str, Any], expected: bytes, times: int = 1, label: str = ""
) -> Call:
    """A POST of JSON with a bearer token."""
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    head = _head("POST", path, token)
    head += b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(raw)
    return Call(head + raw, expected, times, label)


def drive(
    port: int, calls: Sequence[Call], *, connections: int = CONNECTIONS, per_second: float | None = None
) -> Answered:
    """Make the calls in their order, as fast as the connections allow, or so many per second.

    A paced call is timed from the moment it was due, so that a server that is late is not excused. Raises
    `WrongAnswer`.
    """
    with _Connections(port, connections) as held:
        seconds: dict[str, list[float]] = {}
        waiting, began = deque(enumerate(calls)), time.perf_counter()
        while waiting or held.at_work:
            pause = _send(waiting, held, began, per_second)
            for connection in held.readable(pause):
                if call := connection.received_answer():
                    seconds.setdefault(call.label, []).append(time.perf_counter() - connection.since)
                    held.give_back(connection)
        return Answered(seconds, time.perf_counter() - began)


class _Connection:
    """One connection, kept open."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = bytearray()
        self._call: Call | None = None
        self.since = 0.0

    def send(self, call: Call, since: float) -> None:
        """Ask; `since` is the moment from which the answer is timed."""
        self._call, self.since = call, since
        self._received.clear()
        self.socket.sendall(call.request)

    def received_answer(self) -> Call | None:
        """Take what has come; the call when its answer is complete and right."""
        part = self.socket.recv(1 << 18)
        self._received += part
        head, found, body = bytes(self._received).partition(b"\r\n\r\n")
        call = self._call
        if call is None or not part:
            raise WrongAnswer(f"the server closed a connection: {head[:300]!r}")
        if not found or len(body) < _length(head):
            return None
        if b" 200 " not in head.partition(b"\r\n")[0] or body.count(call.expected) != call.times:
            raise WrongAnswer(f"{call.request[:60]!r} was answered {head[:60]!r} {body[:600]!r}")
        return call


class _Connections:
    """At most so many, each opened when it is first needed: one that says nothing would hold a thread of
    gunicorn's."""

    def __init__(self, port: int, most: int) -> None:
        self._port, self._most = port, most
        self._selector = selectors.DefaultSelector()
        self._free: list[_Connection] = []  # what was used last is used next, so that those in use stay young
        self.at_work = 0

    def __enter__(self) -> _Connections:
        return self

    def __exit__(self, *_: object) -> None:
        for key in list(self._selector.get_map().values()):
            key.data.socket.close()
        self._selector.close()

    @property
    def one_is_free(self) -> bool:
        """Whether one more call can be made now."""
        return self.at_work < self._most

    def take(self) -> _Connection:
        """One to send a call on."""
        self.at_work += 1
        if self._free:
            return self._free.pop()
        made = _Connection(self._port)
        self._selector.register(made.socket, selectors.EVENT_READ, made)
        return made

    def give_back(self, connection: _Connection) -> None:
        """The answer has come."""
        self.at_work -= 1
        self._free.append(connection)

    def readable(self, pause: float | None) -> list[_Connection]:
        """Those that an answer is coming on, after waiting for one or for `pause` seconds."""
        ready = [key.data for key, _ in self._selector.select(PATIENCE_SECONDS if pause is None else pause)]
        if not ready and pause is None:
            raise WrongAnswer(f"no answer for {PATIENCE_SECONDS} s")
        tired = [connection for connection in ready if connection in self._free]  # the server closes them
        for connection in tired:
            self._free.remove(connection)
            self._selector.unregister(connection.socket)
            connection.socket.close()
        return [connection for connection in ready if connection not in tired]


def _send(
    waiting: deque[tuple[int, Call]], held: _Connections, began: float, per_second: float | None
) -> float | None:
    """Send what is due; returns the seconds until the next call is, None when an answer must come first."""
    while waiting and held.one_is_free:
        now = time.perf_counter()
        position, call = waiting[0]
        due = began + position / per_second if per_second else now
        if due > now:
            return due - now
        waiting.popleft()
        held.take().send(call, due)
    return None


def _head(method: str, path: str, token: str) -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n".encode()


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise WrongAnswer(f"an answer without Content-Length: {head[:300]!r}")
