"""What comes in: whole numbers, yes or no, ids that callers made."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError, fields, validate

from citizen_app.wire.inputs import ClientGeneratedId, Members, StrictBoolean, StrictInteger


@pytest.mark.parametrize(
    ("field", "value", "read"),
    [
        (StrictInteger(), 7, 7),
        (StrictInteger(), 7.0, 7),
        (StrictInteger(), -(2**80), -(2**80)),
        (StrictInteger(), 10**400, 10**400),
        (StrictInteger(), 1e15, 10**15),
        (StrictBoolean(), False, False),
        (Members(2), {"a": [1], "b" * 40: None}, {"a": [1], "b" * 40: None}),
        (ClientGeneratedId(), "C4B9F0C2-6F9C-7B6E-8A8A-111111111111", "c4b9f0c2-6f9c-7b6e-8a8a-111111111111"),
    ],
)
def test_what_is_taken(field: fields.Field[Any], value: Any, read: Any) -> None:
    assert field.deserialize(value) == read


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *((StrictInteger(), value) for value in (7.5, "7", True, float("inf"), float("nan"), [], None)),
        (StrictInteger(validate=validate.Range(max=5)), 10**400),
        *((Members(2), value) for value in ({"a": 1, "b": 2, "c": 3}, {"a" * 41: 1}, [], "a", None)),
        *((StrictBoolean(), value) for value in (0, 1, "true", "yes", None)),
        *((ClientGeneratedId(), value) for value in ("", "abc", "c4b9f0c26f9c7b6e8a8a111111111111", 7, "c4b9f0c2-6f9c-7b6e-8a8a-111111111111\n")),
    ],
)  # fmt: skip
def test_what_is_refused(field: fields.Field[Any], value: Any) -> None:
    with pytest.raises(ValidationError):
        field.deserialize(value)
