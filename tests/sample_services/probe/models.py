"""The probe's only table."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.toolkit.data import Id, Model


class ProbeEntry(Model):
    """One entry."""

    __tablename__ = "probe_entries"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    citizen_ref: Mapped[str] = mapped_column(String(32), nullable=False)
    purpose: Mapped[str] = mapped_column(String(40), nullable=False)
