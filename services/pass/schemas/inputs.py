"""What comes in, strictly."""

from __future__ import annotations

import re
from typing import Any, Final

from citizen_app.toolkit.contract import UNSEEN, Text
from citizen_app.toolkit.web import Refused, StrictSchema, fields, validate

LINE: Final = f"[^{UNSEEN}]*"
LINE_WITH_WORDS: Final = f"[^{UNSEEN}]*[^{UNSEEN}\\s][^{UNSEEN}]*"
MASKED_NAME: Final = {"description": "Partly hidden."}
ONE_LINE: Final = Text("请写成一行可见的文字", "write one line of visible text")


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
            raise Refused(ONE_LINE)
        return text.strip()


class NameSchema(StrictSchema):
    """A name in both languages."""

    zh = Words(80, required=True)
    en = Words(160, required=True)


def text_of(loaded: dict[str, str]) -> Text:
    """A loaded `NameSchema` as text."""
    return Text(**loaded)
