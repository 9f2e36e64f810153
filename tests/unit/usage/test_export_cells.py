"""Cells of a file: no text is ever taken for a formula."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizen_app.usage.export import FORMULA_STARTS, neutralised


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_formula_becomes_text(start: str) -> None:
    assert (
        neutralised(f'{start}HYPERLINK("https://example.org")')
        == f'\'{start}HYPERLINK("https://example.org")'
    )


@given(st.text())
def test_no_text_begins_like_a_formula_and_the_rest_stays(text: str) -> None:
    assert not neutralised(text).startswith(FORMULA_STARTS)
    assert neutralised(text).endswith(text)


@pytest.mark.parametrize("text", ["", "人民广场", "12 路", "a=b"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert neutralised(text) == text
