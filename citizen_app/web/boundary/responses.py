"""For every answer: security headers, the caller's rate limit, a request id, and one log line."""

from __future__ import annotations

import ipaddress
import os
import re
import time
from collections.abc import Callable, Iterable
from typing import Any, Final
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response

from citizen_app.flask_globals import current_request, request_globals
from citizen_app.limits import headers_of
from citizen_app.process import logs, metrics
from citizen_app.web.boundary.packed_files import pack_static_files
from citizen_app.wire.problem_types import BY_STATUS
from citizen_app.wire.problems import Problem

POLICY: Final[dict[str, str]] = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "media-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}
REQUEST_ID: Final = re.compile(r"[0-9A-Za-z-]{8,64}\Z")
SECURITY_HEADERS: Final[dict[str, str]] = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in POLICY.items()),
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), screen-wake-lock=(self)",
}


ADDED: Final = tuple(
    (name.lower(), (name, value)) for name, value in {**SECURITY_HEADERS, "Cache-Control": "no-store"}.items()
)
"""Names to look for, and what is added where they are missing."""
OF_THIS_ANSWER: Final = "citizen_app.headers"
"""Where the environment of a request keeps the headers that its answer gets at the end."""
REFUSED: Final = "citizen_app.refused"
"""Where the environment of a request that the server itself refuses says with which status."""


def guard_refused() -> None:
    """Answer requests that the server itself refused (unreadable, too slow) as problems."""
    status = current_request().environ.get(REFUSED)
    if status is not None:
        raise Problem(BY_STATUS.get(status, "bad-request"))


def guard_text() -> None:
    """Refuse a NUL in the URL: no database stores it."""
    asked = current_request()
    if "\0" in asked.path or "%00" in asked.environ.get("QUERY_STRING", ""):
        raise Problem("bad-request")


def guard_demo() -> None:
    """Demo mode has public passwords, so peers that are not on this machine are refused, whatever address the
    server is bound to."""
    peer = current_request().environ.get("REMOTE_ADDR") or "127.0.0.1"  # a unix socket has no address
    if not ipaddress.ip_address(peer).is_loopback:
        raise Problem("demo-loopback-only")


def finish_responses(app: Flask) -> None:
    """Register what happens before and after every request; only a trusted proxy may set the request id."""
    behind_proxy = app.extensions["settings"].trusted_proxies > 0
    app.before_request(_begin_behind_proxy if behind_proxy else _begin)
    app.before_request(guard_refused)
    app.before_request(guard_text)
    app.after_request(_finish)
    pack_static_files(app)
    app.wsgi_app = guard_answers(app.wsgi_app)  # type: ignore[method-assign, assignment]


def _begin(given: str = "") -> None:
    notes = request_globals()
    notes.started = time.perf_counter()
    notes.request_id = given or os.urandom(8).hex()
    logs.request_id.set(notes.request_id)


def _begin_behind_proxy() -> None:
    given = current_request().headers.get("X-Request-Id", "")
    _begin(given if REQUEST_ID.match(given) else "")


def _finish(response: Response) -> Response:
    asked, kept = current_request(), request_globals()
    extra: dict[str, str] | None = kept.get("csp_extra")
    if extra:
        response.headers["Content-Security-Policy"] = "; ".join(
            f"{name} {value} {extra[name]}" if name in extra else f"{name} {value}"
            for name, value in POLICY.items()
        )
    limited = kept.get("limited")
    asked.environ[OF_THIS_ANSWER] = (
        ("X-Request-Id", kept.get("request_id", "")),
        *(headers_of(limited) if limited is not None else ()),
    )
    caller = kept.get("caller")
    seconds = time.perf_counter() - kept.get("started", time.perf_counter())
    rule = asked.url_rule
    metrics.request_answered(
        asked.method, rule.rule if rule is not None else "none", response.status_code, seconds
    )
    logs.log_access(
        method=asked.method,
        path=asked.path,
        status=response.status_code,
        ms=round(seconds * 1000, 1),
        caller=caller.label if caller is not None else kept.get("recognised"),
        address=asked.remote_addr,
    )
    return response


def guard_answers(answer: WSGIApplication) -> WSGIApplication:
    """Add the security headers to every answer, and `no-store` where an answer has no `Cache-Control`."""

    def guarded(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Callable[[bytes], object]:
            present = {name.lower() for name, _ in headers}
            headers.extend([added for name, added in ADDED if name not in present])
            headers.extend(environ.get(OF_THIS_ANSWER, ()))
            return start_response(status, headers, *error)

        return answer(environ, start)

    return guarded
