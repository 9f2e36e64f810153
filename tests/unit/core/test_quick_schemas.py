"""The quick way of a schema gives what marshmallow gives, for every input, and says the same about what is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError, fields, validate

from citizen_app.inputs import GivenId, WholeNumber
from citizen_app.quick_schemas import QuickSchema
from citizen_app.registry.fields import Field, schema_of
from citizen_app.scans.schemas import ScanRequestSchema
from citizen_app.text import Text

ID = "019ab1c2-7d3e-7f00-9b1a-2c3d4e5f6071"
WORDS = Text("词", "word")
DECLARED = (
    Field("vehicle", "string", WORDS, maximum=5),
    Field("line", "string", WORDS, required=False),
    Field("door", "string", WORDS, required=False, choices=(("front", WORDS), ("rear", WORDS))),
    Field("seats", "integer", WORDS, required=False, minimum=0, maximum=9),
    Field("full", "boolean", WORDS, required=False, default=False),
)
SCANS = ScanRequestSchema()
CONTEXT = schema_of(DECLARED)

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
scans = st.fixed_dictionaries(
    {},
    optional={
        "scan_id": st.sampled_from([ID, ID.upper(), ID[:-1], "", 7]) | anything,
        "code": st.sampled_from(["CC1:X", "", "x" * 2000, "x" * 2001]) | anything,
        "session": st.sampled_from(["s", "x" * 501]) | anything,
        "purpose": st.sampled_from(["board", "", "x" * 41]) | anything,
        "occurred_at": st.datetimes().map(lambda moment: moment.isoformat() + "Z")
        | st.sampled_from(
            [
                "2026-11-27T08:00:00.123456789+08:00",
                "2026-02-30T00:00:00Z",
                "2026-11-27T00:00:00.5Z",
                "yesterday",
            ]
        )
        | anything,
        "challenge": st.sampled_from(["00" * 8, "00"]) | anything,
        "context": st.dictionaries(st.text(max_size=3), anything, max_size=2) | anything,
        "more": anything,
    },
)
contexts = st.fixed_dictionaries(
    {},
    optional={
        "vehicle": st.sampled_from(["12345", "123456", ""]) | anything,
        "line": st.text(max_size=201) | st.none(),
        "door": st.sampled_from(["front", "side"]) | anything,
        "seats": st.sampled_from([0, 9, 10, -1, True, 3.0, "4"]) | anything,
        "full": st.sampled_from([True, "true", 1, 0]) | anything,
        "more": anything,
    },
)


def outcome(schema: Schema, data: Any, *, slowly: bool) -> Any:
    """What loading gives, or what is wrong."""
    try:
        return Schema.load(schema, data) if slowly else schema.load(data)
    except ValidationError as refused:
        return refused.messages


@given(scans)
@example({"scan_id": ID, "purpose": "board", "code": "CC1:X"})
@example({"scan_id": ID, "purpose": "board", "code": "CC1:X", "session": "s"})
@example({"scan_id": ID, "purpose": "board"})
def test_scans_are_read_alike_both_ways(data: dict[str, Any]) -> None:
    assert outcome(SCANS, data, slowly=False) == outcome(SCANS, data, slowly=True)


@given(contexts | anything)
def test_declared_fields_are_read_alike_both_ways(data: Any) -> None:
    quick, slow = outcome(CONTEXT, data, slowly=False), outcome(CONTEXT, data, slowly=True)
    assert quick == slow
    if isinstance(quick, dict):
        assert {name: type(value) for name, value in quick.items()} == {
            name: type(value) for name, value in slow.items()
        }, "True is no number, though it equals one"


@pytest.mark.parametrize(
    ("schema", "data", "quick"),
    [
        (SCANS, {"scan_id": ID, "purpose": "board", "code": "CC1:X", "context": {"a": 1}}, True),
        (SCANS, {"scan_id": ID, "purpose": "go_on", "session": "s"}, True),
        (SCANS, {"scan_id": ID.upper(), "purpose": "board", "code": "CC1:X"}, False),
        (
            SCANS,
            {"scan_id": ID, "purpose": "board", "code": "X", "occurred_at": "2026-11-27T00:00:00Z"},
            True,
        ),
        (
            SCANS,
            {"scan_id": ID, "purpose": "board", "code": "X", "occurred_at": "2026-11-27T08:00:00+08:00"},
            False,
        ),
        (CONTEXT, {"vehicle": "1", "line": "2", "door": "rear", "seats": 3, "full": True}, True),
        (CONTEXT, {"vehicle": "1"}, True),
        (CONTEXT, {"vehicle": "1", "line": None}, False),
        (CONTEXT, {}, False),
    ],
)
def test_what_is_plainly_right_is_taken_at_once(
    schema: QuickSchema, data: dict[str, Any], quick: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(Schema, "_do_load", lambda self, data, **options: asked.append(data))
    schema.load(data)
    assert (not asked) is quick


def test_rules_that_are_not_known_are_left_to_marshmallow() -> None:
    class Odd(QuickSchema):
        even = WholeNumber()
        word = fields.String(validate=validate.Regexp("^a"))
        renamed = fields.String(data_key="other")
        exact = fields.String(validate=validate.Length(equal=2))
        lists = fields.List(fields.String())
        named = fields.Dict(keys=fields.String(validate=validate.Length(max=1)))
        numbered = fields.Dict(keys=fields.String(), values=fields.Integer())
        known = GivenId(validate=validate.OneOf([ID]))

    schema = Odd()
    for data, right in (
        ({"even": 2}, True),
        ({"even": 2.5}, False),
        ({"word": "b"}, False),
        ({"other": "x"}, True),
        ({"renamed": "x"}, False),
        ({"exact": "abc"}, False),
        ({"lists": [1]}, False),
        ({"named": {"ab": 1}}, False),
        ({"numbered": {"a": "b"}}, False),
        ({"known": ID.replace("0", "1")}, False),
    ):
        assert schema._taken(data) is None
        assert outcome(schema, data, slowly=False) == outcome(schema, data, slowly=True)
        assert isinstance(outcome(schema, data, slowly=False), dict)
        assert (not schema.validate(data)) is right
