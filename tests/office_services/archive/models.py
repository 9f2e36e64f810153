"""Branches, and rooms in them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.toolkit.data import Id, Json
from citizen_app.toolkit.office import OfficeColumns


class ArchiveBranch(OfficeColumns):
    """A branch; roles are given for it."""

    __tablename__ = "archive_branches"

    name_zh: Mapped[str] = mapped_column(String(80), nullable=False)
    name_en: Mapped[str] = mapped_column(String(80), nullable=False)


class ArchiveRoom(OfficeColumns):
    """A room of a branch."""

    __tablename__ = "archive_rooms"
    __table_args__ = (UniqueConstraint("branch_id", "code"),)

    branch_id: Mapped[str] = mapped_column(Id, ForeignKey("archive_branches.id"), nullable=False)
    code: Mapped[str] = mapped_column(String(20), nullable=False)
    name_zh: Mapped[str] = mapped_column(String(80), nullable=False)
    name_en: Mapped[str] = mapped_column(String(80), nullable=False)
    seats: Mapped[int] = mapped_column(nullable=False)
    quiet_seats: Mapped[int | None] = mapped_column()
    kind: Mapped[str] = mapped_column(String(10), nullable=False)
    near_ids: Mapped[list[str]] = mapped_column(Json, nullable=False)
    lift: Mapped[bool] = mapped_column(nullable=False)
    opened_on: Mapped[date | None] = mapped_column()
