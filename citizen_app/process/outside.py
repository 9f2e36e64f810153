"""A call to another machine that ends within its budget, whatever the other side does.

The call runs on a thread of its own: a name that does not resolve, a handshake that hangs, an answer that
comes byte by byte, none of these can be ended by a time-out of the socket alone. Whoever calls waits as long
as the budget and no longer. The thread ends when its socket is shut, and counts against the breaker's limit
until then.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import TypeVar

from citizen_app.process.breaker import Breaker

Answer = TypeVar("Answer")


class Breakers:
    """A breaker for each other machine, by name, in the memory of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._breakers: dict[str, Breaker] = {}

    def of(self, name: str) -> Breaker:
        """The breaker of a machine."""
        with self._lock:
            return self._breakers.setdefault(name, Breaker())


class LeftAlone(Exception):
    """The breaker is open, or too many calls are running: nobody was asked."""


class Hold:
    """What a call can be ended by. The call says how its socket is found, before it connects."""

    def __init__(self) -> None:
        self._socket: Callable[[], socket.socket | None] = lambda: None

    def of(self, find: Callable[[], socket.socket | None]) -> None:
        """`find` gives the socket of the call at any moment."""
        self._socket = find

    def cut(self) -> None:
        """Shut the socket, which ends whoever reads or writes it."""
        if (found := self._socket()) is not None:
            with suppress(OSError):
                found.shutdown(socket.SHUT_RDWR)


def call_outside(seconds: float, breaker: Breaker, work: Callable[[Hold], Answer]) -> Answer:
    """What `work` returns within so many seconds. The caller tells the breaker how it ended (`heard`).

    Raises `LeftAlone`, `TimeoutError`, and what `work` raises.
    """
    if not breaker.enter():
        raise LeftAlone
    answered, hold = Future[Answer](), Hold()
    threading.Thread(target=_work, args=(work, hold, answered, breaker), daemon=True).start()
    try:
        return answered.result(seconds)
    except BaseException:
        hold.cut()
        raise


def _work(work: Callable[[Hold], Answer], hold: Hold, answered: Future[Answer], breaker: Breaker) -> None:
    try:
        answered.set_result(work(hold))
    except BaseException as error:
        answered.set_exception(error)
    finally:
        breaker.release()
