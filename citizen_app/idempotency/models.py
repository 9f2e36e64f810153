"""The table of idempotency keys and stored responses."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.storage.columns import UtcDateTime
from citizen_app.storage.orm import Model


class IdempotencyRecord(Model):
    """An idempotency key with the response to its request, for 24 hours.

    Caller, key and request are stored as blind indexes, and the response is sealed, because it may hold a
    secret that is shown once. `answer_sealed` is NULL while the claiming request runs; no other transaction
    sees it in that state.
    """

    __tablename__ = "kept_answers"

    key_index: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    request_index: Mapped[bytes] = mapped_column(LargeBinary(32), nullable=False)
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, index=True)
