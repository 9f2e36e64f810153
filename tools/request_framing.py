"""Incremental HTTP/1.1 message framing (RFC 9112): has the whole of a request arrived?

Only gunicorn's parser interprets a request. This module predicts when it will have enough bytes: too early,
and it misses some and answers 400; too late, and the client waits until the deadline. Surplus bytes are the
beginning of the next request.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import Final

MOST_HEAD_BYTES: Final = 64 * 1024
LONGEST_CHUNK_LINE: Final = 8190

_END: Final = b"\r\n\r\n"
_BARE_LINE_FEED: Final = re.compile(rb"(?<!\r)\n")
_LENGTH: Final = re.compile(rb"(?im)^content-length:[ \t]*([^\r\n]*?)[ \t]*\r?$")
_CODING: Final = re.compile(rb"(?im)^transfer-encoding:[ \t]*([^\r\n]*?)[ \t]*\r?$")
_CONTINUE: Final = re.compile(rb"(?im)^expect:[ \t]*100-continue[ \t]*\r?$")
_CHUNK_LINE: Final = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?\r\n", re.DOTALL)
_LENGTH_DIGITS: Final = 15


class State(Enum):
    """The state of a request; `WHOLE` also if the parser will refuse it without another byte."""

    PARTIAL = auto()
    WHOLE = auto()
    HEAD_TOO_LARGE = auto()
    BODY_TOO_LARGE = auto()


class RequestFraming:
    """The framing of one request. `head` holds the bytes of its head so far, `received` the number of all
    bytes."""

    def __init__(self, longest_line: int, most_body: int) -> None:
        self.head = bytearray()
        self.received = 0
        self._longest_line = longest_line
        self._most_body = most_body
        self._body: _Counted | _Chunked | None = None

    def feed(self, data: bytes) -> State:
        """Take the next bytes and return the new state."""
        self.received += len(data)
        if self._body is None:
            searched = max(0, len(self.head) - len(_END) + 1)
            self.head += data
            end = self.head.find(_END, searched)
            if max(end, len(self.head) if end < 0 else 0) > MOST_HEAD_BYTES:
                return State.HEAD_TOO_LARGE
            if end < 0:
                return State.WHOLE if self._is_refused_already(searched) else State.PARTIAL
            data = bytes(self.head[end + len(_END) :])
            del self.head[end + len(_END) :]
            self._body = _body_of(self.head)
        is_whole = self._body.ends_with(data)
        if self._body.size > self._most_body:
            return State.BODY_TOO_LARGE
        return State.WHOLE if is_whole else State.PARTIAL

    @property
    def waits_for_continue(self) -> bool:
        """Whether the client waits for `100 Continue` before it sends the body (RFC 9110 §10.1.1)."""
        return (
            self._body is not None
            and self.received == len(self.head)
            and b" HTTP/1.0\r\n" not in self.head
            and _CONTINUE.search(self.head) is not None
        )

    def _is_refused_already(self, searched: int) -> bool:
        if _BARE_LINE_FEED.search(self.head, searched):
            return True
        most = self._longest_line + len(b"\r\n")
        return len(self.head) > most and self.head.find(b"\r\n", 0, most) < 0


def _body_of(head: bytearray) -> _Counted | _Chunked:
    lengths, codings = _LENGTH.findall(head), _CODING.findall(head)
    if codings and not lengths and codings[-1].lower().endswith(b"chunked"):
        return _Chunked()
    if len(lengths) == 1 and not codings and lengths[0].isdigit():
        return _Counted(int(lengths[0][:_LENGTH_DIGITS]))
    return _Counted(0)  # none, or what the parser refuses


class _Counted:
    """A body of stated length (RFC 9112 §6.2)."""

    def __init__(self, length: int) -> None:
        self.size = self._left = length

    def ends_with(self, data: bytes) -> bool:
        self._left -= len(data)
        return self._left <= 0


class _Chunked:
    """A body in chunks (RFC 9112 §7.1), `size` bytes of it so far; it ends with its trailers, or where the
    parser will refuse it."""

    def __init__(self) -> None:
        self.size = 0
        self._left = 0  # of a chunk and the line end behind it
        self._line = b""
        self._in_trailers = False

    def ends_with(self, data: bytes) -> bool:
        self.size += len(data)
        position = 0
        while position < len(data):
            if self._left:
                step = min(self._left, len(data) - position)
                self._left -= step
                position += step
                continue
            end = data.find(b"\n", position) + 1
            self._line += data[position : end or len(data)]
            if len(self._line) > LONGEST_CHUNK_LINE:
                return True
            if not end:
                return False
            position = end
            if self._ends_with_line():
                return True
        return False

    def _ends_with_line(self) -> bool:
        line, self._line = self._line, b""
        if self._in_trailers:
            return line == b"\r\n" or not line.endswith(b"\r\n")
        size = _CHUNK_LINE.fullmatch(line)
        if size is None:
            return True
        length = int(size[1], 16)
        if length:
            self._left = length + len(b"\r\n")
        else:
            self._in_trailers = True
        return False
