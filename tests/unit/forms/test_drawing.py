"""A field of a schema as an input: everything from the field itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from marshmallow import fields, validate
from werkzeug.datastructures import MultiDict

from citizen_app.citizens.schemas import Phone
from citizen_app.text import Language, Text
from citizen_app.web.forms import inputs, reading
from citizen_app.web.forms.form import Form
from citizen_app.web.forms.inputs import Input
from citizen_app.wire.inputs import StrictBoolean, StrictInteger, StrictSchema
from citizen_app.wire.moments import Moment
from citizen_app.wire.problems import InputError, Problem

LABEL = Text("名称", "Name")
KINDS = {"a": Text("甲", "A"), "b": Text("乙", "B")}
MANY = {str(number): Text(f"第{number}", f"No. {number}") for number in range(9)}


class Settings:
    """As far as forms ask for them."""

    timezone = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def city_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The city's time, without a city."""
    for module in (inputs, reading):
        monkeypatch.setattr(module, "current_settings", Settings)


def meta(**more: Any) -> dict[str, Any]:
    return {"label": LABEL, **more}


class Everything(StrictSchema):
    """One field of each kind."""

    word = fields.String(required=True, validate=validate.Length(1, 40), metadata=meta(autocomplete="name"))
    story = fields.String(validate=validate.Length(max=500), metadata=meta(help=Text("随便写", "Anything")))
    phone = Phone(required=True, metadata=meta())
    count = StrictInteger(load_default=1, allow_none=True, validate=validate.Range(1, 9), metadata=meta())
    price = fields.Float(metadata=meta())
    sure = StrictBoolean(load_default=False, metadata=meta())
    kind = fields.String(required=True, validate=validate.OneOf(list(KINDS)), metadata=meta(titles=KINDS))
    other = fields.String(validate=validate.OneOf(list(KINDS)), metadata=meta(titles=KINDS))
    one_of_many = fields.String(
        required=True, validate=validate.OneOf(list(MANY)), metadata=meta(titles=MANY)
    )
    several = fields.List(fields.String(validate=validate.OneOf(list(KINDS))), metadata=meta(titles=KINDS))
    at = Moment(metadata=meta())
    day = fields.Date(metadata=meta())
    hour = fields.Time(metadata=meta())
    mail = fields.Email(metadata=meta())


def drawn(form: Form, language: Language = "zh") -> dict[str, Input]:
    return {one.name: one for one in form.inputs(language)}


def test_the_kind_follows_from_the_field() -> None:
    kinds = {name: one.kind for name, one in drawn(Form(Everything())).items()}
    assert kinds == {
        "word": "text",
        "story": "textarea",
        "phone": "tel",
        "count": "number",
        "price": "number",
        "sure": "checkbox",
        "kind": "radio",
        "other": "select",
        "one_of_many": "select",
        "several": "checkboxes",
        "at": "datetime-local",
        "day": "date",
        "hour": "time",
        "mail": "email",
    }


def test_limits_and_words_are_the_schema_s() -> None:
    found = drawn(Form(Everything()), "en")
    assert found["word"].limits == {"autocomplete": "name", "maxlength": "40"}
    assert found["count"].limits == {"step": "1", "inputmode": "numeric", "min": "1", "max": "9"}
    assert [name for name, one in found.items() if one.required] == ["word", "phone", "kind", "one_of_many"]
    assert (found["word"].label, found["story"].help) == ("Name", "Anything")
    assert [(c.value, c.title, c.chosen) for c in found["kind"].choices] == [
        ("a", "A", False),
        ("b", "B", False),
    ]
    assert found["count"].value == "1", "the default of the schema"


def test_a_field_without_a_label_is_a_mistake_of_the_author() -> None:
    class Nameless(StrictSchema):
        name = fields.String()

    with pytest.raises(TypeError, match="'name' is drawn and has no label"):
        Form(Nameless()).inputs("zh")


def test_a_page_prepares_a_fresh_form() -> None:
    form = Form(Everything())
    form.start(at=datetime(2026, 11, 28, 16, 30, tzinfo=UTC), sure=True, several=["b"])
    form.choose("word", [("x", KINDS["a"])])
    form.hide(phone="13800138000")
    found = drawn(form)
    assert found["at"].value == "2026-11-29T00:30"
    assert found["sure"].value == "true"
    assert [choice.chosen for choice in found["several"].choices] == [False, True]
    assert (found["word"].kind, found["word"].choices[0].title) == ("radio", "甲")
    assert "phone" not in found
    assert form.hidden() == {"phone": ("13800138000",)}


SENT = {
    "word": "张三",
    "story": "一\r\n二",
    "phone": "138 0013 8000",
    "count": "7",
    "price": "2.5",
    "sure": "true",
    "kind": "b",
    "other": "",
    "one_of_many": "3",
    "at": "2026-11-29T00:30",
    "day": "2026-11-29",
    "hour": "08:30",
    "mail": "",
    "csrf_token": "whatever",
}


def test_texts_become_what_the_schema_loads() -> None:
    form = Form(Everything(), MultiDict([*SENT.items(), ("several", "a"), ("several", "b")]))
    found = form.load()
    assert found["at"] == datetime(2026, 11, 28, 16, 30, tzinfo=UTC)
    assert (found["count"], found["price"], found["sure"]) == (7, 2.5, True)
    assert (found["phone"], found["story"], found["several"]) == ("+8613800138000", "一\n二", ["a", "b"])
    assert not {"other", "mail", "csrf_token"} & found.keys(), "what is left empty says nothing"


def test_emptied_is_null_where_the_schema_knows_null_and_unticked_is_false() -> None:
    found = Form(Everything(), MultiDict({**SENT, "count": "", "sure": ""})).load()
    assert (found["count"], found["sure"], found["several"]) == (None, False, [])
    sent = MultiDict({name: value for name, value in SENT.items() if name != "sure"})
    assert Form(Everything(), sent).load()["sure"] is False


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("word", "", "缺少必填项。"),
        ("word", "长" * 41, "长度应在 1 到 40 之间。"),
        ("count", "seven", "应为整数。"),
        ("count", "1e3", "应为整数。"),
        ("count", "10", "应在 1 到 9 之间。"),
        ("price", "zwei", "应为数字。"),
        ("kind", "c", "只能是以下之一：a, b。"),
        ("at", "明天", "请写日期和时间，例如 2026-11-28 14:30"),
        ("at", "2026-02-30T08:00", "请写日期和时间，例如 2026-11-28 14:30"),
        ("at", "0001-01-01T00:00", "请写日期和时间，例如 2026-11-28 14:30"),
        ("day", "2026-02-30", "不是有效的日期。"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(
    name: str, typed: str, words: str
) -> None:
    form = Form(Everything(), MultiDict({**SENT, name: typed}))
    with pytest.raises(Problem) as refused:
        form.load()
    assert form.refuse(refused.value)
    found = drawn(form)
    assert found[name].errors == (words,)
    assert found[name].value == typed
    assert found[name].described_by == f"field-{name}-error"
    assert [(fault.id, fault.message) for fault in form.summary("zh")] == [(f"field-{name}", words)]
    assert found["phone"].value == "138 0013 8000"


def test_unknown_and_repeated_fields_are_refused() -> None:
    with pytest.raises(Problem) as refused:
        Form(Everything(), MultiDict({**SENT, "admin": "1"})).load()
    form = Form(Everything(), MultiDict(SENT))
    form.refuse(refused.value)
    assert form.faults("zh") == ["没有这一项。"]
    with pytest.raises(Problem) as refused:
        Form(Everything(), MultiDict([*SENT.items(), ("word", "李四")])).load()
    assert [(e.pointer, e.say("zh")) for e in refused.value.errors] == [("/word", "只能填写一次")]


def test_a_problem_of_an_operation_finds_its_place() -> None:
    form = Form(Everything(), MultiDict(SENT))
    form.hide(phone="")
    beside = Text("已满", "Full")
    faults = [InputError("/word", beside), InputError("/phone", beside), InputError("/elsewhere/0", beside)]
    assert form.refuse(Problem("invalid-input", errors=faults))
    assert drawn(form)["word"].errors == ("已满",)
    assert form.faults("en") == ["Full", "Full"], "of what is hidden or no field of this form"
    assert form.refuse(Problem("conflict", Text("来晚了", "Too late")))
    assert "Too late" in form.faults("en")


@pytest.mark.parametrize("slug", ["not-found", "sign-in-required", "service-disabled", "internal-error"])
def test_what_is_no_matter_of_the_form_is_a_page_of_its_own(slug: str) -> None:
    assert not Form(Everything(), MultiDict(SENT)).refuse(Problem(slug))


class Price(StrictSchema):
    """An amount."""

    fee = StrictInteger(required=True, validate=validate.Range(0, 1_000_000), metadata=meta(money=True))


@pytest.mark.parametrize(
    ("yuan", "fen"), [("12.5", 1250), ("0.29", 29), ("1234.05", 123_405), (" 7 ", 700), ("0", 0)]
)
def test_an_amount_is_written_in_yuan_and_kept_in_fen(yuan: str, fen: int) -> None:
    assert Form(Price(), MultiDict({"fee": yuan})).load() == {"fee": fen}


@pytest.mark.parametrize("yuan", ["0.005", "-1", "1,000", "12元", "10000.01"])
def test_what_is_no_amount_is_refused(yuan: str) -> None:
    with pytest.raises(Problem) as refused:
        Form(Price(), MultiDict({"fee": yuan})).load()
    about_form = refused.value.errors[0].message == reading.NOT_AN_AMOUNT
    assert about_form is (yuan not in ("-1", "10000.01")), "those are amounts, beyond the limits"


def test_an_amount_is_shown_in_yuan_with_its_limits() -> None:
    form = Form(Price())
    form.start(fee=1250)
    (shown,) = form.inputs("zh")
    assert (shown.value, shown.limits) == (
        "12.50",
        {"step": "0.01", "inputmode": "decimal", "min": "0", "max": "10000"},
    )
