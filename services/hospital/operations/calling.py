"""The queue of a session (候诊): the kit's, with what is a hospital's. A booking goes along with its ticket;
a patient who waits in two queues is called to one room at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, select

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import lock_row, session
from citizen_app.toolkit.queueing import Calling, QueueRules
from citizen_app.toolkit.time import city_zone
from citizen_app.toolkit.web import Problem
from services.hospital.models import (
    HospitalBooking,
    HospitalPerson,
    HospitalSession,
    HospitalTicket,
    HospitalTicketMove,
)
from services.hospital.operations.states import BOOKINGS
from services.hospital.snapshot import rules_of

OF_BOOKING: Final[Mapping[str, str]] = {
    "waiting": "checked_in",
    "called": "called",
    "seeing": "called",
    "away": "checked_in",
    "missed": "checked_in",
    "done": "fulfilled",
}
"""Where a booking stands while its ticket is in a state."""
NOT_OPEN: Final = Text("这个班次已停诊或结束。", "This session was stopped, or is over.")


class _Sessions(Calling[HospitalSession, HospitalTicket]):
    still_here = Text(
        "{number} 号还在诊室，请先结束或过号。",
        "Number {number} is still in the room: finish or pass it first.",
    )
    in_another = Text("病人正在别的诊室。", "The patient is in another room.")
    no_room = Text("请填写诊室", "say which room")

    def rules(self, ticket: HospitalTicket) -> QueueRules:
        rules = rules_of(session().get_one(HospitalBooking, ticket.booking_id).policy_id)
        return QueueRules(rules.pass_behind, rules.pass_most, rules.back_behind)

    def refuse_closed(self, queue: HospitalSession) -> None:
        if queue.state != "open":
            raise Problem("conflict", NOT_OPEN)

    def is_over(self, queue: HospitalSession, moment: datetime) -> bool:
        return queue.state != "open" or queue.day < moment.astimezone(city_zone()).date()

    def gone(self, ticket: HospitalTicket) -> str | None:
        """Whose booking was stopped, or said to be seen at the desk."""
        state = _booking(ticket).state
        return None if state == "checked_in" else state

    def of_same_person(self, ticket: HospitalTicket) -> ColumnElement[bool]:
        booking = session().get_one(HospitalBooking, ticket.booking_id)
        theirs = select(HospitalBooking.id).where(
            HospitalBooking.citizen_ref == booking.citizen_ref, HospitalBooking.day == booking.day
        )
        return HospitalTicket.booking_id.in_(theirs)

    def hold_person(self, ticket: HospitalTicket) -> None:
        lock_row(HospitalPerson, session().get_one(HospitalBooking, ticket.booking_id).citizen_ref)

    def moved(self, ticket: HospitalTicket, by: str, reason: str, moment: datetime) -> None:
        booking, to = _booking(ticket), OF_BOOKING[ticket.state]
        if booking.state != to:
            ended = {"ended_at": moment if to == "fulfilled" else None}
            BOOKINGS.move(booking.id, to, by=by, reason=reason, moment=moment, **ended)


def _booking(ticket: HospitalTicket) -> HospitalBooking:
    """As it is now."""
    return session().get_one(HospitalBooking, ticket.booking_id, populate_existing=True)


QUEUES: Final = _Sessions("hospital", HospitalSession, HospitalTicket, HospitalTicketMove)
