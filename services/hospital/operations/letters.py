"""双向转诊: a letter from one hospital to a department of another. Its patient agrees before the other
hospital learns of it, then books with it of the referral numbers, once; back again (下转) is another
letter."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select, update

from citizen_app.toolkit.booking import MoveRefused
from citizen_app.toolkit.commands import audit
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import guarded_update, new_id, session
from citizen_app.toolkit.jobs import Unit
from citizen_app.toolkit.notices import send
from citizen_app.toolkit.time import city_zone
from citizen_app.toolkit.usage import Channel, note
from citizen_app.toolkit.web import Problem, invalid_input
from services.hospital.manifest import SERVICE
from services.hospital.models import (
    HospitalBooking,
    HospitalPatient,
    HospitalReferral,
    HospitalReferralMove,
    HospitalSession,
)
from services.hospital.operations.states import LETTERS
from services.hospital.snapshot import One, rules_in_force, structure

SLICE: Final = 200
GIVEN_UP: Final = ("cancelled", "lapsed", "stopped")
ONGOING: Final = ("offered", "accepted")
SAME_HOSPITAL: Final = Text("转诊只能开给另一家医院", "a letter goes to another hospital")
CLOSED: Final = Text("这个科室现在不接收病人", "that department takes no patients now")
NOWHERE: Final = Text(
    "现在没有可以转往的科室：对方医院没有接收病人的科室。",
    "There is nowhere to send a letter now: no department of another hospital takes patients.",
)
NO_ACCOUNT: Final = Text(
    "这位就诊人还没有市民码账户，请开纸质转诊单。",
    "This patient has no account yet: give them a letter on paper.",
)
THERE_IS_ONE: Final = Text(
    "已有一份给这个科室的转诊单，请先撤回。",
    "There is a letter to that department already: withdraw it first.",
)
NO_ANSWER: Final = Text("不是对方医院给本院的转诊单", "not a letter of that hospital to this one")
NO_REFERRAL: Final = Text(
    "转诊号需要一份您已同意、还没用过的转诊单。",
    "A referral number needs a letter that you have agreed to and not yet used.",
)


def write(
    patient: HospitalPatient,
    department_id: str,
    reason: str,
    moment: datetime,
    by: str,
    answers_id: str | None = None,
) -> HospitalReferral:
    """Write a letter for a patient, and ask them. It holds for the days that the rules of the hospital that
    sends say. Raises a 422 for where it cannot go, a 409 with words."""
    department = structure().departments.get(department_id)
    if department is None or not structure().is_open(department_id, None):
        raise invalid_input("/department_id", CLOSED)
    if department.hospital_id == patient.hospital_id:
        raise invalid_input("/department_id", SAME_HOSPITAL)
    citizen_ref = account_of(patient)
    if answers_id is not None:
        _check_answer(answers_id, patient, department.hospital_id)
    same = select(HospitalReferral.id).where(
        HospitalReferral.patient_id == patient.id,
        HospitalReferral.to_department_id == department_id,
        HospitalReferral.state.in_(ONGOING),
        HospitalReferral.valid_until >= _day(moment),
    )
    if session().scalar(same.limit(1)) is not None:
        raise Problem("conflict", THERE_IS_ONE)
    days = rules_in_force(patient.hospital_id, None, None, moment).rules.referral_days
    made = HospitalReferral(
        id=new_id(), hospital_id=patient.hospital_id, to_hospital_id=department.hospital_id,
        to_department_id=department_id, patient_id=patient.id, citizen_ref=citizen_ref,
        answers_id=answers_id, state="offered", valid_until=_day(moment) + timedelta(days=days), reason=reason,
        made_by=by, created_at=moment,
    )  # fmt: skip
    session().add(made)
    session().flush()
    audit("hospital.refer", "hospital_referral", made.id, hospital=patient.hospital_id)
    _note(made, "letter", "desk")
    send(SERVICE.id, citizen_ref, "letter", {"hospital": _sender(made)}, key=made.id)
    return made


def destinations(patient: HospitalPatient) -> list[One]:
    """Where a letter for a patient may go: departments of other hospitals that take patients now. Raises a
    409 with words where there is none."""
    return departments_of(*(one for one in structure().hospitals if one != patient.hospital_id))


def departments_of(*hospitals: str) -> list[One]:
    """The departments of hospitals that take patients now, of one hospital after the other. Raises a 409 with
    words where there is none."""
    held = structure()
    found = [
        one
        for one in held.departments.values()
        if one.hospital_id in hospitals and held.is_open(one.id, None)
    ]
    if not found:
        raise Problem("conflict", NOWHERE)
    return sorted(found, key=lambda one: (one.hospital_id, one.id))


def account_of(patient: HospitalPatient) -> str:
    """By what the city knows a patient. Raises a 409 for somebody without an account: they cannot agree."""
    if patient.citizen_ref is None:
        raise Problem("conflict", NO_ACCOUNT)
    return patient.citizen_ref


def decide(letter: HospitalReferral, agreed: bool, moment: datetime, by: str) -> HospitalReferral:
    """The patient agrees, or not, or no more. Raises `MoveRefused`, a 409 for what is used or over."""
    to = "accepted" if agreed else "declined"
    if standing(letter, moment) == "expired":
        raise MoveRefused("expired", to)
    done = LETTERS.move(letter.id, to, by=by, reason=by, moment=moment)
    _note(done, "accept_letter" if agreed else "decline_letter", "app")
    return done


def withdraw(letter: HospitalReferral, moment: datetime, by: str) -> HospitalReferral:
    """The hospital that sent it takes it back, as long as nobody has booked with it."""
    done = LETTERS.move(letter.id, "withdrawn", by=by, reason="withdrawn", moment=moment)
    audit("hospital.withdraw_letter", "hospital_referral", letter.id, hospital=letter.hospital_id)
    if done.citizen_ref is not None:
        send(SERVICE.id, done.citizen_ref, "letter_withdrawn", {"hospital": _sender(done)}, key=done.id)
    return done


def letter_for(patient: HospitalPatient, row: HospitalSession, moment: datetime) -> HospitalReferral:
    """The letter with which a patient may have a number of a session; a 409 where there is none. Of letters
    that were used those count of which the booking was given up."""
    given_up = (
        select(HospitalBooking.id)
        .where(HospitalBooking.id == HospitalReferral.booking_id, HospitalBooking.state.in_(GIVEN_UP))
        .exists()
    )
    letter = (
        select(HospitalReferral)
        .where(
            HospitalReferral.to_department_id == row.department_id,
            HospitalReferral.citizen_ref == patient.citizen_ref,
            (HospitalReferral.state == "accepted") | ((HospitalReferral.state == "used") & given_up),
            HospitalReferral.valid_until >= row.day,
        )
        .order_by(HospitalReferral.id)
        .limit(1)
    )
    found = None if patient.citizen_ref is None else session().scalar(letter)
    if found is None:
        raise Problem("conflict", NO_REFERRAL)
    return found


def use(
    letter: HospitalReferral, booking: HospitalBooking, moment: datetime, by: str, channel: Channel
) -> None:
    """Tie a letter to the booking made with it, once: whoever comes second with the same letter gets a
    409."""
    used = guarded_update(
        HospitalReferral,
        HospitalReferral.id == letter.id,
        HospitalReferral.state == letter.state,
        HospitalReferral.booking_id.is_not_distinct_from(letter.booking_id),
        state="used",
        booking_id=booking.id,
    )
    if used is None:
        raise Problem("conflict", NO_REFERRAL)
    session().add(
        HospitalReferralMove(
            id=new_id(), subject_id=letter.id, from_state="accepted", to_state="used", moved_by=by,
            reason=booking.id, moved_at=moment,
        )
    )  # fmt: skip
    session().flush()
    _note(used, "use_letter", channel)


def follow(old_id: str, new_id: str) -> None:
    """A booking that was moved is another row; its letter goes along."""
    moved = update(HospitalReferral).where(HospitalReferral.booking_id == old_id)
    session().execute(moved.values(booking_id=new_id))


def expire(moment: datetime, unit: Unit) -> int:
    """Letters of which the days are over end; returns how many."""
    ended = 0
    while True:
        with unit():
            over = select(HospitalReferral.id).where(
                HospitalReferral.state.in_(ONGOING), HospitalReferral.valid_until < _day(moment)
            )
            rows = session().scalars(over.order_by(HospitalReferral.id).limit(SLICE)).all()
            for letter_id in rows:
                LETTERS.move(letter_id, "expired", by="system", reason="time", moment=moment)
        ended += len(rows)
        if len(rows) < SLICE:
            return ended


def standing(letter: HospitalReferral, moment: datetime) -> str:
    """The state as it is at a moment: over when its days are, swept or not; and ready again where the
    booking that was made with it was given up."""
    if letter.state == "used" and letter.booking_id is not None:
        booking = session().get(HospitalBooking, letter.booking_id)
        if booking is None or booking.state not in GIVEN_UP:
            return "used"
        return "accepted" if letter.valid_until >= _day(moment) else "expired"
    return "expired" if letter.state in ONGOING and letter.valid_until < _day(moment) else letter.state


def _check_answer(answers_id: str, patient: HospitalPatient, to_hospital_id: str) -> None:
    answered = session().get(HospitalReferral, answers_id)
    fits = (
        answered is not None
        and answered.to_hospital_id == patient.hospital_id
        and answered.hospital_id == to_hospital_id
        and answered.citizen_ref == patient.citizen_ref
        and answered.state in ("accepted", "used")
    )
    if not fits:
        raise invalid_input("/answers_id", NO_ANSWER)


def _day(moment: datetime) -> date:
    return moment.astimezone(city_zone()).date()


def _sender(letter: HospitalReferral) -> Text:
    return structure().hospitals[letter.hospital_id].name


def _note(letter: HospitalReferral, act: str, channel: Channel) -> None:
    if letter.citizen_ref is not None:
        lines = [_sender(letter), structure().hospitals[letter.to_hospital_id].name]
        key = f"{letter.id}:{act}:{letter.booking_id or ''}"
        note(SERVICE.id, letter.citizen_ref, act, channel, lines, key=key)
