"""Requests that gunicorn refuses itself, answered by the application in its usual form, headers and
languages.

The application is called with `citizen_app.refused` (the status) in the environment of a request with as much
as was understood. The client's language is searched in the bytes of the head, parsable or not.
"""

from __future__ import annotations

import re
from typing import Any, Final
from wsgiref.util import setup_testing_defaults

from gunicorn import SERVER
from gunicorn.http import errors
from gunicorn.util import http_date

REFUSED: Final = "citizen_app.refused"
LONGEST_PATH: Final = 200

_ASKED: Final = re.compile(rb"(?:\r\n)?([A-Z]{3,20}) (/[!-~]*)(?: |\r\n|$)")
_PREFERENCE: Final = re.compile(rb"(?im)^(accept|accept-language):[ \t]*([ -~]*?)[ \t]*\r?$")
_OF_THE_APPLICATION: Final = (
    errors.InvalidResponseHeader,
    errors.InvalidResponseHeaderName,
    errors.ConfigurationProblem,
)
_STATUS: Final[dict[type[Exception], int]] = {
    errors.ForbiddenProxyRequest: 403,
    errors.LimitRequestLine: 414,
    errors.ExpectationFailed: 417,
    errors.LimitRequestHeaders: 431,
    errors.UnsupportedTransferCoding: 501,
}


def status_of(error: Exception) -> int:
    """The status for an error of gunicorn's parser; 500 for any other error."""
    if isinstance(error, _OF_THE_APPLICATION) or not isinstance(error, errors.ParseException):
        return 500
    if isinstance(error, errors.InvalidHTTPVersion):
        return 505 if isinstance(error.version, tuple) else 400  # a version, or none at all
    return _STATUS.get(type(error), 400)


def answer_of(application: Any, status: int, head: bytes, client: Any) -> bytes:
    """The whole answer of an application, as bytes for the connection, which ends with it. Raises what the
    application raises."""
    environ = _environ(head, client) | {REFUSED: status}
    told: list[tuple[str, list[tuple[str, str]]]] = []
    answered = application(environ, lambda line, headers, error=None: told.append((line, headers)))
    try:
        body = b"".join(answered)
    finally:
        getattr(answered, "close", lambda: None)()
    line, headers = told[-1]
    if not line.startswith(str(status)):  # an application that knows nothing of this
        line, headers, body = f"{status} Refused", [("Content-Length", "0")], b""
    ours = [("Server", SERVER), ("Date", http_date()), ("Connection", "close")]
    lines = [f"HTTP/1.1 {line}", *(f"{name}: {value}" for name, value in (*ours, *headers)), "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def _environ(head: bytes, client: Any) -> dict[str, Any]:
    environ: dict[str, Any] = {"wsgi.multithread": True, "PATH_INFO": "/*", "QUERY_STRING": ""}
    if asked := _ASKED.match(head):
        path = asked[2].partition(b"?")[0][:LONGEST_PATH]
        environ |= {"REQUEST_METHOD": asked[1].decode(), "PATH_INFO": path.decode()}
    for name, value in _PREFERENCE.findall(head):
        environ.setdefault(f"HTTP_{name.decode().upper().replace('-', '_')}", value.decode())
    if isinstance(client, tuple):
        environ["REMOTE_ADDR"] = client[0]
    setup_testing_defaults(environ)
    return environ
