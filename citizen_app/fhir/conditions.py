"""Search parameters over columns, and the conditions that they are made of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, false, or_

from citizen_app.fhir.dates import begins
from citizen_app.fhir.search import Asked, Parameter, Token

Condition = ColumnElement[bool]
Thing = TypeVar("Thing")


def ids(column: Any) -> Parameter:
    """`_id`."""
    return Parameter("token", lambda asked, unit: one_of(column, asked.ids))


def dates(column: Any) -> Parameter:
    """When something begins."""

    def condition(asked: Asked, unit: str | None) -> Condition:
        return any_of(begins(column, value, asked.name) for value in asked.values)

    return Parameter("date", condition)


def references(columns: Mapping[str, Any]) -> Parameter:
    """Which resource of a type a row refers to: the column by type. A bare id may be of each."""

    def condition(asked: Asked, unit: str | None) -> Condition:
        named = asked.references(columns)
        return any_of(columns[of] == one for kind, one in named for of in ([kind] if kind else columns))

    return Parameter("reference", condition)


def tokens(condition: Callable[[list[Token], str | None], Any]) -> Parameter:
    """Codes or identifiers, whose condition is made of tokens and the caller's unit."""
    return Parameter("token", lambda asked, unit: condition(asked.tokens, unit))


def codes(column: Any, system: str, known: Collection[str]) -> Parameter:
    """A column that has one of the known codes of a system."""
    return tokens(lambda named, unit: one_of(column, matching(named, known, lambda code: (system, code))))


def one_of(column: Any, values: Iterable[Any]) -> Condition:
    """The column is one of these; of none it is never."""
    found = list(values)
    return column.in_(found) if found else false()


def any_of(conditions: Iterable[Condition]) -> Condition:
    """One of these holds; of none it is never."""
    return or_(false(), *conditions)


def matching(
    named: Collection[Token], known: Iterable[Thing], called: Callable[[Thing], tuple[str, str]]
) -> list[Thing]:
    """Which of the known things the tokens name, each by its system and code."""
    return [thing for thing in known if any(token.names(*called(thing)) for token in named)]
