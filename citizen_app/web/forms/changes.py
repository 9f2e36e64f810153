"""What a change of a document changes, in words: by the labels and titles of the schema that checks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema

from citizen_app.text import Language
from citizen_app.web.forms.inputs import AnyField, choices_of, written


@dataclass(frozen=True, slots=True)
class Change:
    """One field that changes: its label, what it was and what it will be, in the page's language."""

    label: str
    was: str
    will: str


def changes_of(
    schema: type[Schema], before: Mapping[str, Any], after: Mapping[str, Any], language: Language
) -> list[Change]:
    """The fields of a schema that two documents have otherwise, in its order."""
    return [
        Change(
            declared.metadata["label"].say(language),
            said_value(declared, before.get(name), language),
            said_value(declared, after.get(name), language),
        )
        for name, declared in schema().fields.items()
        if name in after and _values(declared, before.get(name)) != _values(declared, after[name])
    ]


def said_value(declared: AnyField, value: Any, language: Language) -> str:
    """A value of a field in words; empty for none."""
    titles = dict(choices_of(declared) or ())
    comma = "、" if language == "zh" else ", "
    return comma.join(titles[one].say(language) if one in titles else one for one in _values(declared, value))


def _values(declared: AnyField, value: Any) -> tuple[str, ...]:
    """As a form holds them: what is ticked has the order of the choices, whatever order it was stored in."""
    order = [one for one, _ in choices_of(declared) or ()]
    found = written(declared, value)
    return tuple(sorted(found, key=order.index)) if order and value is not None else found
