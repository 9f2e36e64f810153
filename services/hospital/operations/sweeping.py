"""What time brings: holds lapse, unsold numbers go to the app, sessions are over, who did not come is a
no-show, tomorrow's patients are reminded, what is old is forgotten. Each in short units, harmless to
repeat."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, select

from citizen_app.toolkit.booking import EXPIRED, MoveRefused
from citizen_app.toolkit.data import first_id_at, session, table_of
from citizen_app.toolkit.jobs import Unit, delete_in_slices
from citizen_app.toolkit.notices import send
from citizen_app.toolkit.time import city_zone
from citizen_app.toolkit.usage import note
from services.hospital.manifest import SERVICE
from services.hospital.models import (
    HospitalAppeal,
    HospitalBooking,
    HospitalMove,
    HospitalPool,
    HospitalReferral,
    HospitalReferralMove,
    HospitalSession,
    HospitalStrike,
    HospitalTicket,
    HospitalTicketMove,
    HospitalWait,
)
from services.hospital.operations import strikes
from services.hospital.operations.booking import said, told
from services.hospital.operations.calling import QUEUES
from services.hospital.operations.states import BOOKINGS, PLACES, SESSIONS, SLOTS
from services.hospital.operations.waiting import offer
from services.hospital.operations.watching import marked_long_ago
from services.hospital.snapshot import rules_of

SLICE: Final = 100
NIL: Final = "00000000-0000-0000-0000-000000000000"
REMIND_FROM: Final = timedelta(hours=36)
"""How long before a visit its patient is reminded: in the afternoon before it, at the latest."""


def end_overdue(moment: datetime, unit: Unit) -> int:
    """Holds that were not confirmed lapse, and returned numbers come back; each goes to whoever waits."""
    places = PLACES.sweep(moment, unit, freed=lambda pool_id: offer(pool_id, moment))
    lapsed = (HospitalBooking.state == "held") & (HospitalBooking.hold_state == EXPIRED)

    def lapse(row: HospitalBooking) -> None:
        BOOKINGS.move(row.id, "lapsed", by="system", reason="expired", moment=moment, ended_at=moment)

    _each(lapsed, unit, lapse)
    return places


def give_back_unsold(moment: datetime, unit: Unit) -> int:
    """Numbers that a channel did not sell in time go to the app's pool of the same slot, once; returns how
    many."""
    return SLOTS.give_back(moment, unit, freed=lambda pool_id: offer(pool_id, moment))


def miss(moment: datetime, unit: Unit) -> int:
    """Who had a number of a session that took place and did not check in in time is a no-show: once, and
    never where it was stopped. Sessions are over when all of that is done."""
    gone = (HospitalBooking.state == "booked") & (HospitalBooking.ends_at < moment)
    took_place = select(HospitalSession.id).where(HospitalSession.state == "stopped")
    missed = _each(
        gone & HospitalBooking.session_id.not_in(took_place), unit, lambda row: miss_one(row, moment)
    )
    _end_sessions(moment, unit)
    return missed


def _end_sessions(moment: datetime, unit: Unit) -> None:
    """Sessions end half a day after their hours, and with each the waiting of those who were not called."""
    past = (HospitalSession.state == "open") & (HospitalSession.ends_at < moment - timedelta(hours=12))
    with unit():
        over = session().scalars(select(HospitalSession.id).where(past).limit(SLICE)).all()
    for row_id in over:
        with unit(), suppress(MoveRefused):  # it was stopped since
            QUEUES.end(row_id, moment)
            SESSIONS.move(row_id, "over", by="system", reason="time", moment=moment)


def miss_one(row: HospitalBooking, moment: datetime) -> bool:
    """Say that a booking was missed, where its patient may no longer check in and the session took place;
    returns whether that is so."""
    if row.ends_at + timedelta(minutes=rules_of(row.policy_id).late_minutes) >= moment:
        return False
    of = select(HospitalSession.state).where(HospitalSession.id == row.session_id)
    if session().scalar(of) == "stopped":  # since the rows were read
        return False
    done = BOOKINGS.move(row.id, "no_show", by="system", reason="time", moment=moment, ended_at=moment)
    strikes.add(done, "no_show", done.ends_at)
    note(SERVICE.id, done.citizen_ref, "missed", "automatic", [said(done)], key=f"{done.id}:missed")
    send(SERVICE.id, done.citizen_ref, "missed", {"day": done.day}, key=done.id)
    return True


def remind(moment: datetime, unit: Unit) -> int:
    """Tell tomorrow's patients, once each."""
    soon = (
        (HospitalBooking.state == "booked")
        & (HospitalBooking.starts_at > moment)
        & (HospitalBooking.starts_at < moment + REMIND_FROM)
        & (HospitalBooking.day > moment.astimezone(city_zone()).date())
        & HospitalBooking.reminded_at.is_(None)
    )

    def tell(row: HospitalBooking) -> None:
        row.reminded_at = moment
        session().flush()
        send(SERVICE.id, row.citizen_ref, "reminder", told(row), key=row.id)

    return _each(soon, unit, tell)


def forget(moment: datetime, keep_days: int, unit: Unit) -> int:
    """Delete bookings older than they may be kept, with what hangs on them."""
    oldest = (moment - timedelta(days=keep_days)).date()
    old = select(HospitalBooking.id).where(HospitalBooking.day < oldest)
    strikes_of_old = select(HospitalStrike.id).where(HospitalStrike.subject_id.in_(old))
    before = HospitalSession.day < oldest
    tickets = select(HospitalTicket.id).where(HospitalTicket.booking_id.in_(old))
    letters = HospitalReferral.id < first_id_at(moment - timedelta(days=keep_days))
    pools = select(HospitalPool.id).join(HospitalSession, HospitalSession.id == HospitalPool.session_id)
    for model, condition in (
        (HospitalAppeal, HospitalAppeal.strike_id.in_(strikes_of_old)),
        (HospitalStrike, HospitalStrike.subject_id.in_(old)),
        (HospitalMove, HospitalMove.subject_id.in_(old)),
        (HospitalTicketMove, HospitalTicketMove.subject_id.in_(tickets)),
        (HospitalTicket, HospitalTicket.booking_id.in_(old)),
        (HospitalWait, HospitalWait.pool_id.in_(pools.where(before))),
        (
            HospitalReferralMove,
            HospitalReferralMove.subject_id.in_(select(HospitalReferral.id).where(letters)),
        ),
        (HospitalReferral, letters),
    ):
        delete_in_slices(table_of(model), condition, unit)
    return delete_in_slices(table_of(HospitalBooking), HospitalBooking.day < oldest, unit)


def forget_marks(moment: datetime, unit: Unit) -> int:
    """Marks are kept no longer than anybody looks for patterns."""

    def unmark(row: HospitalBooking) -> None:
        row.account = row.network = None
        session().flush()

    return _each(marked_long_ago(moment), unit, unmark)


def _each(condition: ColumnElement[bool], unit: Unit, act: Callable[[HospitalBooking], object]) -> int:
    """Do something to each booking of which a condition is true, some to a unit; returns how many there
    were."""
    done, last = 0, NIL
    while True:
        with unit():
            more = select(HospitalBooking).where(condition, HospitalBooking.id > last)
            rows = list(session().scalars(more.order_by(HospitalBooking.id).limit(SLICE)))
            for row in rows:
                with suppress(MoveRefused):  # they have come, or cancelled, since the rows were read
                    act(row)
                last = row.id
        done += len(rows)
        if len(rows) < SLICE:
            return done
