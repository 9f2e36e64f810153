"""Texts in one form, Chinese as pinyin, pinyin as syllables, English as stems."""

from __future__ import annotations

import pytest

from citizen_app.searching.spelling import initials, normalised, pinyin, splits
from citizen_app.searching.stemming import stem
from citizen_app.searching.typed import Typed


def test_one_form_for_widths_cases_and_numbers() -> None:
    assert normalised("Ｂｕｓ 12 路 LÜ’s") == "bus # 路 lv's"


@pytest.mark.parametrize(
    ("word", "ways"),
    [
        ("fangke", [("fang", "ke")]),
        ("xian", [("xian",), ("xi", "an")]),
        ("lvse", [("lv", "se")]),
        ("invite", []),
        ("bus", []),
        ("g", []),
        ("a" * 60, []),
        ("zhuangzhuang" * 3, [("zhuang",) * 6]),
    ],
)
def test_pinyin_is_split_into_syllables(word: str, ways: list[tuple[str, ...]]) -> None:
    found = list(splits(word))
    assert found[: len(ways)] == ways
    assert bool(found) == bool(ways)


def test_many_ways_to_split_stay_few_and_quick() -> None:
    assert len(splits("xianxianxianxianxianxianxianxianxianxian")) == 3
    assert splits("anananananananananananananananananananag") == ()


def test_chinese_is_spelt() -> None:
    assert pinyin("银行") == ("yin", "hang")
    assert pinyin("绿") == ("lv",)
    assert initials("公交线路") == "gjxl"


@pytest.mark.parametrize(
    "words",
    [
        ("invite", "invited", "inviting", "invites"),
        ("stop", "stopped", "stopping", "stops"),
        ("library", "libraries"),
        ("bus", "buses"),
        ("charge", "charged", "charging"),
        ("address", "addresses"),
    ],
)
def test_forms_of_a_word_have_one_stem(words: tuple[str, ...]) -> None:
    assert len(set(map(stem, words))) == 1


def test_different_words_have_different_stems() -> None:
    words = ("bus", "busy", "fare", "far", "code", "cod", "child", "king", "red", "pass", "place", "plate")
    assert len(set(map(stem, words))) == len(words)


def test_typed_words_are_found_in_part() -> None:
    pool = Typed.of("游泳馆 Swimming pool", "凭码入场 Enter by code pool")
    assert [pool.rank(word) for word in ("游泳", "swim", "入场", "youyong", "yyg", "gongjiao")] == [
        0, 0, 1, 2, 3, None,
    ]  # fmt: skip
    assert pool.rank("游泳 gongjiao") is None, "every word is to be there"
