"""What a kiosk, or a poster at the door, is answered: the number, the room, how many are before; or what is
wrong, and where and when the booking is. Words for a screen that others see: never what somebody has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from citizen_app.toolkit.queueing import IN_ROOM, ORDINARY, OVER
from citizen_app.toolkit.scan import Allow, Choosing, Meaning, Refuse, Scan, Text
from citizen_app.toolkit.time import city_zone
from services.hospital.models import HospitalBooking, HospitalSession
from services.hospital.operations.arriving import Arrived, NotHere, arrive
from services.hospital.operations.calling import QUEUES
from services.hospital.snapshot import rules_of, structure

NUMBER: Final = Text("报到成功，{number} 号", "Checked in: number {number}")
FOR: Final = Text("就诊人：{name}", "Patient: {name}")
ROOM: Final = Text("请到 {place} 候诊", "Please wait at {place}")
WAITING: Final = Text("前面还有 {count} 人", "{count} before you")
NEXT: Final = Text("您是下一位", "You are next")
CALLED: Final = Text("已叫到您，请到 {room}", "You are called: go to {room}")
ENDED: Final = Text("报到已记录，当天候诊已结束", "On record: the waiting of that day is over")
PRIORITY: Final = Text("已按优先就诊排队", "You wait with priority")
SPOKEN: Final = Text(
    "报到成功，{number} 号，前面还有 {count} 人", "Checked in. Number {number}. {count} before you."
)
THERE: Final = Text(
    "您的预约：{day} {time}，{hospital}{campus}", "Your booking: {day}, {time}, {hospital}, {campus}"
)
FROM: Final = Text("{time} 起可以报到", "You can check in from {time}")
UNTIL: Final = Text("报到截止时间是 {time}", "Check-in ended at {time}")
CAMPUS: Final = Text("{hospital} {campus}", "{hospital}, {campus}")


def met(scan: Scan) -> Meaning:
    """Check the citizen in for the booking of today that comes next."""
    citizen, where = scan.citizen, scan.context.get("campus")
    uploaded_at = scan.received_at if scan.late else None
    done = arrive(citizen.ref, scan.occurred_at, campus_id=where, has=citizen.has, uploaded_at=uploaded_at)
    if isinstance(done, NotHere):
        return Refuse(done.reason, _instead(done))
    name = citizen.masked_name if scan.presenter.kind != "self" else None
    return _there(done, name)


def campuses_to_choose(asked: Choosing) -> Sequence[tuple[str, Text]]:
    """Where a kiosk may stand."""
    held = structure()
    return [
        (one.id, CAMPUS.fill(hospital=held.hospitals[one.hospital_id].name, campus=one.name))
        for one in held.campuses.values()
        if not one.closed and not held.hospitals[one.hospital_id].closed
    ]


def _there(done: Arrived, name: str | None) -> Allow:
    ticket, number = done.ticket, str(done.ticket.number)
    if ticket.state in OVER:
        return Allow(NUMBER.fill(number=number), (ENDED,), None, _outcome(done))
    count = QUEUES.order.before(ticket)
    lines = [FOR.fill(name=name)] if name else []
    if ticket.state in IN_ROOM:
        lines.append(CALLED.fill(room=ticket.room or ""))
    else:
        lines.append(ROOM.fill(place=_place(done.place)))
        lines.append(WAITING.fill(count=count) if count else NEXT)
    if ticket.rank < ORDINARY:
        lines.append(PRIORITY)
    spoken = SPOKEN.fill(number=number, count=count)
    return Allow(NUMBER.fill(number=number), tuple(lines), spoken, _outcome(done))


def _outcome(done: Arrived) -> dict[str, object]:
    return {"booking_id": done.booking.id, "number": done.ticket.number, "again": done.again}


def _place(row: HospitalSession) -> Text:
    """The floor and the room; without either the department, which somebody has to find."""
    department = structure().departments[row.department_id]
    said = " ".join(part for part in (department.floor, row.room) if part)
    return Text(said, said) if said else department.name


def _instead(done: NotHere) -> tuple[Text, ...]:
    booking, place = done.booking, done.place
    if booking is None or place is None:
        return ()
    held, rules = structure(), rules_of(booking.policy_id)
    there = THERE.fill(
        day=f"{booking.day:%m-%d}",
        time=_clock(booking, timedelta(0)),
        hospital=held.hospitals[booking.hospital_id].name,
        campus=held.campuses[place.campus_id].name,
    )
    if done.reason == "too_early":
        return there, FROM.fill(time=_clock(booking, -timedelta(minutes=rules.early_minutes)))
    if done.reason == "too_late":
        ended = booking.ends_at - booking.starts_at + timedelta(minutes=rules.late_minutes)
        return there, UNTIL.fill(time=_clock(booking, ended))
    return (there,)


def _clock(booking: HospitalBooking, later: timedelta) -> str:
    return (booking.starts_at + later).astimezone(city_zone()).strftime("%H:%M")
