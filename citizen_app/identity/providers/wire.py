"""Asks another machine one question in JSON, within a time budget that holds whatever the other side does
(`process.outside`). Redirects are not followed, no proxy of the environment is used.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import structlog

from citizen_app.clock import timestamp
from citizen_app.identity.providers import refuse_in_a_unit
from citizen_app.ids import new_id
from citizen_app.jobs.signing import webhook_headers
from citizen_app.process.breaker import OPEN_SECONDS, Breaker
from citizen_app.process.outside import Hold, LeftAlone, call_outside
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

Read = TypeVar("Read")

MOST_ANSWER_BYTES: Final = 16 * 1024
NOT_NOW: Final = Text(
    "核验机构暂时没有回应，本次不计入次数，请稍后再试。",
    "The identity provider does not answer at present. This try does not count; try again shortly.",
)
NOT_UNDERSTOOD: Final = Text(
    "核验机构的回答无法读懂，本次不计入次数，请稍后再试或到服务窗口办理。",
    "The identity provider gave an answer that cannot be understood. This try does not count; try again later, or at a service counter.",
)

log = structlog.get_logger(__name__)


class ProviderFailed(Problem):
    """The provider has decided nothing: a 503 where it gave no answer in time, a 502 where its answer is
    none."""


def unanswered() -> ProviderFailed:
    """There was no answer."""
    return ProviderFailed("unavailable", NOT_NOW, headers={"Retry-After": str(int(OPEN_SECONDS))})


def misunderstood() -> ProviderFailed:
    """There was one that says nothing."""
    return ProviderFailed("provider-failed", NOT_UNDERSTOOD)


class Wire:
    """The way to one provider: an address (http or https), the secret shared with it, and the seconds that a
    question may take."""

    def __init__(self, url: str, secret: str, seconds: float) -> None:
        self._address, self._secret, self._seconds = urlsplit(url), secret, seconds
        self.breaker = Breaker()

    def ask(self, question: dict[str, str], read: Callable[[dict[str, Any]], Read]) -> Read:
        """What `read` makes of the object that is answered to a question, which is signed in the Standard
        Webhooks form.

        `read` raises `ValueError` for an object that does not say what was asked, in words that hold nothing
        personal. Raises `ProviderFailed`.
        """
        refuse_in_a_unit()
        try:
            content = call_outside(self._seconds, self.breaker, lambda hold: self._fetch(question, hold))
            found = read(_object_in(content))
        except LeftAlone:
            raise unanswered() from None
        except (OSError, HTTPException) as error:  # TimeoutError is one, too
            self._failed(type(error).__name__)
            raise unanswered() from None
        except ValueError as error:
            self._failed(str(error))
            raise misunderstood() from None
        self.breaker.heard(failed=False)
        return found

    def _failed(self, why: str) -> None:
        self.breaker.heard(failed=True)
        log.error("an identity provider failed", host=self._address.hostname, error=why)

    def _connection(self) -> HTTPConnection:
        host, port = self._address.hostname or "", self._address.port
        if self._address.scheme == "https":
            return HTTPSConnection(host, port, timeout=self._seconds, context=ssl.create_default_context())
        return HTTPConnection(host, port, timeout=self._seconds)

    def _fetch(self, question: dict[str, str], hold: Hold) -> bytes:
        connection = self._connection()
        hold.of(lambda: connection.sock)
        try:
            return self._exchange(question, connection)
        finally:
            connection.close()

    def _exchange(self, question: dict[str, str], connection: HTTPConnection) -> bytes:
        body = json.dumps(question, ensure_ascii=False).encode()
        headers = webhook_headers(self._secret, new_id(), timestamp(), body)
        headers["Content-Type"] = "application/json"
        path = self._address.path or "/"
        connection.request(
            "POST", f"{path}?{self._address.query}" if self._address.query else path, body, headers
        )
        response = connection.getresponse()
        if response.status != 200:
            raise ValueError(f"answered {response.status}")
        content = response.read(MOST_ANSWER_BYTES + 1)
        if len(content) > MOST_ANSWER_BYTES:
            raise ValueError("the answer is too large")
        return content


def _object_in(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise ValueError("the answer is no JSON") from None
    if not isinstance(found, dict):
        raise ValueError("the answer is no object")
    return found
