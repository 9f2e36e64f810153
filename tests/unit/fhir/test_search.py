"""What a search asks, read from the pairs of a query."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from citizen_app.fhir.declared import ResourceType
from citizen_app.fhir.search import Asked, Parameter, Search, Token, count_of, read_search, reference_of
from citizen_app.wire.inputs import StrictSchema
from citizen_app.wire.problems import Problem

ONE = "0190a7b0-0000-7000-8000-000000000001"
PARAMETERS = {
    name: Parameter(of, lambda asked, unit: (asked.name, list(asked.values), unit))
    for name, of in (
        ("_id", "token"),
        ("status", "token"),
        ("start", "date"),
        ("patient:identifier", "token"),
    )
}


def read(*pairs: tuple[str, str], strict: bool = False) -> Search:
    """A search by the parameters above."""
    return read_search(PARAMETERS, pairs, strict=strict)


def refused(*pairs: tuple[str, str], strict: bool = False) -> Problem:
    """The refusal of one."""
    with pytest.raises(Problem) as problem:
        read(*pairs, strict=strict)
    return problem.value


def test_names_are_and_commas_are_or() -> None:
    search = read(("status", "free,busy"), ("status", "a\\,b,,c"), ("start", ""), ("_count", "5"))
    assert search.conditions("H1") == [
        ("status", ["free", "busy"], "H1"),
        ("status", ["a,b", "c"], "H1"),
    ]
    assert search.applied == [("status", "free,busy"), ("status", "a\\,b,,c")]
    assert search.count == 5


def test_what_is_not_known_is_ignored_or_refused_as_the_caller_asks() -> None:
    assert read(("nonsense", "1"), ("_pretty", "true"), ("nonsense:exact", "1")).asked == []
    problem = refused(("nonsense", "1"), strict=True)
    assert (problem.more, problem.errors[0].pointer) == ({"issue_code": "not-supported"}, "?nonsense")
    assert read(("_pretty", "true"), strict=True).asked == []


def test_modifiers_are_those_that_are_declared() -> None:
    assert read(("patient:identifier", "x|1")).asked[0].tokens == [Token("x", "1")]
    assert refused(("status:not", "free")).more == {"issue_code": "not-supported"}


def test_too_many_conditions_cost_too_much() -> None:
    assert len(read(("status", ",".join("a" * 100))).asked[0].values) == 100
    assert refused(("status", ",".join("a" * 50)), ("_id", ",".join("b" * 51))).more == {
        "issue_code": "too-costly"
    }


def test_the_first_count_and_place_hold_and_every_include() -> None:
    place = f"2026-05-13T00:00:00+00:00~{ONE}"
    search = read(("_count", "7"), ("_count", "9"), ("_include", "a"), ("_include", "b"), ("_after", place))
    assert (search.count, search.includes) == (7, {"a", "b"})
    assert search.after == (datetime(2026, 5, 13, tzinfo=UTC), ONE)
    assert read(("_after", place.replace("+", " "))).after == search.after, "a plus that was not escaped"
    assert read(("_after", ONE)).after == (None, ONE)


@pytest.mark.parametrize("place", ["x", "1", f"2026-02-31T00:00:00+00:00~{ONE}", f"2026~{ONE}", f"{ONE}~"])
def test_a_place_is_one_that_a_page_gave(place: str) -> None:
    assert refused(("_after", place)).errors[0].pointer == "?_after"


@pytest.mark.parametrize(
    ("text", "count"), [(None, 20), ("", 20), ("0", 0), ("100", 100), ("999999999", 100)]
)
def test_how_many_to_a_page(text: str | None, count: int) -> None:
    assert count_of(text) == count


@pytest.mark.parametrize("text", ["-1", "1.5", "x", "２", "9" * 10])
def test_what_is_no_count(text: str) -> None:
    with pytest.raises(Problem):
        count_of(text)


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ("general", True),
        ("kind|general", True),
        ("kind|", True),
        ("|general", False),
        ("other|general", False),
        ("kind|other", False),
        ("", True),
    ],
)
def test_tokens_name_a_code_of_a_system(value: str, fits: bool) -> None:
    assert Token.of(value).names("kind", "general") is fits


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (f"Slot/{ONE}", ("Slot", ONE)),
        (ONE, ("", ONE)),
        (f"https://city.example/fhir/Slot/{ONE}/", ("Slot", ONE)),
        ("", ("", "")),
    ],
)
def test_references_by_address_or_id(value: str, meant: tuple[str, str]) -> None:
    assert reference_of(value) == meant


def test_only_ids_and_references_of_the_types_are_meant() -> None:
    asked = Asked("actor", [ONE, f"Slot/{ONE}", f"Patient/{ONE}", "Slot/1", "1", ONE.upper()])
    assert asked.references(["Slot"]) == [("", ONE), ("Slot", ONE)]
    assert asked.ids == [ONE]


def test_a_type_is_read_by_its_id() -> None:
    nothing: Any = None
    with pytest.raises(TypeError, match="_id"):
        ResourceType("Slot", StrictSchema, {}, nothing)
