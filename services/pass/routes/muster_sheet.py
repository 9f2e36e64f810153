"""The muster list on paper."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from citizen_app.toolkit.contract import Language, Text
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
BROUGHT: Final = Text("随{name}", "with {name}")


def printed(place: Text, entries: list[dict[str, Any]], language: Language) -> str:
    """The muster list on paper: by unit, then by name, a box before each."""
    at = now().astimezone(city_zone()).strftime("%Y-%m-%d %H:%M")
    title = MUSTER_TITLE.fill(place=place, time=at).say(language)
    missing = sum(1 for entry in entries if entry["state"] == "missing")
    counts = MUSTER_COUNTS.fill(all=len(entries), missing=missing).say(language)
    ordered = sorted(entries, key=lambda entry: (entry["unit"] or "￿", entry["name"] or "￿", entry["since"]))
    return "\n".join([title, counts, "", *(_sheet_line(entry, language) for entry in ordered), ""])


def _sheet_line(entry: dict[str, Any], language: Language) -> str:
    words = [
        STATES[entry["state"]].say(language),
        entry["unit"] or "–",
        entry["name"] or UNKNOWN.say(language),
    ]
    if entry["accompanied_by"]:
        words.append(BROUGHT.fill(name=entry["accompanied_by"]).say(language))
    if entry["as_guest"]:
        words.append(GUEST.say(language))
    since = datetime.fromisoformat(entry["since"]).astimezone(city_zone())
    return "  ".join([*words, entry["gate"], f"{since:%m-%d %H:%M}"])
