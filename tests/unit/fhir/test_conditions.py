"""Search parameters over columns, asked of a table."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Column, DateTime, MetaData, String, Table, create_engine, select

from citizen_app.fhir import dates as fhir_dates
from citizen_app.fhir.conditions import any_of, codes, dates, ids, one_of, references, tokens
from citizen_app.fhir.search import Asked, Parameter

A, B, C = (f"0190a7b0-0000-7000-8000-00000000000{number}" for number in "abc")
TABLE = Table(
    "doses",
    MetaData(),
    Column("id", String, primary_key=True),
    Column("patient", String),
    Column("nurse", String),
    Column("kind", String),
    Column("at", DateTime),
)
ROWS = [
    {"id": A, "patient": C, "nurse": B, "kind": "first", "at": datetime(2026, 5, 13, 8)},
    {"id": B, "patient": B, "nurse": A, "kind": "second", "at": datetime(2026, 5, 14, 8)},
    {"id": C, "patient": A, "nurse": A, "kind": "first", "at": datetime(2026, 6, 1, 8)},
]


def found(parameter: Parameter, *values: str, unit: str | None = None) -> str:
    """The rows that fit, by the last letters of their ids."""
    engine = create_engine("sqlite://")
    TABLE.metadata.create_all(engine)
    query = select(TABLE.c.id).where(parameter.condition(Asked("name", values), unit)).order_by(TABLE.c.id)
    with engine.connect() as connection:
        connection.execute(TABLE.insert(), ROWS)
        return "".join(one[-1] for one in connection.execute(query).scalars())


@pytest.fixture(autouse=True)
def city(monkeypatch: pytest.MonkeyPatch) -> None:
    """The city's time zone."""
    monkeypatch.setattr(fhir_dates, "current_settings", lambda: SimpleNamespace(timezone=UTC))


@pytest.mark.parametrize(
    ("parameter", "values", "rows"),
    [
        (ids(TABLE.c.id), [A, C], "ac"),
        (ids(TABLE.c.id), ["a", ""], ""),
        (ids(TABLE.c.id), [], ""),
        (dates(TABLE.c.at), ["2026-05"], "ab"),
        (dates(TABLE.c.at), ["2026-05-13", "gt2026-05"], "ac"),
        (dates(TABLE.c.at), [], ""),
        (references({"Patient": TABLE.c.patient}), [f"Patient/{A}", B], "bc"),
        (references({"Patient": TABLE.c.patient}), [f"Practitioner/{A}", "Patient/1"], ""),
        (references({"Patient": TABLE.c.patient, "Practitioner": TABLE.c.nurse}), [B], "ab"),
        (references({"Patient": TABLE.c.patient, "Practitioner": TABLE.c.nurse}), [f"Patient/{B}"], "b"),
        (codes(TABLE.c.kind, "urn:dose", ["first", "second"]), ["urn:dose|first"], "ac"),
        (codes(TABLE.c.kind, "urn:dose", ["first", "second"]), ["urn:dose|"], "abc"),
        (codes(TABLE.c.kind, "urn:dose", ["first", "second"]), ["other|first", "third"], ""),
    ],
)
def test_what_fits(parameter: Parameter, values: list[str], rows: str) -> None:
    assert found(parameter, *values) == rows


def test_a_condition_of_tokens_knows_the_caller_s_unit() -> None:
    def condition(named: Any, unit: str | None) -> Any:
        return one_of(TABLE.c.kind, [one.code for one in named if one.system == unit])

    assert found(tokens(condition), "H1|first", "H2|second", unit="H1") == "ac"
    assert found(tokens(condition), "H1|first", unit=None) == ""


def test_of_nothing_nothing_is_ever_true() -> None:
    assert str(any_of([])) == str(one_of(TABLE.c.kind, [])) == "false"
