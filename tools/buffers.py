"""Buffers between a client and a thread: the request that is still arriving, and the answer that is not yet
read."""

from __future__ import annotations

import os
import select
import socket
import tempfile
import time
from typing import Any, Final

from gunicorn.http.unreader import Unreader

MOST_IN_MEMORY: Final = 64 * 1024
"""Of one connection and direction; more than that is spooled to an unnamed file."""
PIECE: Final = 64 * 1024
MOST_UNSENT: Final = 16 * 1024 * 1024
"""Back pressure: a thread that has written this much more than the client has read waits, so that a long
export does not fill the disk."""
LONGEST_WAIT_SECONDS: Final = 30.0


class SpooledBuffer:
    """Bytes in the order of their coming."""

    def __init__(self) -> None:
        self.size = 0
        self._memory = bytearray()
        self._file: Any = None
        self._offset = 0

    def add(self, data: bytes | memoryview) -> None:
        """Append. Raises `OSError` when the disk is full."""
        if self._file is None and len(self._memory) + len(data) <= MOST_IN_MEMORY:
            self._memory += data
        else:
            if self._file is None:
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  (until `clear`)
            left = memoryview(data)
            while left:
                left = left[self._file.write(left) :]
        self.size += len(data)

    def peek(self, most: int) -> bytes:
        """The next bytes, `most` at most, which stay; empty only when there are none."""
        if self._memory:
            return bytes(self._memory[:most])
        return os.pread(self._file.fileno(), most, self._offset) if self.size else b""

    def skip(self, count: int) -> None:
        """Forget bytes that `peek` showed."""
        self.size -= count
        if not self.size:
            self.clear()
        elif self._memory:
            del self._memory[:count]
        else:
            self._offset += count

    def clear(self) -> None:
        """Forget everything."""
        self.size = self._offset = 0
        self._memory.clear()
        if self._file is not None:
            self._file.close()
            self._file = None


class BufferedRequest(Unreader):  # type: ignore[misc]  # gunicorn has no types
    """What gunicorn's parser reads: bytes that have come, never the socket."""

    def __init__(self) -> None:
        super().__init__()
        self.held = SpooledBuffer()

    def chunk(self, size_hint: int | None = None) -> bytes:
        """The next bytes; empty when there are none, which the parser takes for the end."""
        piece = self.held.peek(max(size_hint or 0, PIECE))
        self.held.skip(len(piece))
        return piece

    def rest(self) -> bytes:
        """What came behind the request: the beginning of the next."""
        pieces = [self.take_buffered()]
        while piece := self.chunk():
            pieces.append(piece)
        return b"".join(pieces)


class BufferedSocket(socket.socket):
    """A connection, not blocking, whose answers wait here for a caller who reads slowly, and not in a
    thread."""

    def __init__(self, accepted: socket.socket) -> None:
        super().__init__(accepted.family, accepted.type, accepted.proto, fileno=accepted.detach())
        self.unsent = SpooledBuffer()

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send what goes and keep the rest for `send_rest`. Raises `OSError` when the caller is gone."""
        left = memoryview(data)
        if not self.unsent.size:
            try:
                left = left[self.send(left) :]
            except BlockingIOError:
                pass
        if left:
            self.unsent.add(left)
            if self.unsent.size > MOST_UNSENT:
                self._wait_until_taken()

    def send_rest(self) -> bool:
        """Send what goes of what was kept; whether nothing is left."""
        try:
            while piece := self.unsent.peek(PIECE):
                self.unsent.skip(self.send(piece))
        except BlockingIOError:
            return False
        return True

    def _wait_until_taken(self) -> None:
        waiter = select.poll()
        waiter.register(self, select.POLLOUT)
        until = time.monotonic() + LONGEST_WAIT_SECONDS
        while not self.send_rest() and self.unsent.size > MOST_UNSENT // 2:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError("the caller does not take the answer")
            waiter.poll(left * 1000)
