"""Columns that several tables have."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import Id


def plain(column: str, longest: int) -> Mapped[str]:
    """A column that versions before 1.1 wrote in plain text."""
    return mapped_column(column, String(longest), nullable=False, default="")


def place_key(**options: Any) -> Mapped[str]:
    """The place to which a row belongs."""
    return mapped_column(Id, ForeignKey("pass_places.id"), nullable=False, **options)


class Named:
    """A name in both languages."""

    name_zh: Mapped[str] = mapped_column(String(80), nullable=False)
    name_en: Mapped[str] = mapped_column(String(160), nullable=False)

    @property
    def name(self) -> Text:
        """The name in both languages."""
        return Text(self.name_zh, self.name_en)
