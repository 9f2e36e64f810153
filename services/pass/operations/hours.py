"""Opening rules: which days and hours a place is open to whom. Pure; local wall time of the city.

A group without windows may come at any time. A window that closes at or before it opens runs past midnight
and belongs to the day on which it opened. A dated exception replaces the weekly windows of its day for its
groups.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Literal

Group = Literal["member", "guest", "anyone"]
GROUPS: Final[tuple[Group, ...]] = ("member", "guest", "anyone")
EVERY_DAY: Final = (1, 2, 3, 4, 5, 6, 7)
_A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """From `opens` to `closes` on these days (1 Monday to 7 Sunday)."""

    opens: time
    closes: time
    weekdays: tuple[int, ...] = EVERY_DAY

    def on(self, day: date) -> tuple[datetime, datetime]:
        """The window of one day as wall-clock times; the end is excluded."""
        ends = day if self.closes > self.opens else day + _A_DAY
        return datetime.combine(day, self.opens), datetime.combine(ends, self.closes)

    @property
    def key(self) -> str:
        """What names it among the windows of a group: `0800-2200-12345`."""
        return f"{self.opens:%H%M}-{self.closes:%H%M}-{''.join(map(str, self.weekdays))}"

    def as_dict(self) -> dict[str, Any]:
        """`{"opens": "08:00", "closes": "22:00", "weekdays": [1, …]}`."""
        return {
            "opens": self.opens.strftime("%H:%M"),
            "closes": self.closes.strftime("%H:%M"),
            "weekdays": list(self.weekdays),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Window:
        """Back from `as_dict`."""
        opens, closes = (time.fromisoformat(stored[name]) for name in ("opens", "closes"))
        return cls(opens, closes, tuple(stored["weekdays"]))


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """Another rule for one date: these windows instead of the weekly ones; none of them is closed all day."""

    day: date
    groups: tuple[Group, ...]
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Hours:
    """All opening rules of a place."""

    weekly: Mapping[Group, tuple[Window, ...]] = field(default_factory=dict)
    exceptions: tuple[SpecialDay, ...] = ()

    def open_at(self, wall: datetime, group: Group) -> bool:
        """Whether the place is open to the group at a wall-clock time of the city."""
        return any(
            opens <= wall < closes
            for day in (wall.date(), wall.date() - _A_DAY)
            for opens, closes in self.windows_of(day, group)
        )

    def windows_of(self, day: date, group: Group) -> list[tuple[datetime, datetime]]:
        """The windows that open on a day, in order."""
        special = [rule for rule in self.exceptions if rule.day == day and group in rule.groups]
        if special:
            return sorted(window.on(day) for rule in special for window in rule.windows)
        weekly = self.weekly.get(group, ())
        if not weekly:
            midnight = datetime.combine(day, time())
            return [(midnight, midnight + _A_DAY)]
        return sorted(window.on(day) for window in weekly if day.isoweekday() in window.weekdays)

    def with_window(self, groups: Iterable[Group], window: Window) -> Hours:
        """These groups may also come in this window; once is enough."""
        added = {group: (*self._others(group, window.key), window) for group in groups}
        return replace(self, weekly={**self.weekly, **added})

    def without_window(self, group: Group, key: str) -> Hours:
        """Without a window of a group. Raises `LookupError` when it has none of that name."""
        others = self._others(group, key)
        if len(others) == len(self.weekly.get(group, ())):
            raise LookupError(key)
        return replace(self, weekly={**self.weekly, group: others})

    def with_day(self, said: SpecialDay) -> Hours:
        """Another rule for one date; it replaces what was said of that date for its groups."""
        left = self.without_day(said.day, said.groups)
        return replace(left, exceptions=(*left.exceptions, said))

    def without_day(self, day: date, groups: Collection[Group] = GROUPS) -> Hours:
        """Nothing special on a date any more, for these groups."""
        kept = [rule for rule in self.exceptions if rule.day != day]
        for rule in self.exceptions:
            others = tuple(group for group in rule.groups if group not in groups)
            if rule.day == day and others:
                kept.append(replace(rule, groups=others))
        return replace(self, exceptions=tuple(kept))

    def _others(self, group: Group, key: str) -> tuple[Window, ...]:
        return tuple(window for window in self.weekly.get(group, ()) if window.key != key)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for the table."""
        return {
            "weekly": {group: [w.as_dict() for w in windows] for group, windows in self.weekly.items()},
            "exceptions": [
                {
                    "day": rule.day.isoformat(),
                    "groups": list(rule.groups),
                    "windows": [w.as_dict() for w in rule.windows],
                }
                for rule in self.exceptions
            ],
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Hours:
        """Back from `as_dict`."""
        return cls(
            {group: tuple(map(Window.from_dict, windows)) for group, windows in stored["weekly"].items()},
            tuple(
                SpecialDay(
                    date.fromisoformat(rule["day"]),
                    tuple(rule["groups"]),
                    tuple(map(Window.from_dict, rule["windows"])),
                )
                for rule in stored["exceptions"]
            ),
        )
