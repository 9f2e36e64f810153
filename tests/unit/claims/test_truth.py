"""What is true at a moment, against a naive model; ages by the city's calendar."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizen_app.citizens.traits import AgeBand, FareClass, age_band_on, packed_traits
from citizen_app.claims.catalogue import CLAIMS
from citizen_app.claims.traits import traits_of
from citizen_app.claims.truth import Known, Period, age_days, birthday, periods_in

CITY = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 9, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
TYPES = ("student", "resident", "senior", "child")


def at(hour: int) -> datetime:
    return START + hour * HOUR


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=CITY)


periods = st.builds(
    lambda name, first, length, carried: Period(
        name, at(first), None if length is None else at(first + length), carried
    ),
    st.sampled_from(TYPES),
    st.integers(0, 40),
    st.none() | st.integers(0, 20),
    st.booleans(),
)


@given(st.lists(periods, max_size=6), st.sampled_from(TYPES), st.integers(-5, 70))
def test_a_claim_is_true_in_its_hours_and_in_no_other(held: list[Period], name: str, hour: int) -> None:
    hours: set[int] = set()
    for period in held:
        if period.type == name:
            first = (period.valid_from - START) // HOUR
            last = 100 if period.valid_to is None else (period.valid_to - START) // HOUR
            hours.update(range(first, last))
    assert Known(held, None, CITY).has(name, at(hour)) is (hour in hours)


@given(st.dates(date(1900, 1, 1), date(2026, 12, 31)), st.dates(date(1950, 1, 1), date(2100, 12, 31)))
def test_ages_agree_with_the_age_band(born: date, day: date) -> None:
    known = Known((), born, CITY)
    band = age_band_on(day, born)
    has = {name: known.has(name, noon(day)) for name in CLAIMS}
    assert has["child"] is (band == AgeBand.UNDER_6)
    assert has["minor"] is (AgeBand.UNDER_6 <= band < AgeBand.FROM_18)
    assert has["senior"] is (band >= AgeBand.FROM_60)
    assert has["age_65"] is (band >= AgeBand.FROM_65)
    assert has["age_70"] is (band >= AgeBand.FROM_70)
    assert not any(has[name] for name in CLAIMS if not CLAIMS[name].by_age)


def test_an_age_begins_at_midnight_of_the_city() -> None:
    known = Known((), date(1966, 11, 28), CITY)
    midnight = datetime(2026, 11, 28, tzinfo=CITY)
    assert known.has("senior", midnight.astimezone(UTC))
    assert not known.has("senior", midnight - timedelta(microseconds=1))


def test_a_birthday_on_the_leap_day_counts_on_the_first_of_march() -> None:
    assert birthday(date(2008, 2, 29), 18) == date(2026, 3, 1)
    assert birthday(date(2008, 2, 29), 20) == date(2028, 2, 29)
    assert age_days(CLAIMS["child"], date(2020, 2, 29)) == (date(2020, 2, 29), date(2026, 3, 1))


@pytest.mark.parametrize(
    ("born", "carried", "expected"),
    [
        (None, False, True),
        (None, True, True),
        (date(1990, 1, 1), False, False),
        (date(1990, 1, 1), True, True),
    ],
)
def test_a_date_of_birth_decides_over_what_was_granted_but_not_over_what_was_carried_over(
    born: date | None, carried: bool, expected: bool
) -> None:
    known = Known([Period("senior", START, None, carried)], born, CITY)
    assert known.has("senior", at(1)) is expected


def test_a_claim_that_does_not_exist_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        Known((), None, CITY).has("astronaut", START)


def test_periods_are_read_as_either_database_writes_them() -> None:
    sqlite = [["student", "2026-09-01 00:00:00.000000", None, "staff"]]
    postgresql = [["student", "2026-09-01T08:00:00+08:00", "2026-09-01T10:30:00.5+08:00", "carried_over"]]
    assert periods_in(json.dumps(sqlite)) == [Period("student", START, None)]
    ends = START + 2.5 * HOUR + timedelta(milliseconds=500)
    assert periods_in(json.dumps(postgresql)) == [Period("student", START, ends, True)]
    assert periods_in(None) == periods_in("[]") == []


@pytest.mark.parametrize(
    ("held", "born", "fare", "band"),
    [
        ((), None, FareClass.ADULT, AgeBand.UNKNOWN),
        (("student",), date(2011, 9, 10), FareClass.STUDENT, AgeBand.FROM_14),
        (("student", "disabled"), date(1950, 1, 1), FareClass.DISABLED, AgeBand.FROM_70),
        (("senior", "age_65"), None, FareClass.SENIOR, AgeBand.FROM_65),
        ((), date(2024, 1, 1), FareClass.CHILD, AgeBand.UNDER_6),
        (("veteran",), None, FareClass.VETERAN, AgeBand.UNKNOWN),
    ],
)
def test_what_travels_in_a_code_is_computed_from_claims(
    held: tuple[str, ...], born: date | None, fare: FareClass, band: AgeBand
) -> None:
    known = Known([Period(name, START, None) for name in held], born, CITY)
    assert traits_of(known, noon(date(2026, 11, 28))) == packed_traits(fare, band)
