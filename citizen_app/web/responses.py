"""What every answer carries: security headers, a request id, and one log line."""

from __future__ import annotations

import ipaddress
import secrets
import time
from typing import Final

import structlog
from flask import Flask, Response, g, request

from citizen_app import logs, metrics
from citizen_app.problems import Problem

log = structlog.get_logger("access")

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
SECURITY_HEADERS: Final[dict[str, str]] = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in POLICY.items()),
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), screen-wake-lock=(self)",
}


def guard_text() -> None:
    """A NUL in the address is no text that anything here could be called."""
    if "\0" in request.path or "%00" in request.environ.get("QUERY_STRING", ""):
        raise Problem("bad-request")


def guard_demo() -> None:
    """Demo mode has public passwords, so whoever is not on this machine is refused, whatever the server was bound to."""
    peer = request.environ.get("REMOTE_ADDR") or "127.0.0.1"  # a unix socket has no address
    if not ipaddress.ip_address(peer).is_loopback:
        raise Problem("demo-loopback-only")


def finish_responses(app: Flask) -> None:
    """Attach the beginning and the end of every request."""
    app.before_request(_begin)
    app.before_request(guard_text)
    app.after_request(_finish)


def _begin() -> None:
    g.started = time.perf_counter()
    g.request_id = secrets.token_hex(8)
    logs.request_id.set(g.request_id)


def _finish(response: Response) -> Response:
    headers = response.headers
    present = {name.lower() for name in headers.keys()}  # noqa: SIM118  (once: each question walks through all of them)
    headers.extend((name, value) for name, value in SECURITY_HEADERS.items() if name.lower() not in present)
    extra: dict[str, str] | None = g.get("csp_extra")
    if extra:
        headers["Content-Security-Policy"] = "; ".join(
            f"{name} {value} {extra[name]}" if name in extra else f"{name} {value}"
            for name, value in POLICY.items()
        )
    if "cache-control" not in present:
        headers.add("Cache-Control", "no-store")
    headers["X-Request-Id"] = g.get("request_id", "")
    caller = g.get("caller")
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    rule = request.url_rule
    metrics.request_answered(
        request.method, rule.rule if rule is not None else "none", response.status_code, seconds
    )
    log.info(
        "request",
        method=request.method,
        path=request.path,
        status=response.status_code,
        ms=round(seconds * 1000, 1),
        caller=caller.label if caller is not None else None,
        address=request.remote_addr,
    )
    return response
