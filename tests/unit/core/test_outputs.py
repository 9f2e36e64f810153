"""Domain objects as they are dumped: texts in the caller's language, moments in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from flask import Flask
from marshmallow import Schema

from citizen_app.text import Text
from citizen_app.wire.language import caller_language, speaking
from citizen_app.wire.outputs import MomentOut, TextOut


@dataclass
class Stop:
    """Something with words."""

    name: Text
    kind: str
    closed: Text | None
    since: datetime


class StopSchema(Schema):
    """As the API says it."""

    name = TextOut()
    kind_title = TextOut(lambda stop: {"bus": Text("公交站", "Bus stop")}[stop.kind])
    closed = TextOut(allow_none=True)
    since = MomentOut()


STOP = Stop(
    Text("东门", "East gate"),
    "bus",
    None,
    datetime(2026, 11, 28, 16, 30, tzinfo=timezone(timedelta(hours=8))),
)


def test_the_language_is_the_callers() -> None:
    app, schema = Flask("test"), StopSchema()
    for header, name, kind in (("zh-CN", "东门", "公交站"), ("en", "East gate", "Bus stop")):
        with app.test_request_context(headers={"Accept-Language": header}):
            assert schema.dump(STOP) == {
                "name": name,
                "kind_title": kind,
                "closed": None,
                "since": "2026-11-28T08:30:00.000Z",
            }
            with speaking("en"):
                assert schema.dump(STOP)["name"] == "East gate", "a file that was asked for in English"


def test_without_a_caller_it_is_chinese_or_what_was_asked_for() -> None:
    assert StopSchema().dump(STOP)["name"] == "东门"
    with speaking("en"):
        assert (caller_language(), StopSchema().dump(STOP)["name"]) == ("en", "East gate")
    assert caller_language() == "zh"
