"""Declared fields: one description that validates input, documents itself as JSON Schema and draws a form.

Settings of a service, the `context` a kiosk sends and the answers a scan asks for are all lists of `Field`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from marshmallow import RAISE, Schema, fields, validate

from citizen_app.text import Language, Text

FieldType = Literal["string", "integer", "boolean"]
EXACT = 2**53 - 1
"""Up to here either way every reader of JSON has the same whole number (RFC 8259 §6)."""


@dataclass(frozen=True, slots=True)
class Field:
    """One declared value. `choices` pairs each allowed value with its words; `maximum` of a string is its
    length.

    Of the context of a scan: what is asked `each_scan` stands on the kiosk's page, the rest is set once,
    behind the kiosk's PIN. One that is `listed` is chosen from what the hook `choices_for` gives, for the
    values of the fields it `depends_on`.

    Without bounds of its own a string has at most 200 characters, an integer lies within ±`EXACT`.
    """

    name: str
    type: FieldType
    title: Text
    required: bool = True
    default: Any = None
    choices: tuple[tuple[str, Text], ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    each_scan: bool = False
    listed: bool = False
    depends_on: tuple[str, ...] = ()

    def as_marshmallow(self) -> fields.Field[Any]:
        """The validating field."""
        options: dict[str, Any] = (
            {"required": True} if self.required else {"load_default": self.default, "allow_none": True}
        )
        options["metadata"] = {"label": self.title, "titles": dict(self.choices)}
        if self.type == "boolean":
            return fields.Boolean(**options)
        if self.type == "integer":
            return fields.Integer(strict=True, validate=validate.Range(*self._range()), **options)
        checks: list[Any] = [
            validate.Length(min=self.minimum if self.minimum is not None else 1, max=self.maximum or 200)
        ]
        if self.choices:
            checks.append(validate.OneOf([value for value, _ in self.choices]))
        return fields.String(validate=checks, **options)

    def as_json_schema(self, language: Language) -> dict[str, Any]:
        """The property in a JSON Schema, titled in one language."""
        schema: dict[str, Any] = {"type": self.type, "title": self.title.say(language)}
        if self.choices:
            schema["oneOf"] = [
                {"const": value, "title": words.say(language)} for value, words in self.choices
            ]
        if self.type == "integer":
            schema["minimum"], schema["maximum"] = self._range()
        if self.type == "string":
            schema["maxLength"] = self.maximum or 200
        if self.default is not None:
            schema["default"] = self.default
        return schema

    def _range(self) -> tuple[int, int]:
        return (
            -EXACT if self.minimum is None else self.minimum,
            EXACT if self.maximum is None else self.maximum,
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain data in both languages, from which `from_dict` builds the field again."""
        return {
            "name": self.name,
            "type": self.type,
            "title": self.title.as_dict(),
            "required": self.required,
            "default": self.default,
            "choices": [[value, words.as_dict()] for value, words in self.choices],
            "minimum": self.minimum,
            "maximum": self.maximum,
            "each_scan": self.each_scan,
            "listed": self.listed,
            "depends_on": list(self.depends_on),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Field:
        """Back from `as_dict`."""
        choices = tuple((value, Text.from_dict(words)) for value, words in stored["choices"])
        depends_on = tuple(stored.get("depends_on", ()))
        title = Text.from_dict(stored["title"])
        return cls(**{**stored, "title": title, "choices": choices, "depends_on": depends_on})


@lru_cache(maxsize=512)
def schema_of(declared: tuple[Field, ...]) -> Schema:
    """A marshmallow schema for the fields; unknown fields are refused."""
    made: type[Schema] = Schema.from_dict(
        {f.name: f.as_marshmallow() for f in declared}, name="DeclaredFields"
    )
    return made(unknown=RAISE)


def load_fields(declared: Sequence[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """Validated values with defaults filled in. Raises marshmallow's `ValidationError`."""
    loaded: dict[str, Any] = schema_of(tuple(declared)).load(values)
    return loaded


def json_schema_of(declared: Sequence[Field], language: Language) -> dict[str, Any]:
    """The fields as a JSON Schema object (2020-12)."""
    return {
        "type": "object",
        "properties": {f.name: f.as_json_schema(language) for f in declared},
        "required": [f.name for f in declared if f.required],
        "additionalProperties": False,
    }
