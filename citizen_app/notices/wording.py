"""The words of a notice: places filled with declared values, in both languages, and nothing in them that a
message must not carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from citizen_app.registry.contract import Notice, NoticeValue
from citizen_app.settings import current_settings
from citizen_app.text import LINK, MONTHS, Text, without_unseen
from citizen_app.wire.json_text import read_json, write_json

MOST_OF_NAME: Final = 40
MOST_OF_WORDS: Final = 80


@dataclass(frozen=True, slots=True)
class Worded:
    """A notice in words; `leaves` is what goes out by SMS and e-mail."""

    title: Text
    body: Text
    leaves: Text

    def as_json(self) -> str:
        """As it is stored."""
        return write_json({name: getattr(self, name).as_dict() for name in self.__slots__})

    @classmethod
    def from_json(cls, stored: str) -> Worded:
        """Back from `as_json`."""
        kept: dict[str, dict[str, str]] = read_json(stored)
        return cls(**{name: Text.from_dict(kept[name]) for name in cls.__slots__})


def worded(notice: Notice, values: Mapping[str, Any]) -> Worded:
    """The notice with its places filled. Raises `ValueError` for values that it does not declare, that are
    missing or of another kind."""
    if set(values) != {value.name for value in notice.values}:
        raise ValueError(f"notice {notice.id!r} takes {sorted(v.name for v in notice.values)}")
    zone = current_settings().timezone
    filled = {value.name: _filled(value, values[value.name], zone) for value in notice.values}
    return Worded(notice.title, notice.body.fill(**filled), notice.leaves.fill(**filled))


def _filled(value: NoticeValue, given: Any, zone: ZoneInfo) -> Text:
    written = _written(value.kind, given, zone)
    if written is None:
        raise ValueError(f"the value {value.name!r} is no {value.kind}: {type(given).__name__}")
    return written


def _written(kind: str, given: Any, zone: ZoneInfo) -> Text | None:
    if kind == "integer" and isinstance(given, int) and not isinstance(given, bool):
        return Text(str(given), str(given))
    if kind == "date" and isinstance(given, date) and not isinstance(given, datetime):
        return _day(given)
    if kind in ("time", "moment") and isinstance(given, datetime) and given.tzinfo is not None:
        local = given.astimezone(zone)
        clock = Text(f"{local:%H:%M}", f"{local:%H:%M}")
        return (
            clock
            if kind == "time"
            else Text("{day} {clock}", "{clock} on {day}").fill(day=_day(local.date()), clock=clock)
        )
    if kind in ("name", "words") and isinstance(given, str | Text):
        most = MOST_OF_NAME if kind == "name" else MOST_OF_WORDS
        texts = given if isinstance(given, Text) else Text(given or "…", given or "…")
        return Text(cleaned(texts.zh, most), cleaned(texts.en, most))
    return None


def cleaned(text: str, most: int) -> str:
    """A name or somebody's words on one line: without what is unseen and without links, cut to length."""
    line = " ".join(without_unseen(LINK.sub("…", " ".join(text.split()))).split())
    return (line if len(line) <= most else line[: most - 1] + "…") or "…"


def _day(day: date) -> Text:
    return Text(f"{day.month}月{day.day}日", f"{day.day} {MONTHS[day.month - 1]}")
