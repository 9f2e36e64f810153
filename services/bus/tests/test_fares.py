"""What a boarding costs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.bus.manifest import SERVICE
from services.bus.operations.fares import FARE_CLASSES, Fare, best_fare, fare_for, percent_setting

DEFAULTS = {setting.name: setting.default for setting in SERVICE.settings}


@pytest.mark.parametrize(
    ("fare_class", "amount"),
    [("adult", 200), ("student", 100), ("senior", 0), ("child", 0), ("disabled", 0), ("veteran", 0)],
)
def test_each_class_pays_its_share(fare_class: str, amount: int) -> None:
    assert fare_for(fare_class, DEFAULTS) == Fare(amount, "CNY", fare_class)


@pytest.mark.parametrize(
    ("held", "percents", "fare"),
    [
        ((), {}, Fare(200, "CNY", "adult")),
        (("resident",), {}, Fare(200, "CNY", "adult")),
        (("student", "veteran"), {}, Fare(0, "CNY", "veteran")),
        (("student", "veteran"), {"veteran_percent": 60}, Fare(100, "CNY", "student")),
        (
            ("senior", "age_65", "age_70"),
            {"senior_percent": 50, "age_70_percent": 0},
            Fare(0, "CNY", "age_70"),
        ),
        (("senior", "age_65"), {"senior_percent": 50, "age_70_percent": 0}, Fare(100, "CNY", "senior")),
        (("student", "disabled"), {"disabled_percent": 50}, Fare(100, "CNY", "student")),
        (("senior",), {"senior_percent": 100}, Fare(200, "CNY", "adult")),
        (("student",), {"adult_percent": 40}, Fare(80, "CNY", "adult")),
    ],
)
def test_the_best_fare_counts(held: tuple[str, ...], percents: dict[str, int], fare: Fare) -> None:
    assert best_fare(held.__contains__, {**DEFAULTS, **percents}) == fare


def test_nobody_is_asked_about_what_changes_nothing() -> None:
    asked: list[str] = []

    def is_senior(claim: str) -> bool:
        asked.append(claim)
        return claim == "senior"

    best_fare(is_senior, DEFAULTS)
    assert asked == ["child", "senior"], "neither a disability nor more years, once the ride is free"
    asked.clear()
    best_fare(is_senior, {**DEFAULTS, **{percent_setting(name): 100 for name in FARE_CLASSES}})
    assert asked == []


@given(st.sets(st.sampled_from(sorted(FARE_CLASSES))), st.lists(st.integers(0, 100), min_size=8, max_size=8))
def test_no_claim_that_a_rider_has_would_be_cheaper(held: set[str], percents: list[int]) -> None:
    settings = {**DEFAULTS, **{percent_setting(n): p for n, p in zip(FARE_CLASSES, percents, strict=True)}}
    every = [fare_for(name, settings).amount for name in {*held, "adult"}]
    assert best_fare(held.__contains__, settings).amount == min(every)


@pytest.mark.parametrize(
    ("base", "percent", "amount"), [(155, 50, 78), (149, 50, 75), (1, 49, 0), (1, 50, 1)]
)
def test_half_a_fen_is_rounded_up(base: int, percent: int, amount: int) -> None:
    assert fare_for("student", {**DEFAULTS, "base_fare": base, "student_percent": percent}).amount == amount


@given(st.integers(0, 100_000), st.integers(0, 100), st.sampled_from(sorted(FARE_CLASSES)))
def test_a_fare_lies_between_nothing_and_the_base_fare(base: int, percent: int, fare_class: str) -> None:
    amount = fare_for(
        fare_class, {**DEFAULTS, "base_fare": base, percent_setting(fare_class): percent}
    ).amount
    assert 0 <= amount <= base
    assert abs(amount * 100 - base * percent) <= 50


def test_an_amount_is_said_as_people_read_it() -> None:
    assert Fare(105, "CNY", "adult").words.as_dict() == {"zh": "1.05 元", "en": "¥1.05"}
    assert Fare(0, "CNY", "child").words.as_dict() == {"zh": "免费", "en": "Free"}
    assert Fare(250, "HKD", "adult").words.say("en") == "2.50 HKD"
