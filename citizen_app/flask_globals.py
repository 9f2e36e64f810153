"""What runs here at this moment, as plain objects: every use of one of Flask's proxies costs five calls, and a scan would use fifty."""

from __future__ import annotations

from typing import Any, Final, cast

from flask import Flask, Request, current_app, g, request
from flask.ctx import _AppCtxGlobals
from werkzeug.local import LocalProxy

_app: Final = cast(LocalProxy[Flask], current_app)
_request: Final = cast(LocalProxy[Request], request)
_globals: Final = cast(LocalProxy[_AppCtxGlobals], g)


def running_app() -> Flask:
    """The running application. Raises `RuntimeError` outside of one."""
    return _app._get_current_object()


def extension(name: str) -> Any:
    """What an application keeps under a name. Raises `RuntimeError` outside of one."""
    return _app._get_current_object().extensions[name]


def current_request() -> Request:
    """The request that is being answered. Raises `RuntimeError` outside of one."""
    return _request._get_current_object()


def request_globals() -> _AppCtxGlobals:
    """What `flask.g` stands for. Raises `RuntimeError` outside of an application."""
    return _globals._get_current_object()
