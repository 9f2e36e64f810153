"""Why a booking is refused. Each is a `Problem`, so a route that lets it pass answers in words."""

from __future__ import annotations

from datetime import datetime

from citizen_app.clock import rfc3339
from citizen_app.text import Text
from citizen_app.wire.problems import Problem


class Full(Problem):
    """No place is left."""

    def __init__(self) -> None:
        super().__init__(
            "conflict",
            Text(
                "名额已满，请换一个时间，或者候补。",
                "No places are left: choose another time, or wait for one.",
            ),
        )


class NotOpen(Problem):
    """Bookings are not taken yet, or no longer; `opens_at` where they will be."""

    def __init__(self, opens_at: datetime | None = None) -> None:
        if opens_at is None:
            super().__init__("conflict", Text("预约已经结束。", "Bookings are over."))
        else:
            not_yet = Text("还没有开放预约。", "Bookings are not open yet.")
            super().__init__("conflict", not_yet, more={"opens_at": rfc3339(opens_at)})


class AlreadyHeld(Problem):
    """The citizen has an active hold or booking in that pool, or waits for one."""

    def __init__(self) -> None:
        super().__init__(
            "conflict", Text("您已经预约或候补了这一时段。", "You have booked this time, or wait for it.")
        )


class HoldExpired(Problem):
    """The hold was not confirmed in time, or was given back."""

    def __init__(self) -> None:
        super().__init__(
            "gone", Text("保留的时间已过，请重新预约。", "The hold has expired: please book again.")
        )


class MoveRefused(Problem):
    """The row cannot go from the state that it is in to the one asked for."""

    def __init__(self, state: str, to: str) -> None:
        super().__init__(
            "conflict",
            Text("现在的状态不能这样做。", "This cannot be done in the present state."),
            more={"state": state, "wanted": to},
        )
        self.state = state


class Suspended(Problem):
    """Too many strikes; `until` says how long."""

    def __init__(self, until: datetime) -> None:
        super().__init__(
            "not-permitted",
            Text("因多次爽约，暂时不能预约。", "Booking is suspended after several missed bookings."),
            more={"suspended_until": rfc3339(until)},
        )
        self.until = until
