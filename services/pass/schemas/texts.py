"""Words that people write."""

from __future__ import annotations

import unicodedata
from typing import Any, Final

from marshmallow import ValidationError

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.web import RAISE, Schema, fields, validate

INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of Unicode that change how a line reads without being seen."""
ID_PATTERN: Final = "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
MOMENT: Final = {"format": "date-time"}


class Words(fields.String):
    """One line of text, trimmed; with `least` 0 it may be empty."""

    def __init__(self, longest: int, least: int = 1, **options: Any) -> None:
        super().__init__(validate=validate.Length(min=least, max=longest), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        text = super()._deserialize(value, attr, data, **options).strip()
        if any(unicodedata.category(letter) in INVISIBLE for letter in text):
            raise ValidationError("one line of visible text")
        return text


class Uuid(fields.String):
    """A UUIDv7 in lower case."""

    def __init__(self, **options: Any) -> None:
        metadata = {"format": "uuid", **options.pop("metadata", {})}
        super().__init__(
            validate=validate.Regexp(ID_PATTERN, error="a UUIDv7 in lower case"), metadata=metadata, **options
        )


class StrictSchema(Schema):
    """Unknown fields are refused."""

    class Meta:
        unknown = RAISE


class NameSchema(StrictSchema):
    """A name in both languages."""

    zh = Words(80, required=True)
    en = Words(160, required=True)


def text_of(loaded: dict[str, str]) -> Text:
    """A loaded `NameSchema` as text."""
    return Text(**loaded)
