"""gunicorn's threads worker with connection draining: a zero-downtime reload.

On a reload (SIGHUP) gunicorn stops the old workers immediately, while the new ones still import the program.
With `reuse_port` each worker has its own listening socket; gunicorn opens a new worker's socket before it can
answer, and keeps a stopping worker's socket open with nobody accepting. Here a worker listens when it can
answer, and an old worker continues until its successors listen; then it accepts the connections that are
already queued and closes its socket.

A program that cannot be loaded ends the server at its start. After that the workers in service continue: a
reload with such a program changes nothing but the log.
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
from gunicorn.arbiter import Arbiter

from tools.buffering_worker import BufferingWorker, Caller

SAID_IN_WORDS = 2
"""How wsgi.py ends when it has said why it cannot start."""
LONGEST_OVERLAP_SECONDS = 12.0
"""Successors that have not started by then do not start at all; less than `graceful_timeout`."""

_LIBC = ctypes.PyDLL(None)

_shared = mmap.mmap(-1, 32)  # the master's and every worker's, who are its forks
_AWAITED, _STARTED, _STAYING, _RELOAD = range(4)
_AGE = struct.Struct("q")

_successors: set[int] = set()  # the master's: ages of the workers that a reload made and that have not ended
_predecessors = 0  # the master's: the newest age before the reload


def reload_begins(newest_age: int, count: int) -> None:
    """In the master: a reload begins; `count` workers younger than this age will follow."""
    global _predecessors
    _predecessors = newest_age
    _successors.clear()
    _successors.update(range(newest_age + 1, newest_age + 1 + count))
    _write(_STAYING, 0)
    _write(_AWAITED, newest_age + count)
    _write(_RELOAD, newest_age + count)


def has_ended(age: int) -> bool:
    """In the master: a worker has ended. Returns whether the reload has failed: no successor is left and none
    has started, so the old ones stay."""
    if age not in _successors:
        return False
    _successors.discard(age)
    failed = not _successors and _read(_STARTED) <= _predecessors
    if failed:
        _write(_STAYING, _predecessors)
    _write(_AWAITED, max(_read(_STARTED), *_successors, 0))
    return failed


def _has_started(age: int) -> None:
    _write(_STARTED, max(age, _read(_STARTED)))


def _write(slot: int, age: int) -> None:
    _AGE.pack_into(_shared, slot * _AGE.size, age)


def _read(slot: int) -> int:
    age: int = _AGE.unpack_from(_shared, slot * _AGE.size)[0]
    return age


def _close(listener: Any, cfg: Any) -> list[Caller]:
    """Close a listening socket; returns the connections in its queue that were not yet accepted.

    Both calls go to the C library with the interpreter's lock held: between them, other threads would run for
    milliseconds, and the system resets who connects meanwhile (unless net.ipv4.tcp_migrate_req is 1).
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


def _connection(number: int, name: Any, cfg: Any) -> Caller:
    client = socket.socket(fileno=number)
    client.set_inheritable(False)
    try:
        address = client.getpeername()
    except OSError:  # gone already
        address = ("", 0)
    return Caller(cfg, client, address, name)


class DrainingWorker(BufferingWorker):
    """See the module."""

    leaves_by: float | None = None

    def init_process(self) -> None:
        """The listeners that gunicorn has just made close until the program is imported; who came already is
        kept."""
        self.early: list[Caller] = []
        self.reload = _read(_RELOAD)
        if self.cfg.reuse_port:
            self.early = [early for listener in self.sockets for early in _close(listener, self.cfg)]
            self.sockets = []
        super().init_process()

    def load_wsgi(self) -> None:
        """gunicorn ends the whole server when a worker cannot load: allowed at a start, never while another
        worker serves."""
        try:
            super().load_wsgi()
        except SystemExit as refused:
            if refused.code == SAID_IN_WORDS and not _read(_STARTED):
                raise SystemExit(Arbiter.APP_LOAD_ERROR) from None
            raise
        except Exception:
            if not _read(_STARTED):
                raise
            self.log.exception("the program cannot be loaded")
            raise SystemExit(1) from None

    def run(self) -> None:
        """The program is imported."""
        if self.cfg.reuse_port:
            self.sockets = sock.create_sockets(self.cfg, self.log)
        _has_started(self.age)
        self._take(self.early)
        super().run()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGTERM: the first one of a reload waits for the successors; another stops it immediately."""
        if self.reload < _read(_RELOAD) and self.age <= _read(_STARTED):
            self.reload = _read(_RELOAD)
            self.leaves_by = time.monotonic() + LONGEST_OVERLAP_SECONDS
        else:
            super().handle_exit(sig, frame)

    def notify(self) -> None:
        """Called with every turn of the loop, at least once a second."""
        super().notify()
        if self.leaves_by is None:
            return
        if self.age <= _read(_STAYING):
            self.leaves_by = None
        elif _read(_STARTED) >= _read(_AWAITED) or time.monotonic() > self.leaves_by:
            self.alive = False

    def set_accept_enabled(self, enabled: bool) -> None:
        """As gunicorn's; a worker that stops takes the queue of its listeners and closes them."""
        super().set_accept_enabled(enabled)
        if enabled or self.alive:
            return
        for listener in self.sockets:
            self._take(_close(listener, self.cfg))

    def _take(self, connections: list[Caller]) -> None:
        for connection in connections:
            self.begin(connection)
