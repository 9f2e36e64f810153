"""The catalogue of errors."""

from __future__ import annotations

import re

import pytest

from citizen_app.wire.problem_types import BY_STATUS, TYPES
from citizen_app.wire.problems import InputError, Problem, errors_from_messages


def test_every_status_has_words_in_both_languages() -> None:
    for slug, kind in TYPES.items():
        assert re.fullmatch(r"[a-z][a-z-]+", slug)
        assert 400 <= kind.status < 600
        assert kind.title.zh != kind.title.en
    assert set(BY_STATUS.values()) <= set(TYPES)
    assert all(TYPES[slug].status in (status, 400) for status, slug in BY_STATUS.items())


def test_a_document_says_everything_a_person_can_act_on() -> None:
    problem = Problem("invalid-input", errors=[InputError("/phone", "not a phone")])
    assert problem.as_document("en", "abc") == {
        "type": "/problems/invalid-input",
        "title": "Invalid input",
        "status": 422,
        "detail": "Correct the fields listed under errors.",
        "request_id": "abc",
        "errors": [{"pointer": "/phone", "message": "not a phone"}],
    }


def test_an_unknown_slug_cannot_be_raised() -> None:
    with pytest.raises(KeyError):
        Problem("something-else")


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ({"a": ["x"]}, [("/a", "x")]),
        ({"a": {"0": {"b": ["x", "y"]}}}, [("/a/0/b", "x"), ("/a/0/b", "y")]),
        ({"_schema": ["x"]}, [("/", "x")]),
        ({"a/b~": ["x"]}, [("/a~1b~0", "x")]),
        ("x", [("/", "x")]),
    ],
)
def test_messages_become_pointers(messages: object, expected: list[tuple[str, str]]) -> None:
    assert [(e.pointer, e.message) for e in errors_from_messages(messages)] == expected
