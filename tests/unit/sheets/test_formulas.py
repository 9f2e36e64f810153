"""Cells of a file: no text is ever taken for a formula."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizen_app.sheets.formulas import escape_formula

SPACES = ["", " ", "  ", "\u3000", "\u00a0", "\n", "\u2028", "\ufeff", "\u200b", " \u202e\t"]
STARTS = ["=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫"]


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("start", STARTS)
def test_a_formula_becomes_text(start: str, space: str) -> None:
    formula = f'{space}{start}HYPERLINK("https://example.org")'
    assert escape_formula(formula) == "'" + formula


@pytest.mark.parametrize("text", ["\tHYPERLINK(1)", "\r=1"])
def test_what_may_end_a_cell_begins_none(text: str) -> None:
    assert escape_formula(text) == "'" + text


@given(st.text(st.sampled_from("= ＝\t\r\n＠-＋a1'\u200b\u3000")))
def test_no_text_begins_like_a_formula_and_the_rest_stays(text: str) -> None:
    written = escape_formula(text)
    assert written in (text, "'" + text)
    first = unicodedata.normalize("NFKC", written).strip("\u200b \n\t\r")[:1]
    assert first not in ("=", "+", "-", "@")


@pytest.mark.parametrize("text", ["", "人民广场", "12 路", "a=b", " 一=二", "3-2-1201", "（＝）"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert escape_formula(text) == text
