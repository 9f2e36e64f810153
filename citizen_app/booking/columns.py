"""The columns that a service's own tables of bookings have. A service derives its tables from these, adds
what is its own, and writes the migration as for any table."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, ClassVar, Final

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Time,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from citizen_app.office.columns import OfficeColumns
from citizen_app.secrecy.sealing import SealedText
from citizen_app.storage.columns import Id, Json, UtcDateTime
from citizen_app.storage.orm import Model

HELD: Final = "held"
CONFIRMED: Final = "confirmed"
RETURNING: Final = "returning"
RELEASED: Final = "released"
EXPIRED: Final = "expired"
"""States of a hold. Held until `expires_at`; confirmed for good; returning: given back, bookable again from
`expires_at` on; released and expired take no place."""

WAITING: Final = "waiting"
OFFERED: Final = "offered"
TAKEN: Final = "taken"
LEFT: Final = "left"
LAPSED: Final = "lapsed"
"""States on a waiting list. Offered: a hold is kept for them; lapsed: they let it expire."""


class PoolColumns(Model):
    """Places of one thing at one time: an hour in a room, a doctor's morning, a ticket type on a day.

    `taken` counts places held, confirmed or returning; it is changed by guarded updates only. It exceeds
    `capacity` after places were taken away (`Capacity.resize`), and then nobody can book. Bookings are taken
    from `opens_at` until `closes_at`, where given.
    """

    __abstract__ = True

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    capacity: Mapped[int] = mapped_column(nullable=False)
    taken: Mapped[int] = mapped_column(nullable=False, default=0)
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:
        return pool_rules()


class SlotColumns(PoolColumns):
    """Places of one slot of something that one channel sells. What is not sold by `gives_back_at` goes to
    the main channel, once (then it is None)."""

    __abstract__ = True

    channel: Mapped[str] = mapped_column(String(10), nullable=False)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    gives_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def pool_rules() -> tuple[CheckConstraint, ...]:
    """Constraints of a table of pools; a table with arguments of its own adds them."""
    return (
        CheckConstraint("capacity >= 0", name="capacity_not_negative"),
        CheckConstraint("taken >= 0", name="taken_not_negative"),
    )


class HoldColumns(Model):
    """Places that somebody holds in a pool of the table `__pool__`: a hold that expires, or a booking.

    `citizen_ref` is whose they are. In a table with `__table_args__` of its own, `one_hold_each(table)` keeps
    two from being active for one citizen in one pool.
    """

    __abstract__ = True
    __pool__: ClassVar[str]

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    citizen_ref: Mapped[str] = mapped_column(String(22), nullable=False, index=True)
    places: Mapped[int] = mapped_column(nullable=False, default=1)
    hold_state: Mapped[str] = mapped_column(String(10), nullable=False)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    held_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    @declared_attr
    def pool_id(cls) -> Mapped[str]:
        """The pool in which the places are."""
        return mapped_column(Id, ForeignKey(f"{cls.__pool__}.id"), nullable=False, index=True)


def one_hold_each(table: str) -> Index:
    """A unique index: one active hold for each citizen in each pool."""
    active = text("hold_state IN ('held', 'confirmed')")
    return Index(
        f"uq_{table}_active",
        "pool_id",
        "citizen_ref",
        unique=True,
        sqlite_where=active,
        postgresql_where=active,
    )


class WaitingColumns(Model):
    """Somebody on the waiting list of a pool: first those of a higher `rank`, then who came first.

    `hold_id` is the hold that was offered. `one_wait_each(table)` keeps anybody from waiting twice.
    """

    __abstract__ = True
    __pool__: ClassVar[str]

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    citizen_ref: Mapped[str] = mapped_column(String(22), nullable=False, index=True)
    places: Mapped[int] = mapped_column(nullable=False, default=1)
    rank: Mapped[int] = mapped_column(nullable=False, default=0)
    wait_state: Mapped[str] = mapped_column(String(8), nullable=False)
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    hold_id: Mapped[str | None] = mapped_column(Id, index=True)

    @declared_attr
    def pool_id(cls) -> Mapped[str]:
        """The pool for which they wait."""
        return mapped_column(Id, ForeignKey(f"{cls.__pool__}.id"), nullable=False, index=True)


def one_wait_each(table: str) -> Index:
    """A unique index: nobody waits twice for one pool."""
    active = text("wait_state IN ('waiting', 'offered')")
    return Index(
        f"uq_{table}_active",
        "pool_id",
        "citizen_ref",
        unique=True,
        sqlite_where=active,
        postgresql_where=active,
    )


class StrikeColumns(Model):
    """A strike: somebody booked and did not come, or cancelled too late. One for each `subject_id`, which is
    what they booked; `kind` is the service's own word. Where strikes count by place, the table has a column
    for it. A forgiven strike (an appeal was granted) stays, and does not count."""

    __abstract__ = True

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    citizen_ref: Mapped[str] = mapped_column(String(22), nullable=False, index=True)
    subject_id: Mapped[str] = mapped_column(Id, nullable=False, unique=True)
    kind: Mapped[str] = mapped_column(String(24), nullable=False)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    forgiven_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    forgiven_by: Mapped[str | None] = mapped_column(String(64))
    forgiven_why: Mapped[str | None] = mapped_column(String(200))


class AppealColumns(Model):
    """A citizen appeals against a strike, once. `state`: waiting, granted or refused. What they say and what
    they are answered is sealed."""

    __abstract__ = True

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    strike_id: Mapped[str] = mapped_column(Id, nullable=False, unique=True)
    citizen_ref: Mapped[str] = mapped_column(String(22), nullable=False, index=True)
    state: Mapped[str] = mapped_column(String(8), nullable=False)
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(64))

    reason = SealedText("reason_sealed")
    answer = SealedText("answer_sealed")


class PolicyColumns(Model):
    """One version of the rules of a scope (`*` is everywhere, otherwise the id of a hospital, a branch …), in
    force from `valid_from` on. Versions are added, never changed: a booking carries the id of its own."""

    __abstract__ = True

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    scope: Mapped[str] = mapped_column(String(64), nullable=False)
    version: Mapped[int] = mapped_column(nullable=False)
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    rules: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False)
    made_by: Mapped[str] = mapped_column(String(64), nullable=False)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:
        return (UniqueConstraint("scope", "version"),)


class MoveColumns(Model):
    """One move of a life cycle: of which row, from where to where, by whom (`citizen`, `desk`, `staff <id>`,
    `system`), and why."""

    __abstract__ = True

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    subject_id: Mapped[str] = mapped_column(Id, nullable=False, index=True)
    from_state: Mapped[str] = mapped_column(String(24), nullable=False)
    to_state: Mapped[str] = mapped_column(String(24), nullable=False)
    moved_by: Mapped[str] = mapped_column(String(64), nullable=False)
    reason: Mapped[str] = mapped_column(String(200), nullable=False)
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


class LineColumns(OfficeColumns):
    """One line of a weekly timetable: which weekday (0 is Monday), from when to when, in slots of how many
    minutes, in force from when until when. `days` says on which days it holds: `workdays` (not on holidays),
    `days_off` (weekends that are not worked), `always`."""

    __abstract__ = True

    weekday: Mapped[int] = mapped_column(SmallInteger, nullable=False)
    starts: Mapped[time] = mapped_column(Time, nullable=False)
    ends: Mapped[time] = mapped_column(Time, nullable=False)
    slot_minutes: Mapped[int] = mapped_column(SmallInteger, nullable=False)
    days: Mapped[str] = mapped_column(String(8), nullable=False, default="workdays")
    valid_from: Mapped[date] = mapped_column(Date, nullable=False)
    valid_until: Mapped[date | None] = mapped_column(Date)


class ClosureColumns(OfficeColumns):
    """Days on which something is closed. What it is about are columns of the service's own; one that is
    empty does not narrow it."""

    __abstract__ = True

    first_day: Mapped[date] = mapped_column(Date, nullable=False)
    last_day: Mapped[date] = mapped_column(Date, nullable=False)
