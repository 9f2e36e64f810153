"""Every way of sending a request and of taking its answer, against the worker with a program that says what
it was given."""

from __future__ import annotations

import hashlib
import http.client
import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from citizen_app.toolkit.testing import environment
from tests.server import Server
from tools.buffers import MOST_IN_MEMORY

pytestmark = pytest.mark.processes

PROGRAM = """
import hashlib, json

def app(environ, start_response):
    body = environ["wsgi.input"].read()
    if environ["PATH_INFO"] == "/large":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"x" * 1_000_000] * 8
    said = {"method": environ["REQUEST_METHOD"], "length": len(body), "digest": hashlib.sha256(body).hexdigest()}
    told = json.dumps(said).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(told)))])
    return [told]
"""
LARGE_ANSWER = 8_000_000
THREADS = 2


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The worker with two threads."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "says_what_it_got.py").write_text(PROGRAM)
    settings = environment(folder, f"sqlite:///{folder / 'city.db'}", CITIZEN_THREADS=str(THREADS))
    made = Server(
        {**settings, "PYTHONPATH": str(folder), "CITIZEN_JOBS_IN_SERVER": "0"},
        folder / "server.log",
        "says_what_it_got:app",
    )
    made.start()
    yield made
    made.stop()


@pytest.fixture
def caller(server: Server) -> Iterator[socket.socket]:
    """A connection."""
    with socket.create_connection(("127.0.0.1", server.port), 15) as connection:
        yield connection


def answer(caller: socket.socket, method: str = "POST") -> http.client.HTTPResponse:
    """The next answer on a connection."""
    heard = http.client.HTTPResponse(caller, method=method)
    heard.begin()
    return heard


def said_of(body: bytes, method: str = "POST") -> dict[str, object]:
    """What the program says of a request."""
    return {"method": method, "length": len(body), "digest": hashlib.sha256(body).hexdigest()}


def posted(body: bytes) -> bytes:
    """A request of stated length."""
    return b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def in_chunks(body: bytes, size: int) -> bytes:
    """A request in chunks, with an extension and a trailer."""
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    chunks = b"".join(b"%x;a=b\r\n" % len(piece) + piece + b"\r\n" for piece in pieces)
    return (
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\nX-T: y\r\n\r\n"
    )


BODIES = (b"", b"short", bytes(range(256)) * (MOST_IN_MEMORY // 64))


@pytest.mark.parametrize("body", BODIES, ids=len)
def test_bodies_arrive_as_they_were_sent(caller: socket.socket, body: bytes) -> None:
    for sent in (posted(body), in_chunks(body, 1000), in_chunks(body, 100_000)):
        caller.sendall(sent)
        assert json.loads(answer(caller).read()) == said_of(body)


def test_a_request_may_come_letter_by_letter(caller: socket.socket) -> None:
    caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for sent in (posted(b"slowly"), in_chunks(b"slowly", 4)):
        for place in range(len(sent)):
            caller.sendall(sent[place : place + 1])
            time.sleep(0.002)
        assert json.loads(answer(caller).read()) == said_of(b"slowly")


def test_requests_that_come_together_are_answered_in_order(caller: socket.socket) -> None:
    bodies = [str(number).encode() * number for number in range(20)]
    requests = [
        (in_chunks if number % 2 else lambda body, _: posted(body))(body, 3)
        for number, body in enumerate(bodies)
    ]
    caller.sendall(b"".join(requests))
    reading = caller.makefile("rb")
    for body in bodies:
        lines = list(iter(reading.readline, b"\r\n"))
        length = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"Content-Length"))
        assert json.loads(reading.read(length)) == said_of(body)


def test_a_body_that_waits_for_permission_gets_it_once(caller: socket.socket) -> None:
    caller.sendall(posted(b"").replace(b"Length: 0", b"Length: 5\r\nExpect: 100-Continue"))
    assert caller.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
    caller.sendall(b"hello")
    heard = answer(caller)
    assert (heard.status, json.loads(heard.read())) == (200, said_of(b"hello"))


def test_head_has_no_body_and_the_connection_goes_on(caller: socket.socket) -> None:
    for method in ("HEAD", "GET"):
        caller.sendall(f"{method} / HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        heard = answer(caller, method)
        body = heard.read()
        assert int(heard.headers["Content-Length"]) > 0
    assert json.loads(body) == said_of(b"", "GET")


def test_the_old_version_and_close_end_the_connection(server: Server) -> None:
    for sent in (b"GET / HTTP/1.0\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", server.port), 5) as caller:
            caller.sendall(sent)
            assert json.loads(answer(caller).read()) == said_of(b"", "GET")
            assert caller.recv(1) == b""


def test_who_has_closed_its_half_is_still_answered(caller: socket.socket) -> None:
    caller.sendall(posted(b"last words"))
    caller.shutdown(socket.SHUT_WR)
    assert json.loads(answer(caller).read()) == said_of(b"last words")


def test_who_does_not_read_holds_no_thread_and_may_read_later(server: Server) -> None:
    with ExitStack() as opened:
        lazy = []
        for _ in range(4 * THREADS):
            connection = opened.enter_context(socket.create_connection(("127.0.0.1", server.port), 10))
            connection.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            lazy.append(connection)
        time.sleep(0.5)
        with socket.create_connection(("127.0.0.1", server.port), 1) as caller:
            caller.sendall(posted(b"hello"))
            assert answer(caller).status == 200
        for connection in lazy:
            assert answer(connection, "GET").read() == b"x" * LARGE_ANSWER


def test_who_is_answered_and_does_not_close_keeps_nobody_waiting(server: Server) -> None:
    """gunicorn waits two seconds for each of them, in the thread that accepts."""
    with ExitStack() as opened:
        for _ in range(20):
            connection = opened.enter_context(socket.create_connection(("127.0.0.1", server.port), 10))
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        with socket.create_connection(("127.0.0.1", server.port), 1) as caller:
            caller.sendall(posted(b"hello"))
            assert answer(caller).status == 200
