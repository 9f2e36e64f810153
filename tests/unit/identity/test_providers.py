"""Providers on other machines: whatever they answer, and however they do not, is a proof, none, or a failure
in words."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from typing import Any

import pytest
import structlog.testing
from hypothesis import given
from hypothesis import strategies as st

from citizen_app.citizens.traits import AssuranceLevel
from citizen_app.demo.people import invented_number
from citizen_app.identity.documents import Document, DocumentKind
from citizen_app.identity.providers import EidToken, NamedDocument
from citizen_app.identity.providers.remote import HttpEid, HttpRegister
from citizen_app.identity.providers.wire import MOST_ANSWER_BYTES, ProviderFailed, Wire, misunderstood
from citizen_app.jobs.signing import webhook_headers
from citizen_app.process.breaker import FAILURES_TO_OPEN, MOST_CONCURRENT, Breaker
from citizen_app.storage.unit_of_work import UnitOfWork, current_unit

SECRET = "a secret of the register, long enough"
BORN = date(1990, 3, 7)
NUMBER = invented_number(BORN, 1)
CLAIMED = NamedDocument("张晓明", Document(DocumentKind.RESIDENT_ID, NUMBER, BORN))
PASSPORT = NamedDocument("ZHANG XIAOMING", Document(DocumentKind.PASSPORT, "E12345678", None))
BUDGET = 0.4
Act = Callable[[socket.socket, bytes], None]


@pytest.fixture(autouse=True)
def told() -> Iterator[list[Any]]:
    """What is logged, before anything is redacted."""
    with structlog.testing.capture_logs() as entries:
        yield entries


class Said(Wire):
    """A wire on which the answer is given."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__("http://127.0.0.1:9/", SECRET, BUDGET)
        self.answer = answer

    def ask(self, question: dict[str, str], read: Callable[[dict[str, Any]], Any]) -> Any:
        try:
            return read(self.answer)
        except ValueError:
            raise misunderstood() from None


def test_a_confirmed_name_is_a_proof_of_level_two() -> None:
    proof = HttpRegister(Said({"confirmed": True})).check(CLAIMED)
    assert proof is not None
    assert (proof.kind, proof.number, proof.level, proof.born) == ("resident_id", NUMBER, 2, BORN)
    assert NUMBER not in repr(proof) + repr(CLAIMED)


def test_a_register_tells_the_birthday_that_a_passport_does_not() -> None:
    proof = HttpRegister(Said({"confirmed": True, "born": "1990-03-07"})).check(PASSPORT)
    assert proof is not None
    assert proof.born == BORN


def test_an_eid_hands_over_a_subject_and_a_level_and_no_number() -> None:
    proof = HttpEid(Said({"confirmed": True, "subject": "opaque", "level": 3})).check(EidToken("t"))
    assert proof is not None
    assert (proof.kind, proof.level, proof.born) == ("eid", AssuranceLevel.IN_PERSON, None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
ANSWERS = st.dictionaries(st.sampled_from(["confirmed", "born", "subject", "level", "more"]), JSON)


@given(ANSWERS)
def test_whatever_is_answered_only_true_confirms(answer: dict[str, Any]) -> None:
    checks: tuple[Callable[[Wire], Any], ...] = (
        lambda wire: HttpRegister(wire).check(PASSPORT),
        lambda wire: HttpEid(wire).check(EidToken("t")),
    )
    for check in checks:
        with suppress(ProviderFailed):
            assert (check(Said(answer)) is not None) == (answer["confirmed"] is True)


@contextmanager
def server(act: Act) -> Iterator[str]:
    """A machine on which `act` answers each connection, given what was sent first."""
    listening = socket.create_server(("127.0.0.1", 0))

    def one(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            act(connection, connection.recv(65536))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/check?city=1"
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()


def http(content: bytes, status: str = "200 OK", headers: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(content)}\r\n{headers}\r\n".encode() + content


def answers(content: bytes, **options: str) -> Act:
    return lambda connection, sent: connection.sendall(http(content, **options))


def test_the_question_arrives_signed() -> None:
    heard: list[bytes] = []

    def act(connection: socket.socket, sent: bytes) -> None:
        heard.append(sent if sent.endswith(b"}") else sent + connection.recv(65536))
        connection.sendall(http(b'{"confirmed": true}'))

    with server(act) as url:
        assert HttpRegister(Wire(url, SECRET, 3)).check(CLAIMED) is not None
    head, _, body = heard[0].partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    assert first == "POST /check?city=1 HTTP/1.1"
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    expected = webhook_headers(SECRET, headers["webhook-id"], int(headers["webhook-timestamp"]), body)
    assert expected.items() <= headers.items()
    assert json.loads(body) == {"name": "张晓明", "id_number": NUMBER, "document_kind": "resident_id"}


@pytest.mark.parametrize(
    ("act", "status"),
    [
        (answers(b"[]"), 502),
        (answers(b"no json"), 502),
        (answers(b"[" * 20_000), 502),
        (answers(b'{"confirmed": "yes"}'), 502),
        (answers(b" " * (MOST_ANSWER_BYTES + 1)), 502),
        (answers(b"{}", status="500 Oh"), 502),
        (answers(b"{}", status="302 Found", headers="Location: http://127.0.0.1:9/\r\n"), 502),
        (lambda connection, sent: connection.close(), 503),
        (lambda connection, sent: connection.sendall(b"nonsense\r\n\r\n"), 503),
    ],
)
def test_what_is_no_answer_is_said_in_words(act: Act, status: int) -> None:
    with server(act) as url, pytest.raises(ProviderFailed) as failed:
        HttpRegister(Wire(url, SECRET, 3)).check(CLAIMED)
    assert failed.value.kind.status == status
    assert "不计入" in failed.value.detail.zh


def drip(connection: socket.socket, sent: bytes) -> None:
    """A byte now and then: no time-out of a socket ever passes."""
    for byte in http(b" " * 1000):
        connection.sendall(bytes([byte]))
        time.sleep(BUDGET / 8)


@pytest.mark.parametrize("act", [drip, lambda connection, sent: time.sleep(8 * BUDGET)])
def test_an_answer_that_comes_too_late_is_not_waited_for(act: Act) -> None:
    with server(act) as url:
        wire = Wire(url, SECRET, BUDGET)
        with pytest.raises(ProviderFailed) as failed:
            wire.ask({}, dict)
        assert failed.value.kind.status == 503
        assert int(failed.value.headers["Retry-After"]) > 0
        for _ in range(100):  # the thread ends although the other side goes on
            if wire.breaker._running == 0:
                break
            time.sleep(0.05)
        assert wire.breaker._running == 0


def test_who_fails_again_and_again_is_left_alone() -> None:
    asked = []

    def act(connection: socket.socket, sent: bytes) -> None:
        asked.append(1)
        connection.sendall(http(b"{}", status="500 Oh"))

    with server(act) as url:
        wire = Wire(url, SECRET, 3)
        for _ in range(FAILURES_TO_OPEN + 3):
            with pytest.raises(ProviderFailed):
                wire.ask({}, dict)
    assert len(asked) == FAILURES_TO_OPEN


def test_an_answer_of_the_wrong_shape_is_a_failure_too() -> None:
    with server(answers(b'{"confirmed": 1}')) as url:
        register = HttpRegister(Wire(url, SECRET, 3))
        for _ in range(FAILURES_TO_OPEN):
            with pytest.raises(ProviderFailed):
                register.check(CLAIMED)
        assert register.wire.breaker.is_open


def test_only_so_many_wait_at_once() -> None:
    breaker = Breaker()
    assert [breaker.enter() for _ in range(MOST_CONCURRENT + 1)] == [True] * MOST_CONCURRENT + [False]
    breaker.leave(failed=None)
    assert breaker.enter()


def test_no_provider_is_asked_inside_a_unit_of_work() -> None:
    token = current_unit.set(UnitOfWork(lambda: None))  # type: ignore[arg-type, return-value]
    try:
        with pytest.raises(RuntimeError, match="unit of work"):
            Wire("http://127.0.0.1:9/", SECRET, BUDGET).ask({}, dict)
    finally:
        current_unit.reset(token)


def test_a_failure_leaves_nothing_personal_in_the_log(told: list[Any]) -> None:
    with server(answers(f"张晓明 {NUMBER}".encode())) as url, pytest.raises(ProviderFailed):
        HttpRegister(Wire(url, SECRET, 3)).check(CLAIMED)
    assert [entry["event"] for entry in told] == ["an identity provider failed"]
    assert "张晓明" not in str(told)
    assert NUMBER not in str(told)
