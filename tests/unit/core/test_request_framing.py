"""Request framing: a request is found complete however its bytes are split; and the buffers meanwhile."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable

import pytest
from gunicorn.http import errors

from tools.buffers import MOST_IN_MEMORY, BufferedRequest, BufferedSocket, SpooledBuffer
from tools.refusals import status_of
from tools.request_framing import MOST_HEAD_BYTES, RequestFraming, State

GET = b"GET / HTTP/1.1\r\nHost: x\r\n"
LINE, BODY = 100, 1000


def fed(pieces: Iterable[bytes]) -> tuple[State, int]:
    """The state after the last piece that was needed, and how many bytes that took."""
    arrival = RequestFraming(LINE, BODY)
    for piece in pieces:
        if (state := arrival.feed(piece)) is not State.PARTIAL:
            return state, arrival.received
    return State.PARTIAL, arrival.received


def letters(text: bytes) -> list[bytes]:
    """One byte each."""
    return [text[place : place + 1] for place in range(len(text))]


WHOLE = {
    "no body": GET + b"\r\n",
    "the oldest version": b"GET / HTTP/1.0\r\n\r\n",
    "an empty line before": b"\r\n" + GET + b"\r\n",
    "a body of stated length": GET + b"CONTENT-LENGTH :5\r\ncontent-length:  5 \r\n\r\n12345",
    "an empty body": GET + b"Content-Length: 0\r\n\r\n",
    "chunks": GET + b"Transfer-Encoding: Chunked\r\n\r\n5;x=y\r\n12345\r\nA\r\n1234567890\r\n0\r\n\r\n",
    "chunks with a line end in them": GET + b"Transfer-Encoding: chunked\r\n\r\n4\r\n\r\n\r\n\r\n0\r\n\r\n",
    "chunks with trailers": GET + b"Transfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\nC: d\r\n\r\n",
    "a length that is none": GET + b"Content-Length: five\r\n\r\n",
    "two lengths": GET + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
    "length and coding": GET + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    "an unknown coding": GET + b"Transfer-Encoding: magic\r\n\r\n",
    "a chunk without a size": GET + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a negative chunk": GET + b"Transfer-Encoding: chunked\r\n\r\n-5\r\n",
    "a chunk with a bare line end": GET + b"Transfer-Encoding: chunked\r\n\r\n5\n",
    "a bare line end": b"GET / HTTP/1.1\n",
    "an endless first line": b"GET /" + b"a" * (LINE - 2),
}


@pytest.mark.parametrize("sent", WHOLE.values(), ids=WHOLE)
def test_whole_at_the_last_byte_and_not_before(sent: bytes) -> None:
    """What the parser will refuse is whole, too: there is nothing to wait for."""
    assert fed(letters(sent)) == (State.WHOLE, len(sent))
    assert fed([sent + b"GET"])[0] is State.WHOLE, "with the beginning of the next request behind it"


@pytest.mark.parametrize(
    ("sent", "state"),
    [
        (GET + b"X: " + b"a" * MOST_HEAD_BYTES, State.HEAD_TOO_LARGE),
        (GET + b"X: " + b"a" * MOST_HEAD_BYTES + b"\r\n\r\n", State.HEAD_TOO_LARGE),
        (GET + b"Content-Length: 1001\r\n\r\n", State.BODY_TOO_LARGE),
        (GET + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", State.BODY_TOO_LARGE),
        (GET + b"Transfer-Encoding: chunked\r\n\r\n" + b"1;abc\r\nx\r\n" * 101, State.BODY_TOO_LARGE),
        (GET + b"Content-Length: 1000\r\n\r\n" + b"a" * 999, State.PARTIAL),
    ],
)
def test_too_large_is_known_at_once(sent: bytes, state: State) -> None:
    assert fed([sent])[0] is state
    assert fed(letters(sent))[0] is state


@pytest.mark.parametrize(
    ("sent", "waits"),
    [
        (GET + b"Expect: 100-Continue\r\nContent-Length: 5\r\n\r\n", True),
        (GET + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n1", False),
        (GET + b"Expect: 100-continue\r\nContent-Length: 5\r\n", False),
        (GET + b"Content-Length: 5\r\n\r\n", False),
        (b"POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", False),
    ],
)
def test_who_waits_to_be_told_to_go_on(sent: bytes, waits: bool) -> None:
    arrival = RequestFraming(LINE, BODY)
    assert arrival.feed(sent) is State.PARTIAL
    assert arrival.waits_for_continue is waits


def test_bytes_are_kept_in_order_in_memory_and_beyond() -> None:
    held, expected = SpooledBuffer(), b""
    for number in range(200):
        piece = bytes([number]) * 1000
        held.add(piece)
        expected += piece
    assert held.size == len(expected) > MOST_IN_MEMORY
    taken = b""
    while piece := held.peek(777):
        taken += piece
        held.skip(len(piece))
    assert (taken == expected, held.size) == (True, 0)
    held.add(b"again")
    assert held.peek(100) == b"again"


def test_the_parser_finds_an_end_where_nothing_more_has_come() -> None:
    collected = BufferedRequest()
    collected.held.add(b"request" + b"the next")
    assert collected.read(7) == b"request"
    assert collected.rest() == b"the next"
    assert collected.read(5) == b""


def test_an_answer_waits_for_its_reader_and_not_its_writer() -> None:
    ours, theirs = socket.socketpair()
    with theirs, BufferedSocket(ours) as patient:
        patient.setblocking(False)
        answer = bytes(range(256)) * 10_000
        for start in range(0, len(answer), 100_000):
            patient.sendall(answer[start : start + 100_000])
        assert patient.unsent.size > 0
        heard = bytearray()
        reading = threading.Thread(
            target=lambda: [heard.extend(piece) for piece in iter(lambda: theirs.recv(65536), b"")]
        )
        reading.start()
        while not patient.send_rest():
            pass
        patient.shutdown(socket.SHUT_WR)
        reading.join(10)
        assert heard == answer


def test_an_answer_that_nobody_takes_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.buffers.MOST_UNSENT", 1_000_000)
    monkeypatch.setattr("tools.buffers.LONGEST_WAIT_SECONDS", 0.05)
    ours, theirs = socket.socketpair()
    with theirs, BufferedSocket(ours) as patient:
        patient.setblocking(False)
        with pytest.raises(TimeoutError):
            patient.sendall(b"x" * 3_000_000)


def test_errors_of_the_parser_have_the_status_that_the_standard_gives_them() -> None:
    assert status_of(errors.InvalidHTTPVersion((3, 0))) == 505
    assert status_of(errors.InvalidHTTPVersion("HTTP/x")) == 400
    assert status_of(errors.InvalidResponseHeader("X")) == 500, "the application's fault"
    assert status_of(RuntimeError()) == 500
