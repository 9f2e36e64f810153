"""Output fields: a schema dumps domain objects directly, with their texts in the caller's language and their
times as RFC 3339."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marshmallow import fields

from citizen_app.clock import rfc3339
from citizen_app.text import Text
from citizen_app.wire.language import caller_language


class TextOut(fields.String):
    """A `Text`, in the caller's language. `of` computes it from the dumped object; without it the attribute
    of that name is the text."""

    def __init__(self, of: Callable[[Any], Text | None] | None = None, **options: Any) -> None:
        super().__init__(required=options.pop("required", True), **options)
        self._of = of

    def get_value(self, obj: Any, attr: str, accessor: Any = None, default: Any = None) -> Any:
        """The text of an object."""
        return self._of(obj) if self._of is not None else super().get_value(obj, attr, accessor, default)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> str | None:
        return None if value is None else value.say(caller_language())


class MomentOut(fields.String):
    """An aware moment as RFC 3339 in UTC."""

    def __init__(self, *, metadata: dict[str, Any] | None = None, **options: Any) -> None:
        metadata = {"format": "date-time", **(metadata or {})}
        super().__init__(required=options.pop("required", True), metadata=metadata, **options)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> str | None:
        return None if value is None else rfc3339(value)
