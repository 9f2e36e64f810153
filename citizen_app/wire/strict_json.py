"""Strict JSON parsing: what parsers treat differently, or a database cannot store, is refused."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final
from wsgiref.types import WSGIEnvironment

from flask import Response
from flask.json.provider import DefaultJSONProvider

from citizen_app.text import Text
from citizen_app.wire.json_text import NO_TEXT, is_storable, write_json

TWICE: Final = Text("同一对象中有重名的项", "an object names a member twice")
TOO_DEEP: Final = Text("嵌套过深", "nested too deeply")
TOO_LARGE: Final = Text("数字过大", "a number that is too large")
NOT_JSON: Final = Text("{name} 不是 JSON", "{name} is not JSON")
BROKEN: Final = Text("不是合法的 JSON：第 {line} 行第 {column} 列", "not JSON: line {line}, column {column}")
NOT_UTF8: Final = Text("不是合法的 UTF-8 文字", "not UTF-8 text")


class BrokenJson(ValueError):
    """What was sent is not JSON as we take it."""

    def __init__(self, words: Text) -> None:
        super().__init__(words.en)
        self.words = words


class DuplicateKey(BrokenJson):
    """A JSON object names a member twice (RFC 8259 §4 leaves that undefined; we refuse it)."""


def strict_loads(text: str | bytes, *, any_text: bool = False) -> Any:
    """Parse JSON in UTF-8.

    Raises `BrokenJson` for whatever is not JSON, and for a repeated member, a number that is not finite,
    nesting that is too deep, and, unless `any_text` leaves them to the schema, for texts that are none
    (`is_storable`).
    """
    try:
        read = text.decode() if isinstance(text, bytes) else text
        loaded = json.loads(
            read, object_pairs_hook=_distinct, parse_constant=_refuse_constant, parse_float=_finite
        )
    except RecursionError as error:
        raise BrokenJson(TOO_DEEP) from error
    except json.JSONDecodeError as error:
        raise BrokenJson(BROKEN.fill(line=error.lineno, column=error.colno)) from error
    except UnicodeError as error:
        raise BrokenJson(NOT_UTF8) from error
    if (
        "\\u" in read and not any_text and not is_storable(loaded)
    ):  # only an escape can bring in what is no text
        raise BrokenJson(NO_TEXT)
    return loaded


class JsonAnswer(Response):
    """A document that is written already: nothing is left to find out about it when it is sent, as werkzeug
    would of any answer."""

    def get_wsgi_response(
        self, environ: WSGIEnvironment
    ) -> tuple[Iterable[bytes], str, list[tuple[str, str]]]:
        """What goes out; of anything but a plain 200 werkzeug says it."""
        written = self.response
        if (
            self.status_code != HTTPStatus.OK
            or environ["REQUEST_METHOD"] == "HEAD"
            or not isinstance(written, list)
        ):
            return super().get_wsgi_response(environ)
        return written, self.status, self.headers.to_wsgi_list()


class StrictJson(DefaultJSONProvider):
    """Compact UTF-8 out, strict in."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """Write what Flask's provider can write, always in one form."""
        return write_json(obj, self.default)

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Parse strictly."""
        return strict_loads(s)

    def response(self, *args: Any, **kwargs: Any) -> JsonAnswer:
        """Always one line, in debug mode too."""
        body = self.dumps(self._prepare_response_obj(args, kwargs)) + "\n"
        return JsonAnswer(body, mimetype=self.mimetype)


def _distinct(members: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(members)
    if len(made) != len(members):
        raise DuplicateKey(TWICE)
    return made


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise BrokenJson(TOO_LARGE)
    return number


def _refuse_constant(name: str) -> Any:
    raise BrokenJson(NOT_JSON.fill(name=name))
