"""A person's copy of what is kept of them, and their erasure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import session
from citizen_app.toolkit.rights import CitizenView, Kept, rows_of
from services.hospital.models import (
    HospitalAppeal,
    HospitalBooking,
    HospitalFormerReport,
    HospitalMove,
    HospitalPatient,
    HospitalPerson,
    HospitalReferral,
    HospitalReferralMove,
    HospitalReport,
    HospitalStrike,
    HospitalTicket,
    HospitalTicketMove,
    HospitalWait,
)
from services.hospital.operations.paying import give_back
from services.hospital.operations.states import OPEN, PLACES
from services.hospital.operations.waiting import offer


def kept_of(citizen: CitizenView) -> Sequence[Kept]:
    """All that is kept of somebody, by account and by document."""
    patients = _patients(citizen)
    ids = select(HospitalPatient.id).where(patients)
    bookings = HospitalBooking.patient_id.in_(ids)
    of = {
        "patients": (Text("就诊档案", "Patient records"), HospitalPatient, patients),
        "persons": (Text("可见设置", "What a guardian sees"), HospitalPerson, HospitalPerson.ref == citizen.ref),
        "bookings": (Text("挂号", "Bookings"), HospitalBooking, bookings),
        "waits": (Text("候补", "Waiting lists"), HospitalWait, HospitalWait.patient_id.in_(ids)),
        "strikes": (Text("爽约", "Strikes"), HospitalStrike, HospitalStrike.citizen_ref.in_(_refs(citizen))),
        "appeals": (Text("申诉", "Appeals"), HospitalAppeal, HospitalAppeal.citizen_ref.in_(_refs(citizen))),
        "tickets": (Text("候诊号", "Queue numbers"), HospitalTicket, HospitalTicket.booking_id.in_(select(HospitalBooking.id).where(bookings))),
        "referrals": (Text("转诊单", "Referrals"), HospitalReferral, _referrals(citizen, patients)),
        "reports": (Text("检查检验结果", "Results"), HospitalReport, HospitalReport.patient_id.in_(ids)),
        "former_reports": (Text("更正前的结果", "Results before correction"), HospitalFormerReport, _former(ids)),
    }  # fmt: skip
    return [
        Kept(name, title, rows_of(model, where, omit=("made_by",)))
        for name, (title, model, where) in of.items()
    ]


def erase(citizen: CitizenView, moment: datetime) -> None:
    """Forget somebody; what they had booked is another's, and what they had paid for it comes back first."""
    patients = _patients(citizen)
    ids = list(session().scalars(select(HospitalPatient.id).where(patients)))
    mine = HospitalBooking.patient_id.in_(ids)
    rows = session().scalars(select(HospitalBooking).where(mine).order_by(HospitalBooking.pool_id)).all()
    for row in rows:
        if row.state in OPEN and row.starts_at > moment:
            give_back(row, 100)
    bookings, pools = [row.id for row in rows], {row.pool_id for row in rows}
    tickets = select(HospitalTicket.id).where(HospitalTicket.booking_id.in_(bookings))
    refs = _refs(citizen)
    letters = select(HospitalReferral.id).where(_referrals(citizen, patients))
    for model, condition in (
        (HospitalTicketMove, HospitalTicketMove.subject_id.in_(tickets)),
        (HospitalTicket, HospitalTicket.booking_id.in_(bookings)),
        (HospitalMove, HospitalMove.subject_id.in_(bookings)),
        (HospitalAppeal, HospitalAppeal.citizen_ref.in_(refs)),
        (HospitalStrike, HospitalStrike.citizen_ref.in_(refs)),
        (HospitalWait, HospitalWait.patient_id.in_(ids)),
        (HospitalFormerReport, _former(ids)),
        (HospitalReport, HospitalReport.patient_id.in_(ids)),
        (HospitalReferralMove, HospitalReferralMove.subject_id.in_(letters)),
        (HospitalReferral, _referrals(citizen, patients)),
    ):
        session().execute(delete(model).where(condition))
    for ref in refs:
        PLACES.forget(ref)
    session().execute(delete(HospitalPatient).where(HospitalPatient.id.in_(ids)))
    session().execute(delete(HospitalPerson).where(HospitalPerson.ref.in_(refs)))
    for pool in sorted(pools):
        offer(pool, moment)


def _refs(citizen: CitizenView) -> list[str]:
    return [citizen.ref, *citizen.identity_refs]


def _patients(citizen: CitizenView) -> ColumnElement[bool]:
    return or_(
        HospitalPatient.citizen_ref == citizen.ref,
        HospitalPatient.identity_ref.in_(citizen.identity_refs) & HospitalPatient.citizen_ref.is_(None),
    )


def _former(patients: Any) -> ColumnElement[bool]:
    mine = select(HospitalReport.id).where(HospitalReport.patient_id.in_(patients))
    return HospitalFormerReport.report_id.in_(mine)


def _referrals(citizen: CitizenView, patients: ColumnElement[bool]) -> ColumnElement[bool]:
    sent = HospitalReferral.patient_id.in_(select(HospitalPatient.id).where(patients))
    return or_(HospitalReferral.citizen_ref == citizen.ref, sent)
