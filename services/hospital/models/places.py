"""Sessions (出诊) and the numbers (号源) in them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.toolkit.booking import MoveColumns, SlotColumns, pool_rules
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import UtcDateTime
from citizen_app.toolkit.queueing import QueueColumns
from services.hospital.models.columns import key, key_or_none, words


class HospitalSession(QueueColumns):
    """A doctor, or a department's own clinic, in one segment of one day. `state`: open, stopped or over.

    Numbers are released at `opens_at` (放号). It is a queue of those who have come (候诊). A session that was
    made by hand has no template."""

    __tablename__ = "hospital_sessions"
    __table_args__ = (
        UniqueConstraint("template_id", "day"),
        Index(None, "department_id", "day"),
        Index(None, "doctor_id", "day"),
        Index(None, "hospital_id", "day"),
        Index(None, "state", "day"),
    )

    hospital_id: Mapped[str] = key("hospitals", index=False)
    campus_id: Mapped[str] = key("campuses", index=False)
    department_id: Mapped[str] = key("departments", index=False)
    doctor_id: Mapped[str | None] = key_or_none("doctors")
    template_id: Mapped[str | None] = key_or_none("templates")
    day: Mapped[date] = mapped_column(Date, nullable=False)
    segment: Mapped[str] = mapped_column(String(10), nullable=False)
    kind: Mapped[str] = mapped_column(String(8), nullable=False)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    slot_minutes: Mapped[int] = mapped_column(SmallInteger, nullable=False)
    fee: Mapped[int] = mapped_column(nullable=False)
    state: Mapped[str] = mapped_column(String(24), nullable=False)
    opens_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    policy_id: Mapped[str | None] = key_or_none("policies")
    stopped_zh: Mapped[str | None] = mapped_column(String(80))
    stopped_en: Mapped[str | None] = mapped_column(String(160))
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    @property
    def stopped_reason(self) -> Text | None:
        """Why it does not take place, where that is told."""
        return words(self.stopped_zh, self.stopped_en)


class HospitalSessionMove(MoveColumns):
    """A session was stopped, or is over."""

    __tablename__ = "hospital_session_moves"


class HospitalPool(SlotColumns):
    """The numbers of one slot of a session that one channel sells: app, window, follow_up or referral."""

    __tablename__ = "hospital_pools"
    __table_args__ = (
        *pool_rules(),
        UniqueConstraint("session_id", "channel", "starts_at"),
        Index(None, "gives_back_at"),
    )

    session_id: Mapped[str] = key("sessions", index=False)
