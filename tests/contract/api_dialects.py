"""What an answer in a dialect says in our own words, for tests that compare what was refused and why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from flask import Response

from citizen_app.web.boundary import dialects

HEADER: Final = "X-Problem"


def telling(document: Mapping[str, Any], path: str) -> Response | None:
    """As `in_dialect`, with the problem itself in a header."""
    answer = dialects.in_dialect(document, path)
    if answer is not None:
        answer.headers[HEADER] = json.dumps(document)
    return answer


def problem_of(status: int, headers: Mapping[str, Any], text: str) -> dict[str, Any]:
    """The problem document of an answer, in whatever form it was said; empty for what is none."""
    told = headers.get(HEADER) or headers.get(HEADER.lower())
    if told is not None:
        text = told if isinstance(told, str) else told[0]
    elif status < 400:
        return {}
    found: dict[str, Any] = json.loads(text)
    return found
