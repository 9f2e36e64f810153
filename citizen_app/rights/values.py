"""Values of a copy as JSON and as cells of a sheet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from citizen_app.clock import rfc3339
from citizen_app.sheets.formulas import escape_formula
from citizen_app.text import Text


def as_json(value: Any) -> Any:
    """A value as JSON has it: moments as RFC 3339 in UTC, days as `2026-12-31`, a `Text` as `{"zh", "en"}`.
    Raises `TypeError` for what has no such form."""
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Text):
        return value.as_dict()
    if isinstance(value, Mapping):
        return {str(name): as_json(one) for name, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [as_json(one) for one in value]
    raise TypeError(f"a {type(value).__name__} cannot stand in a copy")


def as_cell(value: Any) -> str:
    """A JSON value as a cell: what is nested as JSON, a `Text` in Chinese, nothing where there is nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict) and value.keys() == {"zh", "en"}:
        return escape_formula(str(value["zh"]))
    if isinstance(value, (dict, list)):
        return escape_formula(json.dumps(value, ensure_ascii=False))
    return escape_formula(str(value))
