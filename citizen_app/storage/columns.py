"""Column types that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, TypeDecorator, Uuid
from sqlalchemy.dialects.postgresql import JSONB

Id = Uuid(as_uuid=False)
"""A UUID as text in Python: native on PostgreSQL, CHAR(32) on SQLite."""

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""A JSON document: JSONB on PostgreSQL."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC; a naive one is refused, because its meaning is unknown.

    SQLite stores the text that SQLAlchemy's own type writes, without zone; it is converted here directly,
    because every scan has several.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], object]:
        """To the database: UTC, without zone where the database has none."""
        return _as_sqlite_text if dialect.name == "sqlite" else _in_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """From the database: always aware, always UTC."""
        return _from_sqlite_text if dialect.name == "sqlite" else _in_utc


def _in_utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError("naive datetime: use citizen_app.clock.now() or attach a time zone")
    return moment.astimezone(UTC)


@lru_cache(maxsize=256)  # the rows of one scan name the same moments
def _as_sqlite_text(moment: datetime | None) -> str | None:
    in_utc = _in_utc(moment)
    return None if in_utc is None else in_utc.isoformat(" ", "microseconds")[:26]


def _from_sqlite_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)
