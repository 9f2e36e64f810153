"""Dates of FHIR as the time that they mean, with their prefixes."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citizen_app.fhir import dates
from citizen_app.fhir.dates import begins, interval
from citizen_app.wire.problems import Problem

CITY = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 5, 13, 12, 0, tzinfo=CITY)


@pytest.fixture(autouse=True)
def city(monkeypatch: pytest.MonkeyPatch) -> None:
    """The city's time zone."""
    monkeypatch.setattr(dates, "current_settings", lambda: SimpleNamespace(timezone=CITY))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", (2026, 1, 1), (2027, 1, 1)),
        ("2026-12", (2026, 12, 1), (2027, 1, 1)),
        ("2026-02", (2026, 2, 1), (2026, 3, 1)),
        ("2028-02-29", (2028, 2, 29), (2028, 3, 1)),
        ("2026-05-13T12:00", (2026, 5, 13, 12, 0), (2026, 5, 13, 12, 1)),
        ("2026-05-13T12:00:30", (2026, 5, 13, 12, 0, 30), (2026, 5, 13, 12, 0, 31)),
        ("2026-05-13T12:00:30.25+08:00", (2026, 5, 13, 12, 0, 30), (2026, 5, 13, 12, 0, 31)),
        ("2026-05-13T04:00:00Z", (2026, 5, 13, 12, 0), (2026, 5, 13, 12, 0, 1)),
        ("2026-05-13T12:00:00 08:00", (2026, 5, 13, 12, 0), (2026, 5, 13, 12, 0, 1)),  # a plus, unescaped
    ],
)
def test_a_date_is_as_long_as_it_is_exact(text: str, first: tuple[int, ...], last: tuple[int, ...]) -> None:
    assert interval(text, "?date") == (datetime(*first, tzinfo=CITY), datetime(*last, tzinfo=CITY))  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-02-29",
        "2026-13",
        "20260513",
        "2026-05-13T25:00",
        "2026-05-13T12",
        "9999-12-31",
        "２０２６",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(Problem) as refused:
        interval(text, "/start")
    assert [one.pointer for one in refused.value.errors] == ["/start"]


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ("2026-05-13", True),
        ("eq2026-05-13T12:00", True),
        ("eq2026-05-13T11:59", False),
        ("ge2026-05-13", True),
        ("gt2026-05-13", False),
        ("gt2026-05-12", True),
        ("le2026-05-13", True),
        ("lt2026-05-13", False),
        ("lt2026-05-14", True),
        ("le2026-05-12", False),
    ],
)
def test_prefixes_compare_with_the_whole_time_of_a_date(value: str, fits: bool) -> None:
    assert begins(NOON, value, "date") is fits


@pytest.mark.parametrize("prefix", ["ne", "sa", "eb", "ap"])
def test_prefixes_that_are_not_done_are_named(prefix: str) -> None:
    with pytest.raises(Problem) as refused:
        begins(NOON, f"{prefix}2026-05-13", "start")
    assert refused.value.more == {"issue_code": "not-supported"}
    assert prefix in refused.value.errors[0].say("en")


def test_what_is_no_prefix_makes_no_date() -> None:
    with pytest.raises(Problem) as refused:
        begins(NOON, "xx2026-05-13", "start")
    assert (refused.value.more, refused.value.errors[0].pointer) == ({}, "?start")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)), st.sampled_from([4, 7, 10, 16, 19]))
def test_a_moment_is_within_itself_however_it_is_cut(moment: datetime, length: int) -> None:
    first, last = interval(moment.isoformat()[:length], "?date")
    assert first <= moment.replace(tzinfo=CITY) < last
    assert last - first <= timedelta(days=366)
