"""gunicorn's worker with threads, replaced without anybody noticing.

On a reload (SIGHUP) gunicorn stops the old workers at once, while the new ones are still importing the program. With listeners of
their own (`reuse_port`) it opens the door of a new worker before, and keeps that of a stopping one open without anyone behind it.
Here a worker opens its door when it can answer, and an old one goes on until its successors have; then it takes whoever already
waits and closes its door.
"""

from __future__ import annotations

import ctypes
import mmap
import socket
import struct
import time
from types import FrameType
from typing import Any

from gunicorn import sock
from gunicorn.workers.gthread import TConn, ThreadWorker

LONGEST_OVERLAP_SECONDS = 12.0
"""Successors that have not started by then do not start at all; less than `graceful_timeout`."""

_LIBC = ctypes.PyDLL(None)

_shared = mmap.mmap(-1, 16)  # the master's and every worker's, who are its forks: awaited and started age
_AGE = struct.Struct("q")


def reload_begins(newest_age: int) -> None:
    """In the master: workers up to this age will follow."""
    _AGE.pack_into(_shared, 0, newest_age)


def _has_started(age: int) -> None:
    _AGE.pack_into(_shared, _AGE.size, max(age, _started()))


def _awaited() -> int:
    age: int = _AGE.unpack_from(_shared, 0)[0]
    return age


def _started() -> int:
    age: int = _AGE.unpack_from(_shared, _AGE.size)[0]
    return age


def _close(listener: Any, cfg: Any) -> list[TConn]:
    """Close a door; everybody who has connected there and was not yet let in.

    Both calls go to the C library with the interpreter's lock held: between them, other threads would run for milliseconds,
    and the system resets who connects meanwhile (unless net.ipv4.tcp_migrate_req is 1).
    """
    name, number = listener.getsockname(), listener.fileno()
    listener.setblocking(False)
    taken = []
    while (client := _LIBC.accept(number, None, None)) >= 0:
        taken.append(client)
    _LIBC.close(number)
    listener.sock.detach()
    listener.close()
    return [_connection(client, name, cfg) for client in taken]


def _connection(number: int, name: Any, cfg: Any) -> TConn:
    client = socket.socket(fileno=number)
    client.set_inheritable(False)
    client.setblocking(True)
    try:
        address = client.getpeername()
    except OSError:  # gone already
        address = ("", 0)
    return TConn(cfg, client, address, name)


class DrainingWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """See the module."""

    leaves_by: float | None = None

    def init_process(self) -> None:
        """The listeners that gunicorn has just made close until the program is imported; who came already is kept."""
        self.early: list[TConn] = []
        if self.cfg.reuse_port:
            self.early = [early for listener in self.sockets for early in _close(listener, self.cfg)]
            self.sockets = []
        super().init_process()

    def run(self) -> None:
        """The program is imported."""
        if self.cfg.reuse_port:
            self.sockets = sock.create_sockets(self.cfg, self.log)
        _has_started(self.age)
        self._take(self.early)
        super().run()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGTERM: at once, or when the successors that are on their way have started; a second one means at once."""
        if self.leaves_by is None and self.age <= _started() < _awaited():
            self.leaves_by = time.monotonic() + LONGEST_OVERLAP_SECONDS
        else:
            super().handle_exit(sig, frame)

    def notify(self) -> None:
        """Called with every turn of the loop, at least once a second."""
        super().notify()
        if self.leaves_by is not None and (_started() >= _awaited() or time.monotonic() > self.leaves_by):
            self.alive = False

    def set_accept_enabled(self, enabled: bool) -> None:
        """As gunicorn's; a worker that stops takes the queue of its listeners and closes them."""
        super().set_accept_enabled(enabled)
        if enabled or self.alive:
            return
        for listener in self.sockets:
            self._take(_close(listener, self.cfg))

    def _take(self, connections: list[TConn]) -> None:
        for connection in connections:
            self.nr_conns += 1
            self.enqueue_req(connection)
