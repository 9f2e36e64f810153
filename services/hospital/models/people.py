"""Patients, their bookings, and what follows from them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import Date, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.toolkit.booking import (
    AppealColumns,
    HoldColumns,
    MoveColumns,
    PolicyColumns,
    StrikeColumns,
    WaitingColumns,
    one_wait_each,
)
from citizen_app.toolkit.data import Id, Model, SealedText, UtcDateTime
from services.hospital.models.columns import key, key_or_none, reference

ACTIVE: Final = text("hold_state IN ('held', 'confirmed')")
WAITS: Final = text("state = 'waiting'")


class HospitalPerson(Model):
    """Somebody who books in any hospital: the row that is locked while one of their bookings is made, so
    that limits and overlaps are judged one after the other. `ref` is `HospitalPatient.holder_ref`.

    `shares` is a teenager's own word on whether a guardian sees bookings, results and letters.
    """

    __tablename__ = "hospital_persons"

    ref: Mapped[str] = mapped_column(String(22), primary_key=True)
    shares: Mapped[bool] = mapped_column(nullable=False, default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


class HospitalPatient(Model):
    """A patient of one hospital, under its medical record number.

    `holder_ref` is how holds know them: the `citizen_ref`, or before they are met the `identity_ref` of
    their document, or something random for whoever has shown none (急诊, 无证件). It changes once, when they
    are bound."""

    __tablename__ = "hospital_patients"
    __table_args__ = (
        UniqueConstraint("hospital_id", "number"),
        UniqueConstraint("hospital_id", "citizen_ref"),
        UniqueConstraint("hospital_id", "identity_ref"),
        Index(None, "holder_ref"),
        Index(None, "citizen_ref"),
        Index(None, "identity_ref"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    hospital_id: Mapped[str] = key("hospitals", index=False)
    number: Mapped[str] = mapped_column(String(12), nullable=False)
    holder_ref: Mapped[str] = mapped_column(String(22), nullable=False)
    citizen_ref: Mapped[str | None] = reference()
    identity_ref: Mapped[str | None] = reference()
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    document_hint_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    bound_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    name = SealedText("name_sealed")
    document_hint = SealedText("document_hint_sealed")


class HospitalBooking(HoldColumns):
    """A number that somebody has, or holds while they pay. `state` goes by `operations.states`.

    One active booking for a person, a department and a day: the unique index. `paid` and `refunded` are 分;
    `charge_id` is what a refund goes on from. `policy_id` is the version of the rules that it was made
    under, and stays its own. `number` is what a desk is told (取号); `booked_by` the kind of whoever did it
    (`self`, `guardian`, `carer`, `agent`, `clerk`, `staff`, `partner`). `back_at` says when a number that was
    given back could be booked again. `account` and `network` are marks (`toolkit.marks`), kept for some weeks
    against trade in numbers."""

    __tablename__ = "hospital_bookings"
    __pool__ = "hospital_pools"
    __table_args__ = (
        Index(
            "uq_hospital_bookings_active",
            "citizen_ref",
            "department_id",
            "day",
            unique=True,
            sqlite_where=ACTIVE,
            postgresql_where=ACTIVE,
        ),
        Index(None, "hospital_id", "number", unique=True),
        Index(None, "patient_id", "day"),
        Index(None, "session_id", "state"),
        Index(None, "state", "day"),
    )

    hospital_id: Mapped[str] = key("hospitals", index=False)
    patient_id: Mapped[str] = key("patients", index=False)
    session_id: Mapped[str] = key("sessions", index=False)
    department_id: Mapped[str] = key("departments", index=False)
    doctor_id: Mapped[str | None] = key_or_none("doctors")
    number: Mapped[str] = mapped_column(String(10), nullable=False)
    day: Mapped[date] = mapped_column(Date, nullable=False)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    channel: Mapped[str] = mapped_column(String(10), nullable=False)
    state: Mapped[str] = mapped_column(String(24), nullable=False)
    policy_id: Mapped[str | None] = key_or_none("policies")
    booked_by: Mapped[str] = mapped_column(String(10), nullable=False)
    fee: Mapped[int] = mapped_column(nullable=False)
    pays: Mapped[str] = mapped_column(String(8), nullable=False)
    paid: Mapped[int] = mapped_column(nullable=False, default=0)
    refunded: Mapped[int] = mapped_column(nullable=False, default=0)
    moves: Mapped[int] = mapped_column(nullable=False, default=0)
    charge_id: Mapped[str | None] = mapped_column(Id)
    order_id: Mapped[str | None] = mapped_column(Id, index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    account: Mapped[str | None] = mapped_column(String(16))
    network: Mapped[str | None] = mapped_column(String(16))
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class HospitalMove(MoveColumns):
    """One move of a booking's life cycle."""

    __tablename__ = "hospital_moves"


class HospitalWait(WaitingColumns):
    """Somebody waits for a number of one slot (候补). Who waits for a session stands on the list of each of
    its slots; the first offer takes them off the others."""

    __tablename__ = "hospital_waits"
    __pool__ = "hospital_pools"
    __table_args__ = (one_wait_each("hospital_waits"), Index(None, "session_id", "citizen_ref"))

    session_id: Mapped[str] = key("sessions", index=False)
    patient_id: Mapped[str] = key("patients", index=False)
    booked_by: Mapped[str] = mapped_column(String(10), nullable=False)


class HospitalStrike(StrikeColumns):
    """`no_show` (爽约), `late_cancel` (当日退号) or `cancel`, at one hospital; what counts is the policy's
    ladder."""

    __tablename__ = "hospital_strikes"

    hospital_id: Mapped[str] = key("hospitals")


class HospitalAppeal(AppealColumns):
    """An appeal against a strike, to the hospital."""

    __tablename__ = "hospital_appeals"
    __table_args__ = (Index(None, "hospital_id", "state"),)

    hospital_id: Mapped[str] = key("hospitals", index=False)


class HospitalPolicy(PolicyColumns):
    """The rules of a hospital, a department, or one kind of number of either (`operations.policies` says
    what is in them). `scope` is the id, with `:<kind>` behind it for a kind."""

    __tablename__ = "hospital_policies"

    hospital_id: Mapped[str | None] = key_or_none("hospitals", index=True)
