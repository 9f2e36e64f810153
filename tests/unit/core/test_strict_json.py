"""A NUL is no text; what only looks like the escape of one is."""

from __future__ import annotations

import pytest

from citizen_app.wire.strict_json import strict_loads


@pytest.mark.parametrize("text", [r'"\u0000"', r'"a\\\u0000"', r'{"\u0000": 1}', r'"\ud800"'])
def test_what_is_no_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"NUL|surrogates"):
        strict_loads(text)


@pytest.mark.parametrize("text", [r'"\\u0000"', r'"\\\\u0000"', r'"\u4e2d"'])
def test_what_only_looks_so_is_taken(text: str) -> None:
    assert isinstance(strict_loads(text), str)
