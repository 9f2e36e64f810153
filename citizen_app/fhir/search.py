"""What a search asks, by the rules of FHIR R4 (https://hl7.org/fhir/R4/search.html): a name several times is
AND, commas are OR, codes have a system. What the facade does not know is ignored, or refused where the caller
says `Prefer: handling=strict`; an unknown modifier or prefix is always refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from citizen_app.fhir.datatypes import MOST
from citizen_app.fhir.outcomes import unsupported
from citizen_app.text import Text
from citizen_app.wire.problems import Problem, invalid_input

USUAL, MOST_VALUES = 20, 100
OF_ALL: Final = frozenset({"_format", "_pretty", "_count", "_after", "_include"})
NOT_KNOWN: Final = Text("不支持查询参数 {name}。", "The search parameter {name} is not supported.")
NO_SUCH_MODIFIER: Final = Text("不支持修饰符：{name}", "This modifier is not supported: {name}")
NOT_A_COUNT: Final = Text("应为非负整数", "a whole number, not negative")
NOT_A_PLACE: Final = Text("不是上一页给出的位置", "not a place that a page before gave")
TOO_MANY: Final = Text("条件过多", "too many conditions")
_UUID: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_AFTER: Final = re.compile(rf"(?:(\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?\+00:00)~)?({_UUID})", re.ASCII)


class Token(NamedTuple):
    """A code, of a system where one is said (`""`: of none)."""

    system: str | None
    code: str

    @classmethod
    def of(cls, value: str) -> Token:
        """From `system|code`, or the code alone."""
        system, bar, code = value.partition("|")
        return cls(system, code) if bar else cls(None, value)

    def names(self, system: str, code: str) -> bool:
        """Whether it means a code of a system."""
        return self.system in (None, system) and self.code in ("", code)


class Asked(NamedTuple):
    """A search parameter with the values of which one is to fit."""

    name: str
    values: Sequence[str]

    @property
    def tokens(self) -> list[Token]:
        """The values as tokens."""
        return [Token.of(value) for value in self.values]

    @property
    def ids(self) -> list[str]:
        """The values that can be ids."""
        return [value for value in self.values if is_id(value)]

    def references(self, types: Iterable[str]) -> list[tuple[str, str]]:
        """The values as references: type (`""`: any) and id; none of another type."""
        known = ("", *types)
        return [(kind, one) for kind, one in map(reference_of, self.values) if kind in known and is_id(one)]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A search parameter: its type of FHIR, and the condition that it makes of what is asked for the caller's
    unit (None: for anyone)."""

    type: str
    condition: Callable[[Asked, str | None], Any]


def fitting(kind: str, fits: Callable[[Asked, Any], bool]) -> Parameter:
    """A search parameter over things in memory: whether one fits what is asked."""
    return Parameter(kind, lambda asked, unit: lambda one: fits(asked, one))


@dataclass(frozen=True, slots=True)
class Search:
    """A search by declared parameters: what is asked, all of it to hold; how many to a page, from where on,
    what comes along. `applied` is what was asked, as it was written."""

    parameters: Mapping[str, Parameter]
    asked: Sequence[Asked] = ()
    count: int = USUAL
    after: tuple[datetime | None, str] | None = None
    includes: frozenset[str] = frozenset()
    applied: Sequence[tuple[str, str]] = ()

    def conditions(self, unit: str | None) -> list[Any]:
        """What each parameter makes of what it is asked, for a unit."""
        return [self.parameters[one.name].condition(one, unit) for one in self.asked]


def read_search(
    parameters: Mapping[str, Parameter], pairs: Sequence[tuple[str, str]], *, strict: bool = False
) -> Search:
    """The search that pairs of a query or a form ask for. Raises a 400 or 422 for what is no search."""
    asked, applied = [], []
    for name, value in pairs:
        if name in OF_ALL or not value:
            continue
        if name in parameters:
            asked.append(Asked(name, _split(value)))
            applied.append((name, value))
        elif ":" in name and name.partition(":")[0] in parameters:
            raise unsupported(f"?{name}", NO_SUCH_MODIFIER, name)
        elif strict:
            raise unsupported(f"?{name}", NOT_KNOWN, name)
    if sum(len(one.values) for one in asked) > MOST_VALUES:
        raise Problem("bad-request", TOO_MANY, more={"issue_code": "too-costly"})
    given = dict(reversed(pairs))
    includes = frozenset(value for name, value in pairs if name == "_include")
    return Search(
        parameters, asked, count_of(given.get("_count")), _after(given.get("_after")), includes, applied
    )


def count_of(text: str | None) -> int:
    """How many to a page: 20, at most 100; 0 is the total alone. Raises a 422."""
    if not text:
        return USUAL
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise invalid_input("?_count", NOT_A_COUNT)
    return min(int(text), MOST)


def is_id(text: str) -> bool:
    """Whether it can be an id of ours, a UUID."""
    return re.fullmatch(_UUID, text, re.ASCII) is not None


def reference_of(value: str) -> tuple[str, str]:
    """`Slot/1`, a whole address of it, or the id alone, as type and id."""
    *_, kind, one = ["", *value.rstrip("/").split("/")]
    return kind, one


def _split(value: str) -> list[str]:
    return [one.replace("\\,", ",") for one in re.split(r"(?<!\\),", value) if one]


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
