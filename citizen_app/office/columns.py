"""The columns of a plain entity."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.clock import now
from citizen_app.storage.columns import Id, UtcDateTime
from citizen_app.storage.orm import Model


class OfficeColumns(Model):
    """What operators keep as a plain entity. It is never deleted: closed (`closed_at`) it stays for what
    refers to it. `version` counts its changes, so that nobody overwrites what they have not seen."""

    __abstract__ = True

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(nullable=False, default=1)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=now)

    @property
    def closed(self) -> bool:
        """Whether it is out of use."""
        return self.closed_at is not None
