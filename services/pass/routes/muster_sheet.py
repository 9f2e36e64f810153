"""The muster list on paper."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from citizen_app.toolkit.contract import Language, Text
from citizen_app.toolkit.documents import pdf
from citizen_app.toolkit.time import city_zone, now

STATES: Final = {
    "missing": Text("☐ 未到", "☐ missing"),
    "accounted": Text("☑ 已到", "☑ accounted for"),
    "left": Text("☑ 已离开", "☑ left"),
}
MUSTER_TITLE: Final = Text("{place} 清点名单 {time}", "{place}: muster list, {time}")
MUSTER_COUNTS: Final = Text("共 {all} 人，未到 {missing} 人", "{all} people, {missing} missing")
UNKNOWN: Final = Text("不在名单", "not in the books")
GUEST: Final = Text("访客", "guest")
HEADINGS: Final = (
    pdf.Column(Text("到", "Here"), 1, tick=True),
    pdf.Column(Text("单元", "Unit"), 3),
    pdf.Column(Text("姓名", "Name"), 6),
    pdf.Column(Text("入口", "Gate"), 3),
    pdf.Column(Text("进入时间", "Since"), 3),
)
BROUGHT: Final = Text("随{name}", "with {name}")


def printed(place: Text, entries: list[dict[str, Any]], language: Language) -> str:
    """The muster list on paper, in the order given, a box before each."""
    at = now().astimezone(city_zone()).strftime("%Y-%m-%d %H:%M")
    title = MUSTER_TITLE.fill(place=place, time=at).say(language)
    missing = sum(1 for entry in entries if entry["state"] == "missing")
    counts = MUSTER_COUNTS.fill(all=len(entries), missing=missing).say(language)
    return "\n".join([title, counts, "", *(_sheet_line(entry, language) for entry in entries), ""])


def printed_pdf(place: Text, entries: list[dict[str, Any]], language: Language) -> bytes:
    """The muster list as a PDF, in the order given: a box to tick for each, the heading on every page."""
    at = now().astimezone(city_zone()).strftime("%Y-%m-%d %H:%M")
    missing = sum(1 for entry in entries if entry["state"] == "missing")
    rows = [
        [
            "" if entry["state"] == "missing" else "x",
            entry["unit"] or "–",
            "  ".join(_names(entry, language)),
            entry["gate"],
            _since(entry),
        ]
        for entry in entries
    ]
    return pdf.table_pdf(
        MUSTER_TITLE.fill(place=place, time=at),
        [MUSTER_COUNTS.fill(all=len(entries), missing=missing)],
        HEADINGS,
        rows,
        language,
    )


def _names(entry: dict[str, Any], language: Language) -> list[str]:
    words = [entry["name"] or UNKNOWN.say(language)]
    if entry["accompanied_by"]:
        words.append(BROUGHT.fill(name=entry["accompanied_by"]).say(language))
    if entry["as_guest"]:
        words.append(GUEST.say(language))
    return words


def _since(entry: dict[str, Any]) -> str:
    since = datetime.fromisoformat(entry["since"]).astimezone(city_zone())
    return f"{since:%m-%d %H:%M}"


def _sheet_line(entry: dict[str, Any], language: Language) -> str:
    words = [STATES[entry["state"]].say(language), entry["unit"] or "–", *_names(entry, language)]
    return "  ".join([*words, entry["gate"], _since(entry)])
