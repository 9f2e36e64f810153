"""What a boarding costs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.bus.manifest import SERVICE
from services.bus.operations.fares import FARE_CLASSES, Fare, fare_for, percent_setting

DEFAULTS = {setting.name: setting.default for setting in SERVICE.settings}


@pytest.mark.parametrize(
    ("fare_class", "amount"),
    [("adult", 200), ("student", 100), ("senior", 0), ("child", 0), ("disabled", 0), ("veteran", 0)],
)
def test_each_class_pays_its_share(fare_class: str, amount: int) -> None:
    assert fare_for(fare_class, DEFAULTS) == Fare(amount, "CNY", fare_class)


def test_a_class_nobody_knows_here_pays_as_an_adult() -> None:
    assert fare_for("astronaut", DEFAULTS) == Fare(200, "CNY", "adult")


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
