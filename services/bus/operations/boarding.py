"""Boarding: where, for how much, and only once within the window. Two statements in the usual case, three for
who pays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import String, between, bindparam, delete, exists, insert, or_, select
from sqlalchemy.sql.dml import ReturningInsert

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import Prepared, UtcDateTime, new_id, session, table_of, upsert
from citizen_app.toolkit.payments import Declined, charge_scan
from citizen_app.toolkit.scan import Scan
from services.bus.models import BusBoarding, BusRider
from services.bus.operations.fares import Fare, best_fare
from services.bus.operations.timetable.lines import Misplaced, Placed, as_given, placed
from services.bus.queries import knows_stop, lines_called
from services.bus.snapshot import ActiveFeed

BOARDINGS: Final = table_of(BusBoarding)
RIDERS: Final = table_of(BusRider)
INSERT_BOARDING: Final = Prepared(insert(BOARDINGS))
Rows = tuple[tuple[Prepared, Mapping[str, Any]], ...]
PURSE_CURRENCY: Final = "CNY"
UNNAMED: Final = "?"
"""A line whose name is blank."""


@dataclass(frozen=True, slots=True)
class Boarding:
    """A citizen got on."""

    id: str
    place: Placed
    fare: Fare
    rows: Rows = ()
    """What is still to be stored: a ride of an upload, which no second tap asks for meanwhile."""


@dataclass(frozen=True, slots=True)
class SecondTap:
    """The citizen has boarded here just now; that boarding stands."""

    boarding_id: str
    line: Text
    stop: Text | None
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Unpaid:
    """The fare could neither be taken nor owed; nobody has boarded. `words` say what to do."""

    words: Text


@dataclass(frozen=True, slots=True)
class Unplaced:
    """What the device says of itself is not in the timetable; `fault` is the detail code."""

    fault: str


def board(scan: Scan, feed: ActiveFeed | None) -> Boarding | SecondTap | Unpaid | Unplaced:
    """Record a boarding. A late scan has happened already: it is always recorded, and rated by the same rules
    as any other, so that the order of uploads changes nothing."""
    place = _place(scan.context, feed, late=scan.late)
    if not isinstance(place, Placed):
        return Unplaced(place)
    tapped_on = _given(scan.context, "vehicle") or scan.kiosk.id
    if not scan.late:
        window = timedelta(seconds=scan.settings["second_tap_seconds"])
        if window and not _is_first_tap(scan.citizen.ref, tapped_on, scan.occurred_at, window):
            return _earlier_tap(scan.citizen.ref, tapped_on, scan.occurred_at, window)
    fare = best_fare(partial(_has, scan), scan.settings)
    declined = _charge(scan, fare)
    if declined is not None:
        FORGET_TAP.run({"citizen": scan.citizen.ref, "at": scan.occurred_at})
        return declined
    made = Boarding(new_id(), place, fare)
    row = _row(made, scan, tapped_on, feed.version_id if feed and place.line_id else None)
    if scan.late:
        return replace(made, rows=((INSERT_BOARDING, row),))
    INSERT_BOARDING.run(row)
    return made


def _charge(scan: Scan, fare: Fare) -> Unpaid | None:
    """Charge the fare where the city has switched that on; a ride that is over is never declined. Only 元 are
    in the purse."""
    if not scan.settings["charge_rides"] or fare.currency != PURSE_CURRENCY:
        return None
    paid = charge_scan(scan, fare.amount)
    return Unpaid(paid.words) if isinstance(paid, Declined) else None


def _place(context: Mapping[str, Any], feed: ActiveFeed | None, *, late: bool) -> Placed | Misplaced | str:
    """Where the device says it is. Without a timetable, and for a ride that is over, its word is taken:
    nobody is left behind."""
    line, direction, stop = (_given(context, name) for name in ("line", "direction", "stop"))
    line = line or UNNAMED
    if feed is None:
        return as_given(line, direction, stop)
    lines = lines_called(feed, line)
    found = placed(lines, direction, stop) if lines else "unknown_line"
    if isinstance(found, Placed):
        return found
    if late:
        return as_given(line, direction, stop)
    if found == "not_on_this_line" and stop and not knows_stop(feed, stop):
        return "unknown_stop"
    return found


def _given(context: Mapping[str, Any], name: str) -> str | None:
    value = context.get(name)
    return value.strip() or None if isinstance(value, str) else None


def _has(scan: Scan, claim: str) -> bool:
    """Whether the rider had the claim when they tapped, however late that is told."""
    return scan.citizen.has(claim, scan.occurred_at)


def _is_first_tap(citizen_ref: str, tapped_on: str, at: datetime, window: timedelta) -> bool:
    """Claim the tap, in one statement.

    The rider's row decides between taps at the same moment: the second waits for the first to commit and then
    sees it there. Boardings decide about everything that was recorded before, late uploads too, which take no
    lock.
    """
    tap = {
        "citizen": citizen_ref,
        "device": tapped_on,
        "at": at,
        "before": at - window,
        "after": at + window,
    }
    return bool(FIRST_TAP.rows(tap))


def _first_tap() -> ReturningInsert[str]:
    citizen, device = bindparam("citizen", type_=String(64)), bindparam("device", type_=String(40))
    at, before, after = (bindparam(name, type_=UtcDateTime) for name in ("at", "before", "after"))
    recorded = exists().where(
        BOARDINGS.c.citizen_ref == citizen,
        BOARDINGS.c.tapped_on == device,
        between(BOARDINGS.c.occurred_at, before, after),
    )
    claim = upsert(RIDERS).from_select(
        ["citizen_ref", "tapped_on", "tapped_at"], select(citizen, device, at).where(~recorded)
    )
    elsewhere = RIDERS.c.tapped_on != device
    claim = claim.on_conflict_do_update(
        index_elements=[RIDERS.c.citizen_ref],
        set_={"tapped_on": claim.excluded.tapped_on, "tapped_at": claim.excluded.tapped_at},
        where=or_(elsewhere, RIDERS.c.tapped_at < before, RIDERS.c.tapped_at > after),
    )
    return claim.returning(RIDERS.c.citizen_ref)


FIRST_TAP: Final = Prepared(_first_tap)
FORGET_TAP: Final = Prepared(
    delete(RIDERS).where(
        RIDERS.c.citizen_ref == bindparam("citizen", type_=String(64)),
        RIDERS.c.tapped_at == bindparam("at", type_=UtcDateTime),
    )
)
"""A tap that was not paid is none: the next one is the first."""


def _earlier_tap(citizen_ref: str, tapped_on: str, at: datetime, window: timedelta) -> SecondTap:
    row = (
        session()
        .execute(
            select(BOARDINGS)
            .where(
                BOARDINGS.c.citizen_ref == citizen_ref,
                BOARDINGS.c.tapped_on == tapped_on,
                between(BOARDINGS.c.occurred_at, at - window, at + window),
            )
            .order_by(BOARDINGS.c.occurred_at.desc())
            .limit(1)
        )
        .one()
    )
    stop = Text(row.stop_zh, row.stop_en) if row.stop_zh else None
    return SecondTap(row.id, Text(row.line_zh, row.line_en), stop, row.occurred_at)


def _row(made: Boarding, scan: Scan, tapped_on: str, version_id: int | None) -> dict[str, Any]:
    place = made.place
    return {
        "id": made.id,
        "citizen_ref": scan.citizen.ref,
        "version_id": version_id,
        "route_gtfs_id": place.line_id,
        "line_zh": place.line.zh,
        "line_en": place.line.en,
        "direction": place.direction,
        "headsign_zh": place.headsign and place.headsign.zh,
        "headsign_en": place.headsign and place.headsign.en,
        "stop_gtfs_id": place.stop_id,
        "stop_zh": place.stop and place.stop.zh,
        "stop_en": place.stop and place.stop.en,
        "vehicle": _given(scan.context, "vehicle"),
        "kiosk_id": scan.kiosk.id,
        "tapped_on": tapped_on,
        "fare_class": made.fare.fare_class,
        "fare": made.fare.amount,
        "currency": made.fare.currency,
        "occurred_at": scan.occurred_at,
        "late": scan.late,
    }
