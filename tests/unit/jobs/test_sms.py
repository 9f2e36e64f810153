"""The SMS gateway, met by a real server on this machine."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from citizen_app.jobs import sms
from citizen_app.jobs.signing import webhook_headers
from citizen_app.jobs.sms import ConsoleSms, HttpGatewaySms, SmsNotSent

SECRET = "a secret of the gateway, long enough"


class Gateway:
    """A gateway that answers as told and keeps what it was sent."""

    def __init__(self) -> None:
        self.answer = 200
        self.headers: dict[str, str] = {}
        self.delay = 0.0
        self.received: list[tuple[str, dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.received.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                time.sleep(outer.delay)
                self.send_response(outer.answer)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.end_headers()

            do_GET = do_POST

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/send"


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    made = Gateway()
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_message_arrives_signed(gateway: Gateway) -> None:
    HttpGatewaySms(gateway.url, SECRET).send("id-1", "+8613800138000", "验证码 123456")
    path, headers, body = gateway.received[0]
    assert path == "/send"
    assert json.loads(body) == {"phone": "+8613800138000", "text": "验证码 123456"}
    expected = webhook_headers(SECRET, "id-1", int(headers["webhook-timestamp"]), body)
    assert {name: headers[name] for name in expected} == expected
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60


@pytest.mark.parametrize("status", [400, 429, 500, 503])
def test_an_error_answer_is_not_sent(gateway: Gateway, status: int) -> None:
    gateway.answer = status
    with pytest.raises(SmsNotSent, match=str(status)):
        HttpGatewaySms(gateway.url, SECRET).send("id-1", "+8613800138000", "x")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(gateway: Gateway, status: int) -> None:
    gateway.answer, gateway.headers = status, {"Location": f"{gateway.url}/elsewhere"}
    with pytest.raises(SmsNotSent, match=str(status)):
        HttpGatewaySms(gateway.url, SECRET).send("id-1", "+8613800138000", "x")
    assert len(gateway.received) == 1


def test_a_slow_gateway_is_left(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sms, "TIMEOUT_SECONDS", 0.2)
    gateway.delay = 1.0
    with pytest.raises(SmsNotSent, match="not reached"):
        HttpGatewaySms(gateway.url, SECRET).send("id-1", "+8613800138000", "x")


def test_an_absent_gateway_says_nothing_personal() -> None:
    with pytest.raises(SmsNotSent) as failure:
        HttpGatewaySms("http://127.0.0.1:9/", SECRET).send("id-1", "+8613800138000", "验证码 123456")
    assert failure.value.safe_words.startswith("gateway not reached")
    assert "138" not in str(failure.value)


def test_a_proxy_of_the_environment_is_not_used(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    HttpGatewaySms(gateway.url, SECRET).send("id-1", "+8613800138000", "x")
    assert len(gateway.received) == 1


def test_the_terminal_shows_the_message_but_not_the_phone(capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleSms().send("id-1", "+8613800138000", "验证码 123456")
    shown = capsys.readouterr()
    assert "123456" in shown.out
    assert "13800138000" not in shown.out
    assert shown.err == ""
