"""Tables of the usage log.

An event is never changed: triggers refuse UPDATE and DELETE. It names its citizen by `subject_key` only, a
random key that stands on the citizen's row; erasing that row leaves events that belong to nobody. Whatever is
learnt later is a further row: a mark, or an event that `continues` another. Ids are UUIDv7 in order of
arrival, so that PostgreSQL partitions by id are partitions by month.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.secrecy.sealing import SealedText
from citizen_app.storage.columns import Id, Json, UtcDateTime
from citizen_app.storage.orm import Model

CONTINUES: Final = text("continues IS NOT NULL")
LATE: Final = text("late")
DISPUTED: Final = text("kind = 'disputed'")
NO_KIOSK: Final = "00000000-0000-0000-0000-000000000000"
"""Kiosk and placement of an act without a scan: the nil UUID (RFC 9562 §5.9)."""


class UsageEvent(Model):
    """One scan and its result, or an act without a scan.

    `late` says that it was uploaded afterwards; an event that is not late has occurred within a day of its
    arrival. `channel` is how an act came without a scan, and NULL for a scan; such an act names no kiosk
    (`NO_KIOSK`), and what was said of it stands in `UsageDetail`.
    """

    __tablename__ = "usage_events"
    __table_args__ = (
        Index(None, "subject_key", "id"),
        Index(None, "service", "id"),
        # Few rows are in these two, so they cost an online scan nothing.
        Index(None, "subject_key", "continues", sqlite_where=CONTINUES, postgresql_where=CONTINUES),
        Index(None, "occurred_at", sqlite_where=LATE, postgresql_where=LATE),
        {"postgresql_partition_by": "RANGE (id)"},
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    subject_key: Mapped[str] = mapped_column(Id, nullable=False)
    service: Mapped[str] = mapped_column(String(20), nullable=False)
    purpose: Mapped[str] = mapped_column(String(40), nullable=False)
    code_kind: Mapped[str] = mapped_column(String(10), nullable=False)
    decision: Mapped[str] = mapped_column(String(12), nullable=False)
    reason: Mapped[str] = mapped_column(String(24), nullable=False)
    detail_code: Mapped[str | None] = mapped_column(String(40))
    kiosk_id: Mapped[str] = mapped_column(Id, nullable=False)
    placement_id: Mapped[str] = mapped_column(Id, nullable=False)
    disclosed: Mapped[list[str]] = mapped_column(Json, nullable=False)
    late: Mapped[bool] = mapped_column(nullable=False)
    continues: Mapped[str | None] = mapped_column(Id)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    channel: Mapped[str | None] = mapped_column(String(10))


class UsageMark(Model):
    """Something learnt about an event later: `double_use`, `disputed` (once at most), `corrected`."""

    __tablename__ = "usage_marks"
    __table_args__ = (
        Index(None, "event_id"),
        Index(
            "uq_usage_marks_disputed",
            "event_id",
            unique=True,
            sqlite_where=DISPUTED,
            postgresql_where=DISPUTED,
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    event_id: Mapped[str] = mapped_column(Id, nullable=False)
    kind: Mapped[str] = mapped_column(String(20), nullable=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    details: Mapped[dict[str, str]] = mapped_column(Json, nullable=False)


class UsageDetail(Model):
    """What was said of an act without a scan (`id` is the event's) or in a correction (`id` is the mark's).

    Unlike the log these rows can be deleted: after the service's retention, with the service, with the
    citizen. `key_index` recognises a repetition of what was noted with a key.
    """

    __tablename__ = "usage_details"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    event_id: Mapped[str] = mapped_column(Id, nullable=False, index=True)
    service: Mapped[str] = mapped_column(String(20), nullable=False)
    subject_key: Mapped[str] = mapped_column(
        Id, ForeignKey("citizens.log_key", ondelete="CASCADE"), nullable=False, index=True
    )
    key_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    said_sealed: Mapped[bytes] = mapped_column(LargeBinary, nullable=False)

    said = SealedText("said_sealed")
    """JSON: `{"title": Text, "lines": [Text, …]}`, each text in both languages; a correction's title is its
    reason."""


class UsageActor(Model):
    """Somebody has acted for the citizen of an event: `kind` is their role, `actor_key` the key of their own
    log, NULL for staff. `disclosed` is what the service was told of them, NULL for nothing. Never changed."""

    __tablename__ = "usage_actors"
    __table_args__ = (Index(None, "actor_key", "event_id"),)

    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), nullable=False)
    actor_key: Mapped[str | None] = mapped_column(Id)
    disclosed: Mapped[list[str] | None] = mapped_column(Json)


class UsageLook(Model):
    """Somebody has looked at what a service or its log holds of citizens, who see this; never changed.

    `subject_key` is whom, where it was one person whom the service had met; all others stand in
    `UsageLookSeen` and `UsageLookWaiting`. `reason` is in English too where the service states it; `reader`
    is the role of one who is not of the service's staff (`{"zh": …, "en": …}`); `staff_id` is NULL then. Who
    it was stands in the audit log. `events` is how many uses were shown.
    """

    __tablename__ = "usage_looks"
    __table_args__ = (Index(None, "subject_key", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    subject_key: Mapped[str | None] = mapped_column(Id)
    service: Mapped[str] = mapped_column(String(20), nullable=False)
    staff_id: Mapped[str | None] = mapped_column(Id)
    reason_sealed: Mapped[bytes] = mapped_column(LargeBinary, nullable=False)
    reason_en_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    reader_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    events: Mapped[int] = mapped_column(nullable=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    reason = SealedText("reason_sealed")
    reason_en = SealedText("reason_en_sealed")
    reader = SealedText("reader_sealed")


class UsageLookSeen(Model):
    """One of several people who were seen in one look; never changed."""

    __tablename__ = "usage_looks_seen"
    __table_args__ = (Index(None, "subject_key", "look_id"),)

    look_id: Mapped[str] = mapped_column(Id, primary_key=True)
    subject_key: Mapped[str] = mapped_column(Id, primary_key=True)


class UsageLookWaiting(Model):
    """Somebody who was seen in a look and whom the service had not met, by a blind index of its reference of
    them.

    When they are met the row goes, and stands in `UsageLookSeen`.
    """

    __tablename__ = "usage_looks_waiting"
    __table_args__ = (Index(None, "look_id"),)

    person_index: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    look_id: Mapped[str] = mapped_column(Id, primary_key=True)


class UsageDay(Model):
    """Counts of one service, purpose, decision and reason on one day of the city's calendar; kept by the jobs
    runner.
    """

    __tablename__ = "usage_days"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    service: Mapped[str] = mapped_column(String(20), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(40), primary_key=True)
    decision: Mapped[str] = mapped_column(String(12), primary_key=True)
    reason: Mapped[str] = mapped_column(String(24), primary_key=True)
    events: Mapped[int] = mapped_column(nullable=False)


class UsageRollup(Model):
    """How far the daily counts reach: every event up to `counted_to` is in them. One row."""

    __tablename__ = "usage_rollups"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    counted_to: Mapped[str] = mapped_column(Id, nullable=False)
