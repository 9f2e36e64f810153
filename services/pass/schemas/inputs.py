"""What comes in, strictly."""

from __future__ import annotations

import re
from typing import Any, Final

from marshmallow import ValidationError

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.web import RAISE, Schema, fields, validate

UNSEEN: Final = (
    r"\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
)
"""Controls, and what changes how a line reads without being seen."""
LINE: Final = f"[^{UNSEEN}]*"
LINE_WITH_WORDS: Final = f"[^{UNSEEN}]*[^{UNSEEN}\\s][^{UNSEEN}]*"
ID_PATTERN: Final = "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
MOMENT: Final = {"format": "date-time"}


class Words(fields.String):
    """One line of visible text, trimmed; `may_be_empty` takes nothing for an answer."""

    def __init__(self, longest: int, *, may_be_empty: bool = False, **options: Any) -> None:
        pattern = LINE if may_be_empty else LINE_WITH_WORDS
        metadata = {"pattern": f"^{pattern}$", **options.pop("metadata", {})}
        length = validate.Length(min=None if may_be_empty else 1, max=longest)
        super().__init__(validate=length, metadata=metadata, **options)
        self._pattern = re.compile(pattern)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        text = super()._deserialize(value, attr, data, **options)
        if not self._pattern.fullmatch(text):
            raise ValidationError("write one line of visible text")
        return text.strip()


class Uuid(fields.String):
    """A UUIDv7 in lower case."""

    def __init__(self, **options: Any) -> None:
        metadata = {"format": "uuid", **options.pop("metadata", {})}
        super().__init__(
            validate=validate.Regexp(ID_PATTERN, error="a UUIDv7 in lower case"), metadata=metadata, **options
        )


class Whole(fields.Integer):
    """A whole number: 3 and 3.0 are one number in JSON, 3.5 and "3" are none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        whole = isinstance(value, int | float) and not isinstance(value, bool) and value == int(value)
        if not whole:
            raise self.make_error("invalid", input=value)
        return int(value)


class YesNo(fields.Boolean):
    """true or false and nothing like them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


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
