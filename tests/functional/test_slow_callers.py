"""The server that `make run` starts, without a proxy, among callers who send and read slowly or never."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from citizen_app.toolkit.testing import environment
from tests.server import Server

pytestmark = pytest.mark.processes

SLOW = 200
DRIP_SECONDS = 0.5
HEAD = b"POST /api/v1/auth/challenges HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
BEGINNINGS = (HEAD, HEAD + b'Content-Length: 1000\r\n\r\n{"phone', b"GET /healthz HTTP/1.1\r\nX-Drip: ")
"""Half a head, half a body, and a head of which a letter comes now and then."""
SECURE = ("Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "X-Request-Id")


def a_server(folder: Path, *options: str) -> Server:
    """A city on an SQLite file behind the server as it is started everywhere."""
    settings = environment(folder / "data", f"sqlite:///{folder / 'city.db'}", CITIZEN_LOG_LEVEL="WARNING")
    made = Server(settings, folder / "server.log", options=options)
    made.command("db", "upgrade")
    made.start()
    return made


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server."""
    made = a_server(tmp_path_factory.mktemp("patient"))
    yield made
    made.stop()


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The same server with gunicorn's own worker."""
    made = a_server(tmp_path_factory.mktemp("stock"), "--worker-class", "gthread")
    yield made
    made.kill()


@pytest.fixture
def crowd() -> Iterator[ExitStack]:
    """Closes what was opened, first of all what still drips."""
    with ExitStack() as opened:
        yield opened


def gather(server: Server, crowd: ExitStack) -> None:
    """Two hundred connections of the three kinds, a third of which goes on dripping."""
    connections = [
        crowd.enter_context(socket.create_connection(("127.0.0.1", server.port), 10)) for _ in range(SLOW)
    ]
    for number, connection in enumerate(connections):
        connection.sendall(BEGINNINGS[number % len(BEGINNINGS)])
    over = threading.Event()

    def drip() -> None:
        while not over.wait(DRIP_SECONDS):
            for connection in connections[2 :: len(BEGINNINGS)]:
                try:
                    connection.send(b"x")
                except OSError:
                    continue

    dripping = threading.Thread(target=drip)
    dripping.start()
    crowd.callback(dripping.join)
    crowd.callback(over.set)


def ask(server: Server, timeout: float) -> int:
    """The status of a valid request; raises `TimeoutError` when nothing is heard for so long."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=timeout)
    try:
        connection.request("GET", "/api/v1/services")
        return connection.getresponse().status
    finally:
        connection.close()


def test_two_hundred_slow_callers_keep_nobody_waiting(server: Server, crowd: ExitStack) -> None:
    gather(server, crowd)
    until = time.monotonic() + 3
    while time.monotonic() < until:
        assert ask(server, timeout=1) == 200
        time.sleep(0.05)


def test_gunicorns_own_worker_is_held_by_them(stock: Server, crowd: ExitStack) -> None:
    """The control: what the test above would see without our worker."""
    gather(stock, crowd)
    time.sleep(0.3)
    with pytest.raises(TimeoutError):
        ask(stock, timeout=1)


def heard(server: Server, sent: bytes, timeout: float = 15) -> tuple[int, http.client.HTTPMessage, bytes]:
    """What a caller gets who sends exactly this."""
    with socket.create_connection(("127.0.0.1", server.port), timeout) as connection:
        connection.sendall(sent)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return answer.status, answer.msg, answer.read()


REFUSED = {
    b"GET /" + "市民码".encode() + b" HTTP/1.1\r\nHost: x\r\n\r\n": (400, "bad-request"),
    b"GET / HTTP/1.1\nHost: x\n\n": (400, "bad-request"),
    b"GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n": (400, "bad-request"),
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n": (400, "bad-request"),
    HEAD + b"Content-Length: 99999999999\r\n\r\n": (413, "body-too-large"),
    b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n": (414, "address-too-long"),
    b"GET /" + b"a" * 9000: (414, "address-too-long"),
    b"GET / HTTP/1.1\r\nHost: x\r\nExpect: a miracle\r\n\r\n": (417, "expectation-failed"),
    b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 9000 + b"\r\n\r\n": (431, "headers-too-large"),
    b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: a\r\n" * 20_000: (431, "headers-too-large"),
    HEAD + b"Transfer-Encoding: magic\r\n\r\n": (501, "not-implemented"),
    b"GET / HTTP/3.0\r\nHost: x\r\n\r\n": (505, "version-not-supported"),
}


@pytest.mark.parametrize("sent", REFUSED, ids=lambda sent: sent[:60].decode("latin-1"))
def test_what_gunicorn_refuses_is_told_as_every_other_problem(server: Server, sent: bytes) -> None:
    status, slug = REFUSED[sent]
    got, headers, body = heard(server, sent)
    assert (got, headers["Content-Type"]) == (status, "application/problem+json")
    said = json.loads(body)
    assert (said["type"], said["status"]) == (f"/problems/{slug}", status)
    assert headers["Content-Language"] == "zh-CN", "where nothing else is known"
    assert [headers[name] for name in SECURE].count(None) == 0
    assert headers["Connection"] == "close"


def test_a_refusal_is_in_the_callers_language_and_kind(server: Server) -> None:
    asked = "GET /code/市民 HTTP/1.1\r\nHost: x\r\nAccept-Language: en-GB,en\r\nAccept: {}\r\n\r\n"
    _, headers, body = heard(server, asked.format("*/*").encode())
    assert (headers["Content-Language"], json.loads(body)["title"]) == ("en", "Bad request")
    _, headers, page = heard(server, asked.format("text/html,*/*;q=0.8").encode())
    assert headers["Content-Type"].startswith("text/html")
    assert b"Bad request" in page


def test_who_comes_too_late_is_told(server: Server) -> None:
    status, _, body = heard(server, BEGINNINGS[1])
    assert (status, json.loads(body)["type"]) == (408, "/problems/request-timeout")
