"""The JSON that we write: what Python's own would write, in the shortest form, for whatever Python's own can
write."""

from __future__ import annotations

import json
from enum import IntEnum, StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizen_app.text import Text
from citizen_app.wire.json_text import canonical_json, read_json, write_json

texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner) | st.tuples(inner, inner),
    max_leaves=20,
)


class Level(IntEnum):
    HIGH = 3


class Word(StrEnum):
    YES = "yes"


@given(values)
def test_what_is_written_is_read_again_by_anybody(value: Any) -> None:
    written = write_json(value)
    plain = json.loads(json.dumps(value))
    assert json.loads(written) == plain
    assert "\n" not in written


@given(st.dictionaries(texts, values))
def test_one_order_for_any_order(members: dict[str, Any]) -> None:
    backwards = dict(reversed(members.items()))
    assert canonical_json([members]) == canonical_json([backwards])
    assert canonical_json([members]) != canonical_json([members, None])


@given(texts)
def test_texts_stay_as_they_are(text: str) -> None:
    assert read_json(write_json({text: text})) == {text: text}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"字": "😀", "a": [1, None, True]}, '{"字":"😀","a":[1,null,true]}'),
        ({200: "ok"}, '{"200":"ok"}'),
        (2**70, "1180591620717411303424"),
        (Text("好", "good"), '{"zh":"好","en":"good"}'),
        ([2**70, Text("好", "good")], '[1180591620717411303424,{"zh":"好","en":"good"}]'),
        ([Level.HIGH, Word.YES], '[3,"yes"]'),
    ],
)
def test_forms(value: Any, text: str) -> None:
    assert write_json(value) == text


def test_what_json_does_not_know_is_refused_or_explained() -> None:
    with pytest.raises(TypeError):
        write_json({"a": {1, 2}})
    assert write_json({"a": {1}}, sorted) == '{"a":[1]}'
    with pytest.raises(ValueError, match="JSON"):
        write_json({2: float("nan")})
