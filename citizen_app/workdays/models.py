"""Days about which the city itself decided."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.storage.orm import Model


class WorkdayOverride(Model):
    """A day that is a workday or a day off whatever a calendar says: holidays that were announced after this
    program was made, a city's own days."""

    __tablename__ = "workday_overrides"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    is_workday: Mapped[bool] = mapped_column(nullable=False)
    why: Mapped[str] = mapped_column(String(80), nullable=False)
