"""A death told with proof: the account rests, its phone is free, whoever acted for it no longer does. Another
clerk takes it back where it was wrong."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import select

from citizen_app.audit.operations import record
from citizen_app.citizens.models import Citizen, CitizenRef
from citizen_app.citizens.personal import phone_index
from citizen_app.citizens.phones import take_phone_away
from citizen_app.citizens.queries import citizen_by_phone
from citizen_app.citizens.sessions import end_all_sessions
from citizen_app.citizens.traits import CitizenStatus
from citizen_app.clock import now
from citizen_app.delegations.operations import end_all_of
from citizen_app.desk.findings import locked_citizen
from citizen_app.desk.models import DeathReport, DeskFinding, DeskPresence
from citizen_app.desk.settling import tell_services
from citizen_app.ids import new_id
from citizen_app.notices.catalogue import DEATH_CORRECTED
from citizen_app.notices.sending import tell
from citizen_app.staff.callers import StaffCaller
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.wire.problems import Problem


class DeathProof(StrEnum):
    """By what a death is proved."""

    CERTIFICATE = "death_certificate"
    """居民死亡医学证明（推断）书."""
    CREMATION = "cremation_certificate"
    """火化证明."""
    HOUSEHOLD = "household_cancellation"
    """户口注销证明."""
    COURT = "court_declaration"
    """Civil Code of the PRC, article 46: a court declares somebody dead."""


ANOTHER_CLERK: Final = Text(
    "须由另一位工作人员更正。", "Another clerk than the one who has entered it must correct it."
)


def report_death(caller: StaffCaller, finding: DeskFinding, proof: DeathProof, reference: str) -> Citizen:
    """Enter a death; `reference` is the number of the paper, kept sealed. Entered again it changes nothing.

    What services hold open for the dead is theirs to settle; each that has met them hears of it
    (`settling`).
    """
    citizen = locked_citizen(finding)
    if citizen.status == CitizenStatus.DECEASED:
        return citizen
    db.session.add(
        DeathReport(
            id=(report_id := new_id()),
            citizen_id=citizen.id,
            proof=proof,
            reference=reference,
            phone=citizen.phone,
            was=citizen.status,
            told_by=caller.staff_id,
            told_at=now(),
        )
    )
    end_all_of(citizen.id)
    take_phone_away(citizen)
    end_all_sessions(citizen.id)
    citizen.status = CitizenStatus.DECEASED
    for presence in db.session.scalars(
        select(DeskPresence).where(DeskPresence.citizen_id == citizen.id, DeskPresence.ended_at.is_(None))
    ):
        presence.ended_at = now()
    db.session.flush()
    met = db.session.scalars(select(CitizenRef.service).where(CitizenRef.citizen_id == citizen.id)).all()
    tell_services(citizen.id, met)
    record("citizens.death", "citizen", citizen.id, report=report_id, proof=proof, services=sorted(met))
    return citizen


def correct_death(caller: StaffCaller, finding: DeskFinding) -> Citizen:
    """Take a death back: the account is as it was, with its phone if nobody has that by now. Delegations stay
    ended; they are made anew. Raises a 403 for whoever has entered it. Whoever lives stays as they are.
    """
    citizen = locked_citizen(finding)
    if citizen.status != CitizenStatus.DECEASED:
        return citizen
    entered = select(DeathReport.id).where(
        DeathReport.citizen_id == citizen.id, DeathReport.corrected_at.is_(None)
    )
    report_id = db.session.scalar(entered.order_by(DeathReport.id.desc()).limit(1))
    report = None if report_id is None else lock_row(DeathReport, report_id)
    if report is None:  # no desk has entered it
        raise Problem("conflict")
    if report.told_by == caller.staff_id:
        raise Problem("not-permitted", ANOTHER_CLERK)
    report.corrected_by, report.corrected_at = caller.staff_id, now()
    citizen.status = report.was
    if report.phone is not None and citizen_by_phone(report.phone) is None:
        citizen.phone, citizen.phone_index = report.phone, phone_index(report.phone)
        citizen.phone_since = now()
    report.phone = None
    db.session.flush()
    tell(citizen.id, DEATH_CORRECTED)
    record("citizens.correct_death", "citizen", citizen.id, report=report.id)
    return citizen
