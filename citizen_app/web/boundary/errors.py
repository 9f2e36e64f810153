"""Turns every failure into a problem: JSON for programs, a page for browsers, and a log line for us."""

from __future__ import annotations

import sqlite3
from typing import Any

import structlog
from flask import Flask, Response, current_app, g, render_template, request
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException

from citizen_app.process import metrics
from citizen_app.storage.dialects import is_outage
from citizen_app.text import Language
from citizen_app.web.boundary.credentials import explain_wrong_token
from citizen_app.web.boundary.dialects import in_dialect
from citizen_app.web.boundary.page_callers import CONSOLE, HTMX, SIGN_IN, ConfirmFirst
from citizen_app.wire.language import caller_language
from citizen_app.wire.problem_types import BY_STATUS
from citizen_app.wire.problems import InputError, Problem, errors_from_messages

log = structlog.get_logger(__name__)


def answer_errors(app: Flask) -> None:
    """Attach the handlers."""
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(HTTPException, _http_exception)
    app.register_error_handler(Exception, _unexpected)


def problem_response(problem: Problem) -> Response:
    """The answer for a problem, in the caller's language and kind."""
    language = caller_language()
    document = problem.as_document(language, g.get("request_id"))
    metrics.problem_answered(problem.kind.slug)
    response = in_dialect(document, request.path) or _answer(document, language)
    response.headers.update(problem.headers)
    if problem.kind.slug == "service-disabled" and HTMX in request.headers:
        response.headers["HX-Refresh"] = "true"  # a page that is open shows that its service is closed
    if problem.kind.status == 401:
        response.headers.setdefault("WWW-Authenticate", "Bearer")  # RFC 9110 §15.5.2
    response.headers["Content-Language"] = "zh-CN" if language == "zh" else "en"
    response.headers["Cache-Control"] = "no-store"
    return response


def _answer(document: dict[str, Any], language: Language) -> Response:
    status: int = document["status"]
    if _wants_page():
        page = render_template(_template(), problem=document, language=language)
        return current_app.make_response((page, status))
    body = current_app.json.dumps(document)
    return current_app.response_class(body, status, mimetype="application/problem+json")


def _template() -> str:
    return "console/error.html" if request.path.startswith(CONSOLE) else "error.html"


def _wants_page() -> bool:
    if request.path.startswith(("/services/", SIGN_IN, CONSOLE)):
        return True
    if (
        request.path.startswith(("/api/", "/.well-known/", "/healthz", "/readyz", "/metrics"))
        or request.is_json
    ):
        return False
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def _problem(problem: Problem) -> Response:
    if problem.kind.slug == "reauthentication-required" and request.path.startswith("/services/"):
        return ConfirmFirst().get_response()  # type: ignore[return-value]
    if problem.kind.status == 401:
        problem = explain_wrong_token(problem)
    if problem.kind.status in (401, 403):
        log.warning(
            "refused",
            problem=problem.kind.slug,
            method=request.method,
            path=request.path,
            address=request.remote_addr,
        )
    return problem_response(problem)


def _http_exception(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return current_app.make_response(error.get_response())
    problem = Problem(
        BY_STATUS.get(status, "bad-request" if status < 500 else "internal-error"),
        errors=_input_errors(error),
    )
    response = problem_response(problem)
    for name, value in error.get_headers(request.environ):
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _input_errors(error: HTTPException) -> list[InputError]:
    data: dict[str, Any] = getattr(error, "data", None) or {}
    messages = data.get("messages") or {}
    found: list[InputError] = []
    for location, inner in messages.items():
        for item in errors_from_messages(inner):
            pointer = "?" + item.pointer.lstrip("/") if location == "query" else item.pointer
            found.append(InputError(pointer, item.message))
    return found


def _unexpected(error: Exception) -> Response:
    if _is_full(error):
        log.error("storage is full", error=type(error).__name__)
        return problem_response(Problem("storage-full", headers={"Retry-After": "30"}))
    if isinstance(error, OperationalError) or is_outage(error):
        log.error(
            "database unavailable", error=type(error).__name__, detail=str(getattr(error, "orig", error))
        )
        return problem_response(Problem("unavailable", headers={"Retry-After": "5"}))
    log.exception("unexpected failure", method=request.method, path=request.path)
    return problem_response(Problem("internal-error"))


def _is_full(error: Exception) -> bool:
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorname", "") == "SQLITE_FULL"
    return getattr(cause, "sqlstate", None) == "53100" or (isinstance(error, OSError) and error.errno == 28)
