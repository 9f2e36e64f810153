"""Tables of who went in and out, and who is inside."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.toolkit.data import Id, Model, UtcDateTime

from .columns import place_key


class PassPassage(Model):
    """Somebody went in or out: the trail, kept as long as the place's `trail_days` and no longer.

    `basis` says by which right: member, guest, anyone, emergency, or none (it had happened before anybody
    could refuse). `member_id` and `invitation_id` are the person's own; whoever came along with a guardian or
    carer passed by the right of theirs, `with_member_id` or `with_invitation_id`.
    """

    __tablename__ = "pass_passages"
    __table_args__ = (
        Index(None, "place_id", "occurred_at"),
        Index(None, "citizen_ref", "id"),
        Index(None, "place_id", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    place_id: Mapped[str] = place_key()
    gate_id: Mapped[str] = mapped_column(Id, nullable=False)
    citizen_ref: Mapped[str] = mapped_column(String(22), nullable=False)
    member_id: Mapped[str | None] = mapped_column(Id)
    invitation_id: Mapped[str | None] = mapped_column(Id)
    with_member_id: Mapped[str | None] = mapped_column(Id)
    with_invitation_id: Mapped[str | None] = mapped_column(Id)
    inward: Mapped[bool] = mapped_column(nullable=False)
    basis: Mapped[str] = mapped_column(String(10), nullable=False)
    note: Mapped[str | None] = mapped_column(String(20))
    late: Mapped[bool] = mapped_column(nullable=False)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    @property
    def direction(self) -> str:
        """`in` or `out`."""
        return "in" if self.inward else "out"

    @property
    def told_basis(self) -> str:
        """By which right, or `companion`."""
        return "companion" if self.with_member_id or self.with_invitation_id else self.basis


class PassPresence(Model):
    """Where somebody was last seen at a place: the newest passage by the time it happened, whatever order it
    was told in.

    `id` is how lists name the person; passages at the same moment meet on this row.
    """

    __tablename__ = "pass_presence"
    __table_args__ = (
        UniqueConstraint("place_id", "citizen_ref"),
        Index(None, "place_id", "inside", "since"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    place_id: Mapped[str] = place_key()
    citizen_ref: Mapped[str] = mapped_column(String(22), nullable=False)
    inside: Mapped[bool] = mapped_column(nullable=False)
    since: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    gate_id: Mapped[str] = mapped_column(Id, nullable=False)
    member_id: Mapped[str | None] = mapped_column(Id)
    invitation_id: Mapped[str | None] = mapped_column(Id)
    with_member_id: Mapped[str | None] = mapped_column(Id)
    with_invitation_id: Mapped[str | None] = mapped_column(Id)
