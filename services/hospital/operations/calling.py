"""The queue of a session (候诊): who is called next, and what becomes of them.

Whatever changes a queue holds the session's row, so calls take turns; a patient who waits in two queues is
held, too, and is called in one room at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from citizen_app.toolkit.commands import audit
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import lock_row, session
from citizen_app.toolkit.web import Problem, invalid_input
from services.hospital.models import HospitalBooking, HospitalPerson, HospitalSession, HospitalTicket
from services.hospital.operations import ordering
from services.hospital.operations.rules import Rules
from services.hospital.operations.states import BOOKINGS, TICKETS
from services.hospital.snapshot import rules_of

IN_ROOM: Final = ("called", "seeing")
OF_BOOKING: Final[Mapping[str, str]] = {
    "waiting": "checked_in",
    "called": "called",
    "seeing": "called",
    "away": "checked_in",
    "missed": "checked_in",
    "done": "fulfilled",
}
"""Where a booking stands while its ticket is in a state."""
ACTS: Final[Mapping[str, tuple[Collection[str], Text]]] = {
    "again": (("called",), Text("再叫一次", "Call again")),
    "pass": (("called",), Text("过号", "Did not come")),
    "start": (("called",), Text("开始就诊", "Start")),
    "done": (("called", "seeing"), Text("就诊结束", "Finished")),
    "tests": (("called", "seeing"), Text("去做检查", "Sent for tests")),
    "back": (("away", "missed"), Text("回到候诊", "Back in the queue")),
    "urgent": (("waiting",), Text("急，提前", "Urgent: bring forward")),
    "undo": (("called", "seeing", "done", "away"), Text("撤销", "Undo")),
}
"""What is done with a ticket, and from which states."""
NEED_REASON: Final = ("urgent", "undo")
UNDONE: Final[Mapping[str, str]] = {
    "called": "waiting",
    "seeing": "called",
    "done": "called",
    "away": "called",
}
STILL_HERE: Final = Text(
    "{number} 号还在诊室，请先结束或过号。", "Number {number} is still in the room: finish or pass it first."
)
IN_ANOTHER: Final = Text("病人正在别的诊室。", "The patient is in another room.")
NO_ROOM: Final = Text("请填写诊室", "say which room")
NOT_NOW: Final = Text("现在的状态不能这样做。", "This cannot be done in the present state.")
WHY: Final = Text("请写明原因", "say why")
NOT_OPEN: Final = Text("这个班次已停诊或结束。", "This session was stopped, or is over.")


def call_next(
    session_id: str, room: str | None, moment: datetime, by: str, *, finish: bool = False
) -> HospitalTicket | None:
    """Call the next patient of a session to a room; None where nobody waits. Raises a 409 while somebody is
    in the room, unless that visit is to `finish` with this."""
    row = _locked(session_id)
    if row.state != "open":
        raise Problem("conflict", NOT_OPEN)
    room = room or row.room
    if not room:
        raise invalid_input("/room", NO_ROOM)
    for one in in_room(session_id, room):
        if not finish:
            raise Problem("conflict", STILL_HERE.fill(number=one.number))
        _move(one, "done", by, "next", moment)
    for ticket in ordering.waiting(session_id):
        booking = session().get_one(HospitalBooking, ticket.booking_id, populate_existing=True)
        if booking.state != "checked_in":  # stopped, or said to be seen at the desk
            TICKETS.move(ticket.id, "left", by=by, reason=booking.state, moment=moment)
        elif not _is_elsewhere(ticket, booking):
            return _call(ticket, room, by, "next", moment)
    return None


def act(ticket: HospitalTicket, wanted: str, moment: datetime, by: str, reason: str | None) -> HospitalTicket:
    """Do one of `ACTS` with a ticket. Raises a 409 where its state does not allow it, a 422 where a reason is
    missing."""
    if wanted in NEED_REASON and not reason:
        raise invalid_input("/reason", WHY)
    _locked(ticket.session_id)
    row = lock_row(HospitalTicket, ticket.id)
    if row is None:
        raise Problem("not-found")
    if row.state not in ACTS[wanted][0]:
        raise Problem("conflict", NOT_NOW)
    why = reason or wanted
    if wanted == "undo":
        return _undo(row, moment, by, why)
    if wanted == "again":
        return _move(row, "called", by, why, moment, calls=row.calls + 1, called_at=moment)
    if wanted == "urgent":
        audit("hospital.urgent", "hospital_ticket", row.id)
        urgent: dict[str, Any] = {"rank": ordering.URGENT, "place": ordering.last_place(row.session_id)}
        return _move(row, "waiting", by, why, moment, **urgent)
    if wanted == "pass":
        return _pass(row, moment, by)
    if wanted == "back":
        rules = _rules(row)
        people = rules.back_behind if row.state == "away" else rules.pass_behind
        return _move(row, "waiting", by, why, moment, room=None, **ordering.behind(row, people))
    return _move(row, {"start": "seeing", "done": "done", "tests": "away"}[wanted], by, why, moment)


def in_room(session_id: str, room: str) -> list[HospitalTicket]:
    """Who of a session is called to a room, or is in it."""
    found = select(HospitalTicket).where(
        HospitalTicket.session_id == session_id,
        HospitalTicket.room == room,
        HospitalTicket.state.in_(IN_ROOM),
    )
    return list(session().scalars(found.execution_options(populate_existing=True)))


def _pass(row: HospitalTicket, moment: datetime, by: str) -> HospitalTicket:
    rules, times = _rules(row), row.missed + 1
    if times >= rules.pass_most:
        return _move(row, "missed", by, "pass", moment, missed=times, room=None)
    behind = ordering.behind(row, rules.pass_behind)
    return _move(row, "waiting", by, "pass", moment, missed=times, room=None, **behind)


def _undo(row: HospitalTicket, moment: datetime, by: str, reason: str) -> HospitalTicket:
    """Back to before the last act; the move says who undid it and why."""
    audit("hospital.undo", "hospital_ticket", row.id, state=row.state)
    if row.state == "called":
        return _move(row, "waiting", by, reason, moment, room=None, **ordering.behind(row, 0))
    if row.state == "seeing":
        return _move(row, "called", by, reason, moment)
    assert row.room is not None
    others = in_room(row.session_id, row.room)
    if others:
        raise Problem("conflict", STILL_HERE.fill(number=others[0].number))
    booking = session().get_one(HospitalBooking, row.booking_id)
    if _is_elsewhere(row, booking):
        raise Problem("conflict", IN_ANOTHER)
    return _move(row, "called", by, reason, moment)


def _call(ticket: HospitalTicket, room: str, by: str, reason: str, moment: datetime) -> HospitalTicket:
    return _move(ticket, "called", by, reason, moment, room=room, calls=ticket.calls + 1, called_at=moment)


def _is_elsewhere(ticket: HospitalTicket, booking: HospitalBooking) -> bool:
    """Whether the patient is in another room now. Their row is held: of two queues that call them at once
    the second sees the first."""
    lock_row(HospitalPerson, booking.citizen_ref)
    there = (
        select(HospitalTicket.id)
        .join(HospitalBooking, HospitalBooking.id == HospitalTicket.booking_id)
        .where(
            HospitalBooking.citizen_ref == booking.citizen_ref,
            HospitalBooking.day == booking.day,
            HospitalTicket.id != ticket.id,
            HospitalTicket.state.in_(IN_ROOM),
        )
    )
    return session().scalar(there.limit(1)) is not None


def _move(
    ticket: HospitalTicket, to: str, by: str, reason: str, moment: datetime, **columns: Any
) -> HospitalTicket:
    """Move a ticket, and its booking with it."""
    moved = TICKETS.move(ticket.id, to, by=by, reason=reason, moment=moment, **columns)
    booking = session().get_one(HospitalBooking, ticket.booking_id, populate_existing=True)
    if booking.state != OF_BOOKING[to]:
        ended = {"ended_at": moment if to == "done" else None}
        BOOKINGS.move(booking.id, OF_BOOKING[to], by=by, reason=reason, moment=moment, **ended)
    return moved


def _locked(session_id: str) -> HospitalSession:
    row = lock_row(HospitalSession, session_id)
    if row is None:
        raise Problem("not-found")
    return row


def _rules(ticket: HospitalTicket) -> Rules:
    return rules_of(session().get_one(HospitalBooking, ticket.booking_id).policy_id)
