"""Columns that several tables have."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import Id


class Named:
    """A name in both languages."""

    name_zh: Mapped[str] = mapped_column(String(60), nullable=False)
    name_en: Mapped[str] = mapped_column(String(120), nullable=False)

    @property
    def name(self) -> Text:
        """The name in both languages."""
        return Text(self.name_zh, self.name_en)


def key(table: str, *, index: bool = True) -> Mapped[str]:
    """The row of another table to which a row belongs."""
    return mapped_column(Id, ForeignKey(f"hospital_{table}.id"), nullable=False, index=index)


def key_or_none(table: str, *, index: bool = False) -> Mapped[str | None]:
    """The same where there may be none."""
    return mapped_column(Id, ForeignKey(f"hospital_{table}.id"), index=index)


def reference(**options: Any) -> Mapped[str | None]:
    """The pairwise reference of a person, or of a document of theirs."""
    return mapped_column(String(22), **options)


def words(zh: str | None, en: str | None) -> Text | None:
    """Words that may be missing; in one language they stand for both."""
    return Text(zh or en or "", en or zh or "") if zh or en else None
