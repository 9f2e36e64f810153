"""Timestamps at the boundary: RFC 3339 with an offset in, RFC 3339 in UTC out, between 1970 and 2200."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Final

from marshmallow import fields

from citizen_app.clock import rfc3339
from citizen_app.text import Text
from citizen_app.wire.faults import Refused

EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
RFC3339: Final = re.compile(
    r"^(19[7-9]|2[01][0-9])[0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?"
    r"(Z|[+-][0-2][0-9]:[0-5][0-9])$"
)


NOT_RFC3339: Final = Text(
    "请按 RFC 3339 写，带时区偏移：2026-11-22T08:00:00Z",
    "write it as RFC 3339 has it, with an offset: 2026-11-22T08:00:00Z",
)
OUT_OF_TIME: Final = Text("应在 1970 年到 2200 年之间", "must lie between the years 1970 and 2200")


class Moment(fields.AwareDateTime):
    """An aware moment between the years 1970 and 2200, in UTC inside."""

    def __init__(self, *, metadata: dict[str, Any] | None = None, **options: Any) -> None:
        super().__init__(format="iso", metadata={"pattern": RFC3339.pattern, **(metadata or {})}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str) or not RFC3339.fullmatch(value):
            raise Refused(NOT_RFC3339)
        try:
            moment = super()._deserialize(value, attr, data, **kwargs).astimezone(UTC)
        except OverflowError as error:
            raise Refused(OUT_OF_TIME) from error
        if not EARLIEST <= moment < LATEST:
            raise Refused(OUT_OF_TIME)
        return moment

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else rfc3339(value)
