"""Rows judged by the schema that the API uses: one truth for a form, a request and a list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError

from citizen_app.sheets.reading import RowRefused
from citizen_app.text import Text
from citizen_app.wire.faults import translated


def judged(schema: Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a schema makes of a row's values. Raises `RowRefused` with its first fault."""
    try:
        found: dict[str, Any] = schema.load(values)
    except ValidationError as refused:
        column, messages = next(iter(refused.messages_dict.items()))
        message = messages[0] if isinstance(messages, list) else str(messages)
        raise RowRefused(str(column), Text(translated(message, "zh"), translated(message, "en"))) from refused
    return found
