"""Dates of FHIR: each means a time, from and before, as exact as it is written
(https://hl7.org/fhir/R4/search.html#date)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from citizen_app.fhir.outcomes import unsupported
from citizen_app.settings import current_settings
from citizen_app.text import Text
from citizen_app.wire.problems import invalid_input

NO_SUCH_PREFIX: Final = Text("不支持前缀 {name}。", "The prefix {name} is not supported.")
NOT_A_DATE: Final = Text("不是 FHIR 日期", "not a date of FHIR")
OTHER_PREFIXES: Final = frozenset({"ne", "sa", "eb", "ap"})
_DATE: Final = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(Z|[+ -]\d{2}:\d{2})?)?)?)?",
    re.ASCII,
)


def interval(text: str, pointer: str) -> tuple[datetime, datetime]:
    """The time that a date means, in the city's zone where it says none: from, and before. Raises a 422."""
    found = _DATE.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        year, month, day, hour, minute, second, zone = found.groups()
        if hour is None:
            first = date(int(year), int(month or 1), int(day or 1))
            last = first + timedelta(days=1) if day else _next(first, months=1 if month else 12)
            return _midnight(first), _midnight(last)
        offset = (zone or "").replace("Z", "+00:00").replace(" ", "+")
        start = datetime.fromisoformat(f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}{offset}")
        start = start if offset else start.replace(tzinfo=current_settings().timezone)
        return start, start + (timedelta(seconds=1) if second else timedelta(minutes=1))
    except (ValueError, OverflowError) as wrong:
        raise invalid_input(pointer, NOT_A_DATE) from wrong


def begins(column: Any, value: str, name: str) -> Any:
    """The condition that a column of moments fits a date with its prefix, `ge2026-05-13`; `name` is the
    search parameter. Raises a 422."""
    prefix, rest = (value[:2], value[2:]) if value[:2].isalpha() else ("eq", value)
    if prefix in OTHER_PREFIXES:
        raise unsupported(f"?{name}", NO_SUCH_PREFIX, prefix)
    first, last = interval(rest, f"?{name}")
    found: Mapping[str, Any] = {
        "eq": (column >= first) & (column < last),
        "ge": column >= first,
        "gt": column >= last,
        "le": column < last,
        "lt": column < first,
    }
    if prefix not in found:
        raise invalid_input(f"?{name}", NOT_A_DATE)
    return found[prefix]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=current_settings().timezone)


def _next(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)
