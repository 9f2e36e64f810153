"""What validators say is said in the caller's language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from citizen_app.text import Text
from citizen_app.wire import faults
from citizen_app.wire.faults import Refused, translated
from citizen_app.wire.inputs import ClientGeneratedId, Pattern, StrictSchema
from citizen_app.wire.problems import Problem, errors_from_messages
from citizen_app.wire.strict_json import BrokenJson, strict_loads

APP = Path(faults.__file__).parents[1]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
NOT_FOR_CALLERS = {
    "settings.py",
    "setting_fields.py",
}  # read by who starts the server, before there is a caller
PLACE_OF_MESSAGE = {"ValidationError": 0, "Refused": 0, "invalid_input": 1, "InputError": 1}


class EverythingSchema(Schema):
    """A field for each kind of fault."""

    class Meta:
        unknown = RAISE

    needed = fields.String(required=True)
    text = fields.String(validate=validate.Length(min=2, max=4))
    short = fields.String(validate=validate.Length(max=1))
    long = fields.String(validate=validate.Length(min=9))
    whole = fields.Integer(validate=validate.Range(min=1, max=5))
    least = fields.Integer(validate=validate.Range(min=1))
    most = fields.Integer(validate=validate.Range(max=5))
    real = fields.Float()
    yes = fields.Boolean()
    pick = fields.String(validate=validate.OneOf(["adult", "child"]))
    same = fields.String(validate=validate.Equal("Bearer"))
    form = fields.String(validate=validate.Regexp("^a$"))
    day = fields.Date()
    moment = fields.AwareDateTime()
    id = fields.UUID()
    many = fields.List(fields.String())
    inner = fields.Dict()
    place = fields.Url()


FAULTY: list[tuple[str, Any, str]] = [
    ("text", None, "不可为空。"),
    ("text", 7, "应为文字。"),
    ("text", "abcde", "长度应在 2 到 4 之间。"),
    ("short", "ab", "太长，至多 1 个。"),
    ("long", "ab", "太短，至少 9 个。"),
    ("whole", "x", "应为整数。"),
    ("whole", 9, "应在 1 到 5 之间。"),
    ("least", 0, "应不小于 1。"),
    ("most", 6, "应不大于 5。"),
    ("real", "x", "应为数字。"),
    ("yes", "x", "应为 true 或 false。"),
    ("pick", "x", "只能是以下之一：adult, child。"),
    ("same", "x", "只能是 Bearer。"),
    ("form", "x", "写法不符合要求。"),
    ("day", "x", "不是有效的日期。"),
    ("moment", "2026-11-22T08:00:00", "不是带时区的有效日期时间。"),
    ("moment", "x", "不是有效的日期时间。"),
    ("id", "x", "不是有效的 UUID。"),
    ("many", "x", "应为一个列表。"),
    ("inner", "x", "应为一个对象。"),
    ("place", "x", "不是有效的网址。"),
    ("other", "x", "没有这一项。"),
]


def refusal(values: Any) -> Problem:
    with pytest.raises(ValidationError) as refused:
        EverythingSchema().load(values)
    return Problem("invalid-input", errors=errors_from_messages(refused.value.messages))


@pytest.mark.parametrize(("name", "value", "chinese"), FAULTY)
def test_marshmallows_sentences_have_chinese(name: str, value: Any, chinese: str) -> None:
    problem = refusal({"needed": "x", name: value})
    (said,) = problem.as_document("zh", None)["errors"]
    assert said == {"pointer": f"/{name}", "message": chinese}
    (english,) = problem.as_document("en", None)["errors"]
    assert english["message"] == problem.errors[0].message, "as marshmallow says it"
    assert not CHINESE.search(english["message"])


def test_what_is_missing_or_no_object_is_said_too() -> None:
    assert refusal({}).as_document("zh", None)["errors"][0]["message"] == "缺少必填项。"
    assert refusal([]).as_document("zh", None)["errors"][0]["message"] == "应为一个对象。"


@pytest.mark.parametrize(
    "text", ["", "[", '{"a":1}x', '"a', "1e999", "NaN", '"\\u0000"', '"\\ud800"', b'"\xff"']
)
def test_broken_json_is_named_in_both_languages(text: str | bytes) -> None:
    with pytest.raises(BrokenJson) as refused:
        strict_loads(text)
    assert CHINESE.search(refused.value.words.zh)
    assert not CHINESE.search(refused.value.words.en)


def test_a_sentence_that_is_not_known_stays() -> None:
    assert translated("the bus is full", "zh") == "the bus is full"
    assert translated("站台不存在", "zh") == "站台不存在"


def test_no_sentence_stands_twice_and_none_hides_another() -> None:
    english = [words.en for words in faults.MARSHMALLOW_MESSAGES]
    assert len(english) == len(set(english))
    for words in faults.MARSHMALLOW_MESSAGES:
        filled = faults.PLACE.sub("7", words.en)
        assert translated(filled, "zh") == faults.PLACE.sub("7", words.zh), words


@pytest.mark.parametrize("nested", [False, True])
def test_a_rule_of_our_own_is_said_in_both_languages(nested: bool) -> None:
    """Whether a field, a validator or a whole schema refuses, and however deep."""

    class RuledSchema(StrictSchema):
        day = fields.String(validate=Pattern("^[a-z]+$", Text("只要字母", "letters only")))
        id = ClientGeneratedId()

        @validates_schema(skip_on_field_errors=False)
        def never(self, data: Any, **options: Any) -> None:
            raise Refused(Text("太早", "too early"), "day")

    class OuterSchema(StrictSchema):
        inner = fields.Nested(RuledSchema)

    sent = {"day": "7", "id": "x"}
    schema, body, at = (OuterSchema(), {"inner": sent}, "/inner") if nested else (RuledSchema(), sent, "")
    with pytest.raises(ValidationError) as refused:
        schema.load(body)
    problem = Problem("invalid-input", errors=errors_from_messages(refused.value.messages))
    for language, said in (
        ("zh", ["只要字母", "太早", "请写 UUID，最好是第 7 版"]),
        ("en", ["letters only", "too early", "write a UUID, best of version 7"]),
    ):
        told = problem.as_document(language, None)["errors"]  # type: ignore[arg-type]
        pointers = [f"{at}/day", f"{at}/day", f"{at}/id"]
        assert sorted((one["pointer"], one["message"]) for one in told) == sorted(
            zip(pointers, said, strict=True)
        )


def english_of(call: ast.Call) -> Iterator[str]:
    """Sentences in one language in a call that refuses an input."""
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    at = PLACE_OF_MESSAGE.get(name)
    written = [call.args[at]] if at is not None and len(call.args) > at else []
    if name in ("Regexp", "Length", "Range", "OneOf", "Equal"):
        written = [keyword.value for keyword in call.keywords if keyword.arg == "error"]
    yield from (ast.unparse(node) for node in written if isinstance(node, (ast.Constant, ast.JoinedStr)))


def test_rules_speak_both_languages_where_they_refuse() -> None:
    found, calls = [], 0
    for path in sorted([*APP.rglob("*.py"), *APP.with_name("services").rglob("*.py")]):
        if path.name in NOT_FOR_CALLERS or "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                calls += getattr(node.func, "id", "") in PLACE_OF_MESSAGE
                found += [(path.relative_to(APP.parent).as_posix(), said) for said in english_of(node)]
    assert calls > 25, "the search finds what it looks for"
    assert found == []
