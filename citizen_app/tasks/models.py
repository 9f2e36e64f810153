"""The table of task runs."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.secrecy.sealing import SealedText
from citizen_app.storage.columns import Id, Json, UtcDateTime
from citizen_app.storage.orm import Model
from citizen_app.tasks.contract import OVER


class TaskRun(Model):
    """One run of a task: who started it with what, how far it is, and how it ended.

    `holder` runs it until `lease_until`, renewed while it works. `interruptions` counts the runs that ended
    without a word: a killed process, a database that went away. Progress is `done` of `total` (None: nobody
    knows) in the `stage`, whose words exist in both languages.
    """

    __tablename__ = "task_runs"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'refused', 'failed', 'cancelled')", name="state"
        ),
        Index("ix_task_runs_state_id", "state", "id"),
        Index("ix_task_runs_owner_id", "owner", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    owner: Mapped[str] = mapped_column(String(20))
    task: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    args: Mapped[dict[str, Any]] = mapped_column(Json)
    file_id: Mapped[str | None] = mapped_column(Id, ForeignKey("stored_files.id", ondelete="SET NULL"))
    staff_id: Mapped[str | None] = mapped_column(Id)
    started_by: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    holder: Mapped[str | None] = mapped_column(Id)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    interruptions: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done: Mapped[int] = mapped_column(BigInteger, default=0)
    total: Mapped[int | None] = mapped_column(BigInteger)
    stage: Mapped[dict[str, str] | None] = mapped_column(Json)
    cancel_wanted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    report_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    report_text = SealedText("report_sealed")
    """JSON; sealed, because it tells of rows of a list."""

    @property
    def report(self) -> dict[str, Any] | None:
        """`{"said": {…}, "details": {"zh": …, "en": …}}`, once it has ended."""
        text = self.report_text
        return None if text is None else json.loads(text)

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.state in OVER
