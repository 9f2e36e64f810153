"""Fields that services declare: each has bounds, stated or not, and its JSON Schema tells them."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from citizen_app.registry.fields import EXACT, Field, json_schema_of, load_fields
from citizen_app.text import Text

TITLE = Text("值", "Value")


@pytest.mark.parametrize(
    ("field", "bounds"),
    [
        (Field("value", "integer", TITLE), {"minimum": -EXACT, "maximum": EXACT}),
        (Field("value", "integer", TITLE, minimum=0), {"minimum": 0, "maximum": EXACT}),
        (Field("value", "integer", TITLE, minimum=-9, maximum=-3), {"minimum": -9, "maximum": -3}),
        (Field("value", "string", TITLE), {"maxLength": 200}),
        (Field("value", "string", TITLE, maximum=7), {"maxLength": 7}),
    ],
)
def test_a_value_within_the_bounds_is_taken_and_one_beyond_is_not(
    field: Field, bounds: dict[str, int]
) -> None:
    stated = json_schema_of([field], "en")["properties"]["value"]
    assert {name: stated[name] for name in bounds} == bounds
    for within in values(bounds, 0):
        assert load_fields([field], {"value": within}) == {"value": within}
    for beyond in values(bounds, 1):
        with pytest.raises(ValidationError):
            load_fields([field], {"value": beyond})


def values(bounds: dict[str, int], further: int) -> list[Any]:
    """Values that lie at the bounds, or further out."""
    if "maxLength" in bounds:
        return ["x" * (bounds["maxLength"] + further)]
    return [bounds["minimum"] - further, bounds["maximum"] + further]
