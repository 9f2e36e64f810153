"""Tables of the desk: searches, whom they found, who was present, and reported deaths."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.ids import new_id
from citizen_app.secrecy.sealing import SealedText
from citizen_app.storage.columns import Id, UtcDateTime
from citizen_app.storage.orm import Model


class DeskSearch(Model):
    """One search by a member of staff: what kind of key, how many were found, and why; never what was
    searched for."""

    __tablename__ = "desk_searches"
    __table_args__ = (Index(None, "staff_id", "at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    staff_id: Mapped[str] = mapped_column(Id, ForeignKey("staff.id"))
    service: Mapped[str | None] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(10))
    found: Mapped[int] = mapped_column(SmallInteger)
    reason_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    reason = SealedText("reason_sealed")


class DeskFinding(Model):
    """Somebody whom a member of staff has found: for them alone, and for a day's work, the id by which they
    go on. So nobody walks through accounts, and every further read has its reason."""

    __tablename__ = "desk_findings"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    staff_id: Mapped[str] = mapped_column(Id, ForeignKey("staff.id"), index=True)
    citizen_id: Mapped[str] = mapped_column(Id, ForeignKey("citizens.id", ondelete="CASCADE"), index=True)
    reason_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    reason = SealedText("reason_sealed")
