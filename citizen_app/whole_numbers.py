"""Whole numbers at the boundary, as JSON Schema has them: `7` and `7.0` are one number, `"7"` in a body is none."""

from __future__ import annotations

from typing import Any

from marshmallow import fields


class WholeNumber(fields.Integer):
    """A whole number in a JSON body."""

    def _validated(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value != int(value):
            raise self.make_error("invalid", input=value)
        return int(value)
