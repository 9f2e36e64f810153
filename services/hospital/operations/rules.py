"""What a policy says. Rules of single hospitals are rows, never constants: the values below are what holds
where nobody has said anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any

from citizen_app.toolkit.booking import Step, windows
from citizen_app.toolkit.time import city_zone

ASKS, SEES, NEVER = "asks", "sees", "never"


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a hospital, a department or a kind of number.

    Release: `release_days` before the visit at `release_at` (放号); a slot can be booked until
    `closes_minutes` before it begins. `pays`: `online` or `window`; a hold lasts `hold_minutes`. A
    cancellation is free until `cancel_minutes` before the slot or, where `cancel_at` is given, until that
    time `cancel_days` before the day; later it gives back `late_refund_percent` and counts as `late_cancel`.
    A returned number is bookable again after a chance delay between `back_least` and `back_most` minutes. A
    patient may check in from `early_minutes` before the slot until `late_minutes` after it. From 14 on a
    guardian sees bookings, results and letters `asks` (the teenager is asked), `sees` (always) or `never`.
    `priorities` are claims, the first first. Who does not come when called (过号) goes behind `pass_behind`
    people, and after `pass_most` times out of the queue, until they ask for it; who comes back from tests
    (回诊) goes behind `back_behind`. A letter of referral (转诊单) that the hospital writes holds for
    `referral_days`.

    From how many on a pattern of the last `watch_days` is told to a manager: numbers of one patient given
    back (`watch_cancelled`), holds not confirmed (`watch_lapsed`), returned numbers taken within
    `watch_seconds` of their return (`watch_taken`), different patients for whom one account books
    (`watch_patients`), different patients booked from one network (`watch_network`)."""

    release_days: int = 7
    release_at: str = "07:00"
    closes_minutes: int = 30
    hold_minutes: int = 10
    pays: str = "online"
    cancel_days: int = 1
    cancel_at: str | None = "17:00"
    cancel_minutes: int = 30
    late_refund_percent: int = 100
    most_a_day: int = 2
    most_open: int = 6
    most_moves: int = 2
    most_waits: int = 3
    offer_minutes: int = 20
    back_least: int = 3
    back_most: int = 30
    early_minutes: int = 120
    late_minutes: int = 30
    guardian: str = ASKS
    priorities: tuple[str, ...] = ("veteran", "senior")
    pass_behind: int = 3
    pass_most: int = 3
    back_behind: int = 0
    watch_days: int = 30
    watch_cancelled: int = 6
    watch_lapsed: int = 6
    watch_seconds: int = 60
    watch_taken: int = 3
    watch_patients: int = 5
    watch_network: int = 20
    referral_days: int = 14
    ladders: tuple[Step, ...] = (
        Step(3, 365, 30, ("no_show",)),
        Step(3, 30, 30, ("late_cancel",)),
        Step(6, 30, 30, ("cancel", "late_cancel")),
    )

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Rules:
        """From a policy's document: a rule that a later version brought has its default, one of a version to
        come is ignored."""
        known = {one.name for one in fields(cls)}
        said = {name: value for name, value in stored.items() if name in known}
        if "ladders" in said:
            said["ladders"] = tuple(map(Step.of, said["ladders"]))
        if "priorities" in said:
            said["priorities"] = tuple(said["priorities"])
        return cls(**said)

    def as_dict(self) -> dict[str, Any]:
        """As a policy keeps it."""
        return asdict(self)

    def opens_at(self, day: date) -> datetime:
        """When numbers of a day are released."""
        return windows.opens_at(day, self.release_days, time.fromisoformat(self.release_at), city_zone())

    def closes_at(self, starts_at: datetime) -> datetime:
        """Until when a slot can be booked."""
        return starts_at - timedelta(minutes=self.closes_minutes)

    def cancel_by(self, day: date, starts_at: datetime) -> datetime:
        """Until when a booking is cancelled or moved freely."""
        if self.cancel_at is None:
            return starts_at - timedelta(minutes=self.cancel_minutes)
        at = windows.opens_at(day, self.cancel_days, time.fromisoformat(self.cancel_at), city_zone())
        return min(at, starts_at)

    def back_at(self, moment: datetime, starts_at: datetime) -> datetime | None:
        """When a place that is returned now can be booked again; None for at once, as near the visit, where
        nobody would get it otherwise."""
        if self.back_most == 0 or moment + timedelta(minutes=self.back_most) >= self.closes_at(starts_at):
            return None
        return windows.back_at(moment, timedelta(minutes=self.back_least), timedelta(minutes=self.back_most))
