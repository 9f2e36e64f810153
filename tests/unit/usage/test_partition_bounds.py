"""Ranges of ids are ranges of time."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizen_app.ids import first_id_at, new_id
from citizen_app.usage.partitions import Month, month_bounds

moments = st.datetimes(datetime(2020, 1, 1), datetime(2200, 1, 1)).map(
    lambda naive: naive.replace(tzinfo=UTC)
)


def id_of(moment: datetime, rest: int) -> str:
    milliseconds = int((moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))
    return str(uuid.UUID(int=milliseconds << 80 | 7 << 76 | (rest >> 62) << 64 | 2 << 62 | rest % (1 << 62)))


@given(moments, st.integers(0, (1 << 74) - 1))
def test_every_id_of_a_moment_lies_in_the_month_of_that_moment(moment: datetime, rest: int) -> None:
    low, high = month_bounds(moment.year, moment.month)
    assert low <= id_of(moment, rest) < high


@given(moments, st.integers(0, (1 << 74) - 1))
def test_an_id_is_not_below_the_first_id_of_its_moment_and_below_that_of_the_next(
    moment: datetime, rest: int
) -> None:
    assert first_id_at(moment) <= id_of(moment, rest) < first_id_at(moment + timedelta(milliseconds=1))


@given(moments)
def test_months_follow_each_other_without_gap(moment: datetime) -> None:
    month = Month.of(moment)
    assert month.bounds[1] == month.after(1).bounds[0]
    assert month.after(12) == Month(month.year + 1, month.month)


def test_ids_made_now_lie_in_this_month() -> None:
    month = Month.of(datetime.now(UTC))
    assert month.bounds[0] <= new_id() < month.after(1).bounds[1]


@pytest.mark.parametrize(
    ("year", "month", "name"), [(2026, 11, "usage_events_2026_11"), (2027, 1, "usage_events_2027_01")]
)
def test_known_months(year: int, month: int, name: str) -> None:
    assert Month(year, month).name == name
    milliseconds = int(datetime(year, month, 1, tzinfo=UTC).timestamp() * 1000)
    assert int(month_bounds(year, month)[0].replace("-", "")[:12], 16) == milliseconds
