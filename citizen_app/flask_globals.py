"""Flask's request globals without the proxies: each use of a proxy costs five function calls, and a scan
would make fifty uses."""

from __future__ import annotations

from typing import Any, Final, cast

from flask import Flask, Request, current_app, g, request
from flask.ctx import _AppCtxGlobals
from werkzeug.local import LocalProxy

_app: Final = cast(LocalProxy[Flask], current_app)
_request: Final = cast(LocalProxy[Request], request)
_globals: Final = cast(LocalProxy[_AppCtxGlobals], g)


def running_app() -> Flask:
    """The application behind `flask.current_app`. Raises `RuntimeError` outside an application context."""
    return _app._get_current_object()


def extension(name: str) -> Any:
    """One of the current application's extensions. Raises `RuntimeError` outside an application context."""
    return _app._get_current_object().extensions[name]


def current_request() -> Request:
    """The request behind `flask.request`. Raises `RuntimeError` outside a request."""
    return _request._get_current_object()


def request_globals() -> _AppCtxGlobals:
    """The namespace behind `flask.g`. Raises `RuntimeError` outside an application context."""
    return _globals._get_current_object()
