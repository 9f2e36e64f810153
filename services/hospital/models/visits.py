"""The day of the visit: the queue; letters from one hospital to another; results."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, synonym

from citizen_app.toolkit.booking import MoveColumns
from citizen_app.toolkit.data import Id, Model, SealedText, UtcDateTime
from citizen_app.toolkit.queueing import TicketColumns, ticket_rules
from services.hospital.models.columns import key, reference


class HospitalTicket(TicketColumns):
    """A place in the queue of a session (候诊), given at check-in. Who is away was sent for tests."""

    __tablename__ = "hospital_tickets"
    __table_args__ = ticket_rules("session_id")

    session_id: Mapped[str] = key("sessions", index=False)
    queue_id: Mapped[str] = synonym("session_id")
    booking_id: Mapped[str] = mapped_column(Id, nullable=False, unique=True)


class HospitalTicketMove(MoveColumns):
    """One move of a ticket."""

    __tablename__ = "hospital_ticket_moves"


class HospitalReferral(Model):
    """双向转诊: one hospital sends a patient to a department of another, who books of the referral numbers
    with it. `state` goes by `operations.states.LETTERS`. `patient_id` is the patient of the hospital that
    sends; `answers_id` the letter that one which goes back (下转) answers; `booking_id` the last booking that
    was made with it."""

    __tablename__ = "hospital_referrals"
    __table_args__ = (Index(None, "to_hospital_id", "state"), Index(None, "state", "valid_until"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    hospital_id: Mapped[str] = key("hospitals")
    to_hospital_id: Mapped[str] = key("hospitals", index=False)
    to_department_id: Mapped[str] = key("departments", index=False)
    patient_id: Mapped[str] = key("patients")
    citizen_ref: Mapped[str | None] = reference(index=True)
    booking_id: Mapped[str | None] = mapped_column(Id, index=True)
    answers_id: Mapped[str | None] = mapped_column(Id)
    state: Mapped[str] = mapped_column(String(24), nullable=False)
    valid_until: Mapped[date] = mapped_column(Date, nullable=False)
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    made_by: Mapped[str] = mapped_column(String(64), nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    reason = SealedText("reason_sealed")


class HospitalReferralMove(MoveColumns):
    """One move of a letter."""

    __tablename__ = "hospital_referral_moves"


class HospitalReport(Model):
    """检查检验结果, handed in by the hospital's own system. `kind`: laboratory, imaging or letter; `form` is
    `fhir` (values and findings, with or without a PDF) or `pdf` (nothing else). `source` is the hospital's
    own id of it: another version of it replaces what was there, which stays in `hospital_former_reports`.
    `status` is the hospital's: preliminary, final, corrected or withdrawn. `content` is what people read, as
    JSON, `paper` the PDF in Base64."""

    __tablename__ = "hospital_reports"
    __table_args__ = (UniqueConstraint("hospital_id", "source"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    hospital_id: Mapped[str] = key("hospitals", index=False)
    patient_id: Mapped[str] = key("patients")
    source: Mapped[str] = mapped_column(String(64), nullable=False)
    kind: Mapped[str] = mapped_column(String(12), nullable=False)
    form: Mapped[str] = mapped_column(String(4), nullable=False)
    status: Mapped[str] = mapped_column(String(12), nullable=False)
    version: Mapped[int] = mapped_column(nullable=False)
    title_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    content_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    paper_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    title = SealedText("title_sealed")
    content = SealedText("content_sealed")
    paper = SealedText("paper_sealed")


class HospitalFormerReport(Model):
    """What a report said before its hospital corrected it."""

    __tablename__ = "hospital_former_reports"
    __table_args__ = (UniqueConstraint("report_id", "version"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    report_id: Mapped[str] = key("reports", index=False)
    version: Mapped[int] = mapped_column(nullable=False)
    status: Mapped[str] = mapped_column(String(12), nullable=False)
    title_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    content_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    paper_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    title = SealedText("title_sealed")
    content = SealedText("content_sealed")
    paper = SealedText("paper_sealed")
