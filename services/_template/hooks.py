"""What a scan means, in words for the citizen; and how the service is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from citizen_app.toolkit.rights import CitizenView, Kept, rows_of
from citizen_app.toolkit.scan import Allow, Field, Meaning, NeedsInput, Refuse, Scan, Text
from citizen_app.toolkit.time import city_zone, now
from services._template.models import ParlourBooking, ParlourVisit
from services._template.operations import cancel_all, forget_citizen, is_open, sign_in
from services._template.queries import starts_at_of, visits_on

WELCOME: Final = Text("欢迎", "Welcome")
WELCOME_BACK: Final = Text("欢迎回来", "Welcome back")
HOURS: Final = Text("开放时间 {opens_at}:00–{closes_at}:00", "Open from {opens_at}:00 to {closes_at}:00")
HOW_MANY: Final = Text("几位同行？", "How many come along?")
COMPANIONS: Final = Field(
    "companions", "integer", Text("同行人数", "People who come along"), minimum=0, maximum=20
)


def on_scan(scan: Scan) -> Meaning:
    """Sign the citizen in. A scan that was uploaded late has happened: it is neither refused nor asked
    about. Whoever withholds the age band is counted as of unknown age."""
    if not scan.late:
        if not is_open(scan.occurred_at, scan.settings):
            return Refuse("closed", lines=(HOURS.fill(**scan.settings),))
        if scan.settings["ask_companions"] and scan.answer is None:
            return NeedsInput(HOW_MANY, (COMPANIONS,))
    companions = scan.answer["companions"] if scan.answer else 0
    is_first = sign_in(scan.citizen.ref, scan.occurred_at, scan.citizen.has("senior"), companions)
    return Allow(
        WELCOME if is_first else WELCOME_BACK,
        speak=WELCOME,
        outcome={"first_today": is_first, "room": scan.context.get("room")},
    )


def on_death(citizen_ref: str) -> None:
    """Places that were booked go to others."""
    cancel_all(citizen_ref, now())


def export_for(citizen: CitizenView) -> Sequence[Kept]:
    """A citizen's visits and bookings."""
    visits = rows_of(ParlourVisit, ParlourVisit.citizen_ref == citizen.ref)
    bookings = rows_of(
        ParlourBooking,
        ParlourBooking.citizen_ref == citizen.ref,
        omit=("pool_id",),
        starts_at=starts_at_of,
    )
    return [
        Kept("visits", Text("到访", "Visits"), visits),
        Kept("bookings", Text("预约", "Bookings"), bookings),
    ]


def erase_for(citizen: CitizenView) -> None:
    """Forget a citizen; what they had booked is another's."""
    forget_citizen(citizen.ref)


def health() -> Mapping[str, Any]:
    """Visits today."""
    return {"visits_today": visits_on(now().astimezone(city_zone()).date().isoformat())}
