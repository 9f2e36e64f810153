"""What is filled into a notice: typed, on one line, without links, cut to length."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask

from citizen_app.notices.wording import MOST_OF_NAME, Worded, cleaned, worded
from citizen_app.registry.contract import Notice, NoticeValue, NoticeValueKind
from citizen_app.settings import load_settings
from citizen_app.text import Text


@pytest.fixture(autouse=True)
def city(tmp_path: Any) -> Iterator[None]:
    """The settings of a city."""
    app = Flask("city")
    app.extensions["settings"] = load_settings({"CITIZEN_DEMO": "1", "CITIZEN_DATA_DIR": str(tmp_path)})
    with app.app_context():
        yield


def said(kind: NoticeValueKind, value: object) -> Text:
    notice = Notice("one", Text("一", "One"), Text("见{x}", "See {x}"), values=(NoticeValue("x", kind),))
    return worded(notice, {"x": value}).body


@pytest.mark.parametrize(
    ("kind", "value", "zh", "en"),
    [
        ("integer", 3, "见3", "See 3"),
        ("date", date(2026, 5, 4), "见5月4日", "See 4 May"),
        ("time", datetime(2026, 5, 4, 16, 5, tzinfo=UTC), "见00:05", "See 00:05"),
        ("moment", datetime(2026, 5, 4, 16, 5, tzinfo=UTC), "见5月5日 00:05", "See 00:05 on 5 May"),
        ("name", "翠园", "见翠园", "See 翠园"),
        ("name", Text("翠园", "Green Park"), "见翠园", "See Green Park"),
        ("name", "a\r\nb\tc\u202e\x1b", "见a b c", "See a b c"),
        ("name", "{x.__class__}", "见{x.__class__}", "See {x.__class__}"),
        ("words", "来 http://evil.example/a?b 看", "见来 … 看", "See 来 … 看"),
        ("name", "", "见…", "See …"),
    ],
)
def test_a_value_is_written_by_its_kind(kind: NoticeValueKind, value: object, zh: str, en: str) -> None:
    assert said(kind, value) == Text(zh, en)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("integer", "3"),
        ("integer", True),
        ("date", datetime(2026, 5, 4, tzinfo=UTC)),
        ("moment", datetime(2026, 5, 4)),
        ("time", "12:00"),
        ("name", 3),
        ("name", None),
    ],
)
def test_a_value_of_another_kind_is_a_fault_of_the_service(kind: NoticeValueKind, value: object) -> None:
    with pytest.raises(ValueError, match="is no"):
        said(kind, value)


def test_values_are_those_declared() -> None:
    notice = Notice("one", Text("一", "One"), Text("见{x}", "See {x}"), values=(NoticeValue("x"),))
    for given in ({}, {"x": "a", "y": "b"}):
        with pytest.raises(ValueError, match="takes"):
            worded(notice, given)


@pytest.mark.parametrize("link", ["www.evil.example", "evil.top/x", "HTTPS://e.cn", "a.b.com", "weixin://x"])
def test_a_link_does_not_pass(link: str) -> None:
    assert cleaned(f"见 {link}", MOST_OF_NAME) == "见 …"


def test_a_long_name_is_cut() -> None:
    assert len(cleaned("长" * 100, MOST_OF_NAME)) == MOST_OF_NAME


def test_it_is_stored_and_read_again() -> None:
    one = Worded(Text("一", "One"), Text("二", "Two"), Text("三", "Three"))
    assert Worded.from_json(one.as_json()) == one
