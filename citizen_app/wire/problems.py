"""Problems: RFC 9457 `application/problem+json`, HTML for browsers. Which there are stands in
`wire.problem_types`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from marshmallow import Schema, ValidationError

from citizen_app.text import Language, Text
from citizen_app.wire.faults import translated
from citizen_app.wire.problem_types import TYPES


@dataclass(frozen=True, slots=True)
class InputError:
    """One fault in the input: `pointer` is a JSON Pointer (RFC 6901) into the body, `?name` for a query
    parameter, or the name of a header; `message` is a rule's own words, or marshmallow's in English until the
    answer is written."""

    pointer: str
    message: Text | str

    def say(self, language: Language) -> str:
        """The message in one language."""
        return translated(self.message, language)


MOST_ERRORS: Final = 100
"""Faults that one answer names: one of everything in a large body would make an answer several times its
size."""


class Problem(Exception):
    """An error answer; `more` are members of its own (RFC 9457 §3.2). Rolls the request's writes back, unless
    `keep_writes`."""

    def __init__(
        self,
        slug: str,
        detail: Text | None = None,
        *,
        errors: Sequence[InputError] = (),
        headers: Mapping[str, str] | None = None,
        keep_writes: bool = False,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        self.kind = TYPES[slug]
        super().__init__(slug)
        self.detail = detail or self.kind.detail
        self.errors = tuple(errors[:MOST_ERRORS])
        self.headers = dict(headers or {})
        self.keep_writes = keep_writes
        self.more = dict(more or {})

    def as_document(self, language: Language, request_id: str | None) -> dict[str, Any]:
        """The problem document of RFC 9457 §3, in one language."""
        document: dict[str, Any] = {
            "type": f"/problems/{self.kind.slug}",
            "title": self.kind.title.say(language),
            "status": self.kind.status,
            "detail": self.detail.say(language),
            "request_id": request_id,
        }
        if self.errors:
            document["errors"] = [
                {"pointer": fault.pointer, "message": fault.say(language)} for fault in self.errors
            ]
        for name, said in self.more.items():
            document[name] = said.say(language) if isinstance(said, Text) else said
        return document


def invalid_input(pointer: str, message: Text) -> Problem:
    """A 422 about one field."""
    return Problem("invalid-input", errors=[InputError(pointer, message)])


def errors_from_messages(messages: Any, pointer: str = "") -> list[InputError]:
    """Flatten marshmallow's nested messages into pointers: the first `MOST_ERRORS`."""
    return list(islice(_faults(messages, pointer), MOST_ERRORS))


def load_part(schema: Schema, part: Any, pointer: str) -> dict[str, Any]:
    """A part of a body, as a schema of its own loads it: what it is decides which. Raises a 422 that says
    where."""
    try:
        loaded: dict[str, Any] = schema.load(part)
    except ValidationError as refused:
        raise Problem("invalid-input", errors=errors_from_messages(refused.messages, pointer)) from refused
    return loaded


def _faults(messages: Any, pointer: str) -> Iterator[InputError]:
    if isinstance(messages, Mapping):
        for key, value in messages.items():
            inner = (
                pointer if key == "_schema" else f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"
            )
            yield from _faults(value, inner)
    elif isinstance(messages, (str, Text)):
        yield InputError(pointer or "/", messages)
    else:
        yield from (InputError(pointer or "/", message) for message in messages)
