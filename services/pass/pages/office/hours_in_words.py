"""Opening rules as people read them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter
from typing import Final

from citizen_app.toolkit.contract import Text

from ...operations.hours import EVERY_DAY, GROUPS, Group, Hours, SpecialDay, Window
from ...schemas.office import GROUP_TITLES, WEEKDAY_TITLES

ALWAYS: Final = Text("随时", "at any time")
CLOSED: Final = Text("全天不开放", "closed all day")
DAILY: Final = Text("每天", "every day")
FROM_TO: Final = Text("{first}至{last}", "{first} to {last}")
WHEN: Final = Text("{days} {opens}–{closes}", "{days} {opens}–{closes}")
_ORDER: Final = attrgetter("opens", "closes", "weekdays")
OVERNIGHT: Final = Text("{days} {opens}–次日 {closes}", "{days} {opens}–{closes} the next day")


def weekly_in_words(hours: Hours) -> list[tuple[Group, Text, list[tuple[str, Text]]]]:
    """Each group with its title, and its windows with their keys; a group without windows may come always."""
    return [
        (
            group,
            GROUP_TITLES[group],
            [
                (window.key, window_in_words(window))
                for window in sorted(hours.weekly.get(group, ()), key=_ORDER)
            ],
        )
        for group in GROUPS
    ]


def window_in_words(window: Window) -> Text:
    """For example: Monday to Friday 08:00–22:00."""
    return _hours(window).fill(
        days=weekdays_in_words(window.weekdays),
        opens=f"{window.opens:%H:%M}",
        closes=f"{window.closes:%H:%M}",
    )


def weekdays_in_words(weekdays: tuple[int, ...]) -> Text:
    """Days that follow each other as a span."""
    if set(weekdays) == set(EVERY_DAY):
        return DAILY
    runs = groupby(enumerate(sorted(set(weekdays))), key=lambda pair: pair[1] - pair[0])
    spans = [[day for _, day in run] for _, run in runs]
    return _joined(_span(days) for days in spans)


def day_in_words(rule: SpecialDay) -> tuple[Text, Text]:
    """For whom a special day holds, and when they may come then."""
    windows = [
        Text(f"{window.opens:%H:%M}–{window.closes:%H:%M}", f"{window.opens:%H:%M}–{window.closes:%H:%M}")
        for window in sorted(rule.windows, key=_ORDER)
    ]
    who = _joined(GROUP_TITLES[group] for group in GROUPS if group in rule.groups)
    return who, _joined(windows) if windows else CLOSED


def _span(days: list[int]) -> Text:
    if len(days) < 3:
        return _joined(WEEKDAY_TITLES[str(day)] for day in days)
    return FROM_TO.fill(first=WEEKDAY_TITLES[str(days[0])], last=WEEKDAY_TITLES[str(days[-1])])


def _hours(window: Window) -> Text:
    return WHEN if window.closes > window.opens else OVERNIGHT


def _joined(parts: Iterable[Text]) -> Text:
    said = list(parts)
    return Text("、".join(part.zh for part in said), ", ".join(part.en for part in said))
