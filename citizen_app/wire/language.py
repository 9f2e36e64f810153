"""The language of an answer: the caller's, or the one chosen for a command or a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from flask import g, has_request_context, request

from citizen_app.text import DEFAULT_LANGUAGE, Language, preferred_language

_asked_for: Final[ContextVar[Language | None]] = ContextVar("language", default=None)


def caller_language() -> Language:
    """The language of the current request, on a page the one chosen there; outside a request, that of
    `speaking`."""
    asked = _asked_for.get()
    if asked is not None or not has_request_context():
        return asked or DEFAULT_LANGUAGE
    chosen: Language | None = g.get("language")
    if chosen is not None:
        return chosen
    return preferred_language(request.headers.get("Accept-Language", ""))


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Use this language inside the block, whatever the caller's is."""
    before = _asked_for.set(language)
    try:
        yield
    finally:
        _asked_for.reset(before)
