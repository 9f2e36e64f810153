"""In which language an answer is given: the caller's, or the one that a command or a file was asked for in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from flask import has_request_context, request

from citizen_app.text import DEFAULT_LANGUAGE, Language, preferred_language

_asked_for: Final[ContextVar[Language | None]] = ContextVar("language", default=None)


def caller_language() -> Language:
    """The language of the present request; outside of one that of `speaking`."""
    asked = _asked_for.get()
    if asked is not None or not has_request_context():
        return asked or DEFAULT_LANGUAGE
    return preferred_language(request.headers.get("Accept-Language", ""))


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """What is said in here is said in this language, whoever calls."""
    before = _asked_for.set(language)
    try:
        yield
    finally:
        _asked_for.reset(before)
