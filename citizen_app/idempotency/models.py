"""Answers that wait for a repetition."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.storage.columns import UtcDateTime
from citizen_app.storage.orm import Model


class IdempotencyRecord(Model):
    """The answer to one write, for a day.

    Caller, key and request stand here as keyed fingerprints only, and the answer is sealed: it may hold what is shown once. It is
    empty while the write that has claimed the row runs; nobody else sees that.
    """

    __tablename__ = "kept_answers"

    key_index: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    request_index: Mapped[bytes] = mapped_column(LargeBinary(32), nullable=False)
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, index=True)
