"""Traits and their numbers, which are part of the code format."""

from __future__ import annotations

from datetime import date

import pytest

from citizen_app.citizens.traits import (
    AGE_BAND_TITLES,
    ASSURANCE_TITLES,
    FARE_CLASS_TITLES,
    AgeBand,
    AssuranceLevel,
    FareClass,
    age_band_on,
    packed_traits,
)


def test_packed_traits_keep_fare_class_and_age_band_apart() -> None:
    packed = {packed_traits(fare, band) for fare in FareClass for band in AgeBand}
    assert len(packed) == len(FareClass) * len(AgeBand)
    assert packed_traits(FareClass.SENIOR, AgeBand.FROM_70) == 0b111_0010
    assert max(packed) < 1 << 7


def test_a_trait_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="16"):
        packed_traits(16, AgeBand.UNKNOWN)


def test_every_trait_has_words() -> None:
    assert set(FARE_CLASS_TITLES) == set(FareClass)
    assert set(AGE_BAND_TITLES) == set(AgeBand)
    assert set(ASSURANCE_TITLES) == set(AssuranceLevel)


@pytest.mark.parametrize(
    ("born", "band"),
    [
        (date(2026, 11, 21), AgeBand.UNDER_6),
        (date(2020, 11, 22), AgeBand.UNDER_6),
        (date(2020, 11, 21), AgeBand.FROM_6),
        (date(2012, 11, 21), AgeBand.FROM_14),
        (date(2008, 11, 21), AgeBand.FROM_18),
        (date(1966, 11, 22), AgeBand.FROM_18),
        (date(1966, 11, 21), AgeBand.FROM_60),
        (date(1961, 11, 21), AgeBand.FROM_65),
        (date(1956, 11, 21), AgeBand.FROM_70),
        (date(2027, 1, 1), AgeBand.UNKNOWN),
    ],
)
def test_age_bands_change_on_the_birthday(born: date, band: AgeBand) -> None:
    assert age_band_on(date(2026, 11, 21), born) is band


def test_a_leap_day_birthday_counts_on_the_first_of_march() -> None:
    assert age_band_on(date(2026, 2, 28), date(2008, 2, 29)) is AgeBand.FROM_14
    assert age_band_on(date(2026, 3, 1), date(2008, 2, 29)) is AgeBand.FROM_18
