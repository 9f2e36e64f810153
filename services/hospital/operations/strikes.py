"""爽约: who does not come, or cancels late and often, may not book for a time. Suspension is computed, never
stored."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, select, update

from citizen_app.toolkit.booking import Suspended, strikes
from citizen_app.toolkit.commands import audit
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import guarded_update, new_id, session, upsert
from citizen_app.toolkit.notices import send
from citizen_app.toolkit.usage import note
from citizen_app.toolkit.web import Problem
from services.hospital.manifest import SERVICE
from services.hospital.models import HospitalAppeal, HospitalBooking, HospitalPatient, HospitalStrike
from services.hospital.operations.patients import locked_person
from services.hospital.operations.rules import Rules
from services.hospital.snapshot import rules_in_force, structure

APPEALED: Final = Text("这一条已经申诉过。", "You have appealed against this already.")
FORGIVEN: Final = Text("这一条已经撤销。", "This one does not count any more.")
NOT_SUSPENDED: Final = Text("这位就诊人没有被暂停预约。", "This patient is not suspended.")
ABOUT: Final = Text("{hospital}", "{hospital}")


def add(booking: HospitalBooking, kind: str, occurred_at: datetime) -> bool:
    """Write a strike down, one for each booking."""
    made = upsert(HospitalStrike).values(
        id=new_id(),
        citizen_ref=booking.citizen_ref,
        subject_id=booking.id,
        hospital_id=booking.hospital_id,
        kind=kind,
        occurred_at=occurred_at,
    )
    return session().scalar(made.on_conflict_do_nothing().returning(HospitalStrike.id)) is not None


def forgive_missed(booking_id: str, moment: datetime, by: str) -> None:
    """Whoever stands as missed was there: it counts no more."""
    missed = select(HospitalStrike.id).where(
        HospitalStrike.subject_id == booking_id, HospitalStrike.kind == "no_show"
    )
    strike_id = session().scalar(missed)
    if strike_id is not None:
        strikes.forgive(HospitalStrike, strike_id, moment, by, "was there")


def suspended_until(ref: str, hospital_id: str, rules: Rules, moment: datetime) -> datetime | None:
    """Until when somebody may not book at a hospital; None where they may."""
    counted = select(HospitalStrike.kind, HospitalStrike.occurred_at).where(
        HospitalStrike.citizen_ref == ref, *_counted(hospital_id, moment)
    )
    return _end([(row.kind, row.occurred_at) for row in session().execute(counted)], rules, moment)


def suspended_at(hospital_id: str, rules: Rules, moment: datetime) -> dict[str, datetime]:
    """Who may not book at a hospital under some rules, each until when; the first to be free again first."""
    longest = max((one.within_days + one.suspend_days for one in rules.ladders), default=0)
    kinds = {kind for ladder in rules.ladders for kind in ladder.kinds}
    least = min((one.strikes for one in rules.ladders), default=1)
    recent = [
        *_counted(hospital_id, moment),
        HospitalStrike.kind.in_(kinds),
        HospitalStrike.occurred_at > moment - timedelta(days=longest),
    ]
    often = select(HospitalStrike.citizen_ref).where(*recent).group_by(HospitalStrike.citizen_ref)
    rows = session().execute(
        select(HospitalStrike.citizen_ref, HospitalStrike.kind, HospitalStrike.occurred_at).where(
            *recent, HospitalStrike.citizen_ref.in_(often.having(func.count() >= least))
        )
    )
    by_ref: dict[str, list[tuple[str, datetime]]] = {}
    for ref, kind, at in rows:
        by_ref.setdefault(ref, []).append((kind, at))
    ends = {ref: _end(of, rules, moment) for ref, of in by_ref.items()}
    still = {ref: until for ref, until in ends.items() if until is not None}
    return dict(sorted(still.items(), key=lambda one: (one[1], one[0])))


def _counted(hospital_id: str, moment: datetime) -> list[ColumnElement[bool]]:
    return [
        HospitalStrike.hospital_id == hospital_id,
        HospitalStrike.forgiven_at.is_(None),
        HospitalStrike.occurred_at <= moment,
    ]


def _end(of: Iterable[tuple[str, datetime]], rules: Rules, moment: datetime) -> datetime | None:
    counted = list(of)
    ends = [
        strikes.suspended_until([at for kind, at in counted if kind in ladder.kinds], [ladder.step], moment)
        for ladder in rules.ladders
    ]
    return max((end for end in ends if end is not None), default=None)


def free_again(patient: HospitalPatient, why: str, by: str, moment: datetime) -> None:
    """End a patient's suspension early: what has counted until now counts no more. Raises a 409 for somebody
    who is not suspended."""
    locked_person(patient.holder_ref, moment)
    rules = rules_in_force(patient.hospital_id, None, None, moment).rules
    if suspended_until(patient.holder_ref, patient.hospital_id, rules, moment) is None:
        raise Problem("conflict", NOT_SUSPENDED)
    session().execute(
        update(HospitalStrike)
        .where(HospitalStrike.citizen_ref == patient.holder_ref, *_counted(patient.hospital_id, moment))
        .values(forgiven_at=moment, forgiven_by=by[:64], forgiven_why=why)
    )
    audit("hospital.free_again", "hospital_patient", patient.id, hospital=patient.hospital_id)
    hospital = structure().hospitals[patient.hospital_id].name
    note(SERVICE.id, patient.holder_ref, "freed", "desk", [ABOUT.fill(hospital=hospital)])
    send(
        SERVICE.id,
        patient.holder_ref,
        "freed",
        {"hospital": hospital},
        key=f"{patient.id}:{moment.timestamp()}",
    )


def refuse_suspended(ref: str, hospital_id: str, rules: Rules, moment: datetime) -> None:
    """Raise `Suspended` for whoever may not book here."""
    until = suspended_until(ref, hospital_id, rules, moment)
    if until is not None:
        raise Suspended(until)


def suspensions_of(ref: str, moment: datetime) -> dict[str, datetime]:
    """The hospitals at which somebody may not book, each until when."""
    places = select(HospitalStrike.hospital_id).where(HospitalStrike.citizen_ref == ref).distinct()
    found = {
        hospital_id: suspended_until(
            ref, hospital_id, rules_in_force(hospital_id, None, None, moment).rules, moment
        )
        for hospital_id in session().scalars(places)
    }
    return {hospital_id: until for hospital_id, until in found.items() if until is not None}


def strikes_of(ref: str) -> list[tuple[HospitalStrike, HospitalAppeal | None]]:
    """What counts against somebody, or did, the latest first, each with its appeal."""
    found = session().execute(
        select(HospitalStrike, HospitalAppeal)
        .outerjoin(HospitalAppeal, HospitalAppeal.strike_id == HospitalStrike.id)
        .where(HospitalStrike.citizen_ref == ref, HospitalStrike.kind.in_(("no_show", "late_cancel")))
        .order_by(HospitalStrike.occurred_at.desc(), HospitalStrike.id)
        .limit(100)
    )
    return [(strike, appeal) for strike, appeal in found]


def appeal(ref: str, strike_id: str, reason: str, moment: datetime) -> HospitalAppeal:
    """Appeal against a strike of one's own, once. Raises a 404 for another's, a 409 for a second time."""
    strike = session().get(HospitalStrike, strike_id)
    if strike is None or strike.citizen_ref != ref:
        raise Problem("not-found")
    if strike.forgiven_at is not None:
        raise Problem("conflict", FORGIVEN)
    known = select(HospitalAppeal.id).where(HospitalAppeal.strike_id == strike_id)
    if session().scalar(known) is not None:
        raise Problem("conflict", APPEALED)
    made = HospitalAppeal(
        id=new_id(),
        hospital_id=strike.hospital_id,
        strike_id=strike_id,
        citizen_ref=ref,
        state="waiting",
        reason=reason,
        created_at=moment,
    )
    session().add(made)
    session().flush()
    hospital = structure().hospitals[strike.hospital_id].name
    note(SERVICE.id, ref, "appeal", "app", [ABOUT.fill(hospital=hospital)], key=made.id)
    return made


def decide(
    appeal_id: str, hospitals: Iterable[str] | None, granted: bool, answer: str, by: str, moment: datetime
) -> HospitalAppeal:
    """Decide an appeal of one of these hospitals (None: of any); granted, the strike counts no more. Raises
    a 404 for another's, a 409 for one that is decided."""
    found = session().get(HospitalAppeal, appeal_id)
    if found is None or (hospitals is not None and found.hospital_id not in hospitals):
        raise Problem("not-found")
    decided = guarded_update(
        HospitalAppeal,
        HospitalAppeal.id == appeal_id,
        HospitalAppeal.state == "waiting",
        state="granted" if granted else "refused",
        decided_at=moment,
        decided_by=by,
    )
    if decided is None:
        raise Problem("conflict", Text("这份申诉已经处理。", "This appeal has been decided."))
    decided.answer = answer
    if granted:
        strikes.forgive(HospitalStrike, decided.strike_id, moment, by, "appeal")
    session().flush()
    audit("hospital.decide", "hospital_appeal", appeal_id, granted=granted)
    send(SERVICE.id, decided.citizen_ref, "appeal_decided", {}, key=appeal_id)
    return decided
