"""The load: one thread, a fixed number of connections, requests that were written beforehand, so that it costs little beside a server."""

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


class _Connection:
    """One connection, kept open; the one used last is used next, so that those in use do not grow old."""

    def __init__(self, port: int, selector: selectors.BaseSelector) -> None:
        self._port, self._selector = port, selector
        self._received = bytearray()
        self._call: Call | None = None
        self.since = 0.0
        self._open()

    def _open(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self._port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(self._socket, selectors.EVENT_READ, self)

    def close(self) -> None:
        """Let go of it."""
        self._selector.unregister(self._socket)
        self._socket.close()

    def open_anew(self) -> None:
        """Replace a connection that the server has closed."""
        self.close()
        self._open()

    def send(self, call: Call, since: float) -> None:
        """Ask; `since` is the moment from which the answer is timed."""
        self._call, self.since = call, since
        self._received.clear()
        self._socket.sendall(call.request)

    def received_answer(self) -> Call | None:
        """Take what has come; the call when its answer is complete and right."""
        part = self._socket.recv(1 << 18)
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

    A paced call is timed from the moment it was due, so that a server that is late is not excused. Raises `WrongAnswer`.
    """
    selector = selectors.DefaultSelector()
    idle = [_Connection(port, selector) for _ in range(connections)]
    held = list(idle)
    seconds: dict[str, list[float]] = {}
    waiting, began = deque(enumerate(calls)), time.perf_counter()
    try:
        while waiting or len(idle) < connections:
            pause = _send(waiting, idle, began, per_second)
            ready = selector.select(PATIENCE_SECONDS if pause is None else pause)
            if not ready and pause is None:
                raise WrongAnswer(f"no answer for {PATIENCE_SECONDS} s")
            for key, _ in ready:
                connection = key.data
                if connection in idle:  # nothing was asked: the server is tired of keeping it open
                    connection.open_anew()
                elif call := connection.received_answer():
                    seconds.setdefault(call.label, []).append(time.perf_counter() - connection.since)
                    idle.append(connection)
    finally:
        for connection in held:
            connection.close()
        selector.close()
    return Answered(seconds, time.perf_counter() - began)


def _head(method: str, path: str, token: str) -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n".encode()


def _send(
    waiting: deque[tuple[int, Call]], idle: list[_Connection], began: float, per_second: float | None
) -> float | None:
    """Send what is due; returns the seconds until the next call is, None when an answer must come first."""
    while waiting and idle:
        now = time.perf_counter()
        position, call = waiting[0]
        due = began + position / per_second if per_second else now
        if due > now:
            return due - now
        waiting.popleft()
        idle.pop().send(call, due)
    return None


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise WrongAnswer(f"an answer without Content-Length: {head[:300]!r}")
