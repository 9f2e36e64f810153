"""What a search asks, by the rules of FHIR R4: a name several times is AND, commas are OR, dates carry
prefixes, codes their system. What the facade does not know is ignored, or refused where the caller says
`Prefer: handling=strict`; an unknown modifier or prefix is always refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from flask import request
from sqlalchemy import ColumnElement, and_, false, or_

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.time import city_zone
from citizen_app.toolkit.web import Problem, invalid_input
from services.hospital.routes.fhir.outcomes import unsupported

USUAL, MOST_COUNT, MOST_VALUES = 20, 100, 100
OF_ALL: Final = frozenset({"_format", "_pretty", "_count", "_after", "_include"})
NOT_KNOWN: Final = Text("不支持查询参数 {name}。", "The search parameter {name} is not supported.")
NO_SUCH_MODIFIER: Final = Text("不支持修饰符：{name}", "This modifier is not supported: {name}")
NO_SUCH_PREFIX: Final = Text("不支持前缀 {name}。", "The prefix {name} is not supported.")
NOT_A_DATE: Final = Text("不是 FHIR 日期", "not a date of FHIR")
NOT_A_COUNT: Final = Text("应为非负整数", "a whole number, not negative")
NOT_A_PLACE: Final = Text("不是上一页给出的位置", "not a place that a page before gave")
TOO_MANY: Final = Text("条件过多", "too many conditions")
_DATE: Final = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(Z|[+ -]\d{2}:\d{2})?)?)?)?",
    re.ASCII,
)
_UUID: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_AFTER: Final = re.compile(rf"(?:(\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?\+00:00)~)?({_UUID})", re.ASCII)
PREFIXES: Final = ("eq", "ge", "gt", "le", "lt")
OTHER_PREFIXES: Final = ("ne", "sa", "eb", "ap")


class Token(NamedTuple):
    """A code, of a system where one is said (`""`: of none)."""

    system: str | None
    code: str

    def names(self, system: str, code: str) -> bool:
        """Whether it means a code of a system."""
        return self.system in (None, system) and self.code in ("", code)


@dataclass(frozen=True, slots=True)
class Asked:
    """A search: values by parameter (all of the lists, one of each), how many, from where on."""

    values: Mapping[str, list[list[str]]] = field(default_factory=dict)
    count: int = USUAL
    after: tuple[datetime | None, str] | None = None
    includes: frozenset[str] = frozenset()
    applied: tuple[tuple[str, str], ...] = ()

    def tokens(self, *names: str) -> list[list[Token]]:
        """The values of parameters as tokens."""
        return [[_token(value) for value in values] for name in names for values in self.values.get(name, ())]

    @property
    def ids(self) -> list[list[str]]:
        """The values of `_id` that can be ids."""
        return [[one for one in values if is_id(one)] for values in self.values.get("_id", ())]

    def references(self, name: str, *kinds: str) -> list[list[tuple[str, str]]]:
        """The values of a parameter as references: type (`""`: any) and id; none of another type."""
        found = []
        for values in self.values.get(name, ()):
            parts = [reference_of(value) for value in values]
            found.append([part for part in parts if part[0] in ("", *kinds) and is_id(part[1])])
        return found


def read_search(parameters: Collection[str]) -> Asked:
    """The search of this request. Raises a 400 for what is no search."""
    pairs = list(request.args.items(multi=True))
    if request.method == "POST":
        pairs += list(request.form.items(multi=True))
    strict = "handling=strict" in request.headers.get("Prefer", "").replace(" ", "").lower()
    values: dict[str, list[list[str]]] = {}
    applied = []
    for name, value in pairs:
        if name in OF_ALL or not value:
            continue
        if name in parameters:
            values.setdefault(name, []).append(_split(value))
            applied.append((name, value))
        elif ":" in name and name.partition(":")[0] in parameters:
            raise unsupported(f"?{name}", NO_SUCH_MODIFIER, name)
        elif strict:
            raise unsupported(f"?{name}", NOT_KNOWN, name)
    if sum(len(one) for lists in values.values() for one in lists) > MOST_VALUES:
        raise Problem("bad-request", TOO_MANY, more={"issue_code": "too-costly"})
    given = dict(reversed(pairs))
    includes = frozenset(value for name, value in pairs if name == "_include")
    return Asked(values, count_of(given.get("_count")), _after(given.get("_after")), includes, tuple(applied))


def count_of(text: str | None) -> int:
    """How many to a page: 20, at most 100; 0 is the total alone. Raises a 400."""
    if not text:
        return USUAL
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise invalid_input("?_count", NOT_A_COUNT)
    return min(int(text), MOST_COUNT)


def is_id(text: str) -> bool:
    """Whether it can be an id of ours."""
    return re.fullmatch(_UUID, text, re.ASCII) is not None


def reference_of(value: str) -> tuple[str, str]:
    """`Slot/1`, a whole address of it, or the id alone, as type and id."""
    *_, kind, one = ["", *value.rstrip("/").split("/")]
    return kind, one


def moment_condition(column: Any, values: Iterable[list[str]], name: str) -> list[ColumnElement[bool]]:
    """When something begins. Raises a 400 for what is no date."""
    return [or_(*(_when(column, value, name) for value in one)) for one in values]


def interval(text: str, pointer: str) -> tuple[datetime, datetime]:
    """A date of FHIR as the time that it means: from, and before. Raises a 400."""
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
        start = start if offset else start.replace(tzinfo=city_zone())
        return start, start + (timedelta(seconds=1) if second else timedelta(minutes=1))
    except (ValueError, OverflowError) as wrong:
        raise invalid_input(pointer, NOT_A_DATE) from wrong


def every(conditions: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    """All of them; nothing to ask is true."""
    return and_(True, *conditions)


def one_of(column: Any, values: Iterable[Any]) -> ColumnElement[bool]:
    """The column is one of these; of none it is never."""
    found = list(values)
    return column.in_(found) if found else false()


def matching(tokens: list[Token], known: Iterable[Any], named: Callable[[Any], tuple[str, str]]) -> list[Any]:
    """Which of the known things the tokens name, each by its system and code."""
    return [thing for thing in known if any(token.names(*named(thing)) for token in tokens)]


def _when(column: Any, value: str, name: str) -> ColumnElement[bool]:
    prefix, rest = (value[:2], value[2:]) if value[:2].isalpha() else ("eq", value)
    if prefix in OTHER_PREFIXES:
        raise unsupported(f"?{name}", NO_SUCH_PREFIX, prefix)
    if prefix not in PREFIXES:
        raise invalid_input(f"?{name}", NOT_A_DATE)
    first, last = interval(rest, f"?{name}")
    found: Mapping[str, ColumnElement[bool]] = {
        "eq": (column >= first) & (column < last),
        "ge": column >= first,
        "gt": column >= last,
        "le": column < last,
        "lt": column < first,
    }
    return found[prefix]


def _after(text: str | None) -> tuple[datetime | None, str] | None:
    if not text:
        return None
    found = _AFTER.fullmatch(text.replace(" ", "+"))
    try:
        if found is None:
            raise ValueError
        return (datetime.fromisoformat(found[1]) if found[1] else None), found[2]
    except ValueError as wrong:
        raise invalid_input("?_after", NOT_A_PLACE) from wrong


def _split(value: str) -> list[str]:
    return [one.replace("\\,", ",") for one in re.split(r"(?<!\\),", value) if one]


def _token(value: str) -> Token:
    of, bar, code = value.partition("|")
    return Token(of, code) if bar else Token(None, value)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=city_zone())


def _next(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)
