"""Names that are the same to a reader are the same to us, and no others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizen_app.identity.names import letters_of, same_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("张晓明", " 张 晓明 "),
        ("阿卜杜拉·买买提", "阿卜杜拉•买买提"),
        ("阿卜杜拉·买买提", "阿卜杜拉买买提"),
        ("ZHANG, XIAO-MING", "Zhang Xiaoming"),
        ("ＺＨＡＮＧ", "zhang"),
        ("José", "JOSE\u0301"),
        ("Strauß", "STRAUSS"),
    ],
)
def test_the_same_name_written_otherwise(one: str, other: str) -> None:
    assert same_name(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("张晓明", "张小明"), ("张晓明", "张晓"), ("José", "Jose"), ("", ""), ("·", "·"), ("张晓明", "")],
)
def test_another_name(one: str, other: str) -> None:
    assert not same_name(one, other)


@given(st.text(max_size=60))
def test_any_text_is_told_from_another_by_its_letters(name: str) -> None:
    assert same_name(name, name) == bool(letters_of(name))
    assert letters_of(letters_of(name)) == letters_of(name)
    assert same_name(f" {name}·", name) == bool(letters_of(name))
