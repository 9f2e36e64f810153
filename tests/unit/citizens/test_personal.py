"""Masks and phone numbers."""

from __future__ import annotations

import pytest

from citizen_app.citizens.personal import (
    PhoneRefused,
    masked_id_number,
    masked_name,
    masked_phone,
    normalised_phone,
)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张", "*"),
        ("张三", "张*"),
        ("张小三", "张*三"),
        ("欧阳小明", "欧**明"),
        ("阿依古丽·买买提江", "阿****江"),
    ],
)
def test_names_show_at_most_their_ends(name: str, masked: str) -> None:
    assert masked_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("+8613800131234", "138****1234"), ("+85251234567", "+852****567"), ("+14155552671", "+1****671")],
)
def test_phones_show_their_beginning_and_end(phone: str, masked: str) -> None:
    assert masked_phone(phone) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("110105199003071234", "110***********1234"),
        ("11010519900307123X", "110***********123X"),
        ("830000199", "*****0199"),
        ("E1234567", "********"),
    ],
)
def test_identity_numbers_show_little(number: str, masked: str) -> None:
    assert masked_id_number(number) == masked


@pytest.mark.parametrize(
    "written",
    [
        "13800138000",
        "138 0013 8000",
        "+86 138-0013-8000",
        "008613800138000",
        "１３８００１３８０００",
    ],
)
def test_one_phone_has_one_form(written: str) -> None:
    assert normalised_phone(written) == "+8613800138000"


def test_a_number_with_country_code_keeps_its_country() -> None:
    assert normalised_phone("+852 5123 4567") == "+85251234567"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "八",
        "1380013800",
        "010-12345678",
        "13800138000 ext 5",
        "+8613800138000;ext=2",
        "1" * 300,
        "\ud800",
    ],
)
def test_what_is_not_a_mobile_number_is_refused(written: str) -> None:
    with pytest.raises(PhoneRefused):
        normalised_phone(written)
