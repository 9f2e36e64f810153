"""Single GTFS values."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.bus.operations.gtfs import fields
from services.bus.operations.gtfs.fields import FieldError


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("0:00:00", 0), ("6:05:04", 21904), ("06:05:04", 21904), ("25:35:00", 92100), ("100:00:00", 360000)],
)
def test_time_counts_seconds_past_midnight(value: str, seconds: int) -> None:
    assert fields.time(value) == seconds


@pytest.mark.parametrize(
    "value", ["6:00", "6:60:00", "6:00:60", "06:0:00", "-1:00:00", "６:00:00", "1000:00:00", "noon"]
)
def test_time_refuses_anything_else(value: str) -> None:
    with pytest.raises(FieldError) as caught:
        fields.time(value)
    assert caught.value.rule == "invalid_time"


@given(st.integers(0, 999 * 3600))
def test_time_reads_what_is_written(seconds: int) -> None:
    assert fields.time(f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}") == seconds


def test_day_reads_leap_days_and_refuses_impossible_ones() -> None:
    assert fields.day("20280229") == date(2028, 2, 29)
    for value in ("20260229", "2026-01-01", "20261301", "00000101"):
        with pytest.raises(FieldError, match="invalid_date"):
            fields.day(value)


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("1.0", "invalid_integer"),
        ("٣", "invalid_integer"),
        ("1" * 30, "invalid_integer"),
        ("-1", "number_out_of_range"),
    ],
)
def test_integer_says_what_is_wrong(value: str, rule: str) -> None:
    with pytest.raises(FieldError, match=rule):
        fields.integer()(value)


@pytest.mark.parametrize("value", ["nan", "inf", "1,5", "0x1", "1_0"])
def test_coordinates_are_plain_decimals(value: str) -> None:
    with pytest.raises(FieldError, match="invalid_float"):
        fields.latitude(value)


def test_coordinates_stay_on_earth() -> None:
    assert fields.latitude("-90") == -90.0
    assert fields.longitude("118.28") == 118.28
    with pytest.raises(FieldError, match="number_out_of_range"):
        fields.latitude("90.01")
    with pytest.raises(FieldError, match="number_out_of_range"):
        fields.longitude("-180.5")


def test_enum_takes_numbers_and_ranges_only() -> None:
    parse = fields.enum((0, 7), 11)
    assert [parse("0"), parse("7"), parse("11")] == [0, 7, 11]
    for value in ("8", "a", "-1"):
        with pytest.raises(FieldError) as caught:
            parse(value)
        assert caught.value.details == {"allowed": "0-7, 11"}


@pytest.mark.parametrize(
    "value", ["javascript:alert(1)", "bus.example", "ftp://bus.example", "https://a b", "https://"]
)
def test_url_is_a_link_to_the_web_and_nothing_else(value: str) -> None:
    with pytest.raises(FieldError, match="invalid_url"):
        fields.url(value)


def test_colour_language_timezone() -> None:
    assert fields.colour("ff00aa") == "FF00AA"
    assert fields.language("zh-Hans-CN") == "zh-Hans-CN"
    assert fields.timezone("Asia/Shanghai") == "Asia/Shanghai"
    for parse, value in (
        (fields.colour, "#ff00aa"),
        (fields.language, "中文"),
        (fields.timezone, "../etc/passwd"),
    ):
        with pytest.raises(FieldError):
            parse(value)


def test_texts_have_a_longest_length() -> None:
    assert fields.text("x" * 1000)
    with pytest.raises(FieldError, match="value_too_long"):
        fields.text("x" * 1001)


def test_an_identifier_of_any_length_stays_one_of_its_own() -> None:
    """At most 255 characters, which any index takes; read again it stays what it is."""
    assert fields.identifier("线" * 255) == "线" * 255
    long = [fields.identifier("线" * 60_000 + end) for end in ("a", "b")]
    assert long[0] != long[1]
    assert [len(one) for one in long] == [255, 255]
    assert [fields.identifier(one) for one in long] == long
    assert long[0].startswith("线线") and long[0] == fields.identifier("线" * 60_000 + "a")
