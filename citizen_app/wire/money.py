"""Amounts of money as people type them."""

from __future__ import annotations

import re
from typing import Any, Final

from marshmallow import fields

from citizen_app.text import Text
from citizen_app.wire.faults import Refused

YUAN: Final = r"[0-9]{1,9}(\.[0-9]{1,2})?"
NOT_AN_AMOUNT: Final = Text("请填写金额，如 12.50", "Write an amount, such as 12.50")
FEN: Final = 100


class Yuan(fields.String):
    """An amount typed in 元 (`12`, `12.5`, `12.50`), loaded as whole 分; more than nothing."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        typed = super()._deserialize(value, attr, data, **options).strip().replace(",", "")
        if not re.fullmatch(YUAN, typed):
            raise Refused(NOT_AN_AMOUNT)
        whole, _, part = typed.partition(".")
        amount = int(whole) * FEN + int(part.ljust(2, "0") or 0)
        if not amount:
            raise Refused(NOT_AN_AMOUNT)
        return amount


def typed(amount: int) -> str:
    """An amount in 分 as `Yuan` takes it."""
    return f"{amount // FEN}.{amount % FEN:02}"
