"""What those who watch over the running city see: how much is scanned now, and what came late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, select

from citizen_app import clock
from citizen_app.ids import first_id_at
from citizen_app.storage.orm import db
from citizen_app.usage.models import UsageEvent

MINUTES: Final = 30
MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Present:
    """Events of each of the last minutes, oldest first; refusals by service and reason, and late uploads,
    within the same time."""

    minutes: list[tuple[datetime, int]]
    refusals: list[tuple[str, str, int]]
    late: int


def present(services: Collection[str] | None) -> Present:
    """The last half hour by arrival, for these services (None: all). Ids are in order of time, so each minute
    is a range of the key."""
    end = clock.now().replace(second=0, microsecond=0) + MINUTE
    begins = [end - MINUTE * count for count in range(MINUTES, 0, -1)]
    minutes = [(begin, _count(begin, services)) for begin in begins]
    recent = [UsageEvent.id >= first_id_at(begins[0]), *_of(services)]
    refused = (
        select(UsageEvent.service, UsageEvent.reason, func.count())
        .where(*recent, UsageEvent.decision == "deny")
        .group_by(UsageEvent.service, UsageEvent.reason)
    )
    reasons = Counter({(row[0], row[1]): row[2] for row in db.session.execute(refused)})
    late = db.session.scalar(select(func.count(UsageEvent.id)).where(*recent, UsageEvent.late))
    return Present(minutes, [(*key, count) for key, count in reasons.most_common(10)], late or 0)


def _count(begin: datetime, services: Collection[str] | None) -> int:
    within = (UsageEvent.id >= first_id_at(begin), UsageEvent.id < first_id_at(begin + MINUTE))
    return db.session.scalar(select(func.count(UsageEvent.id)).where(*within, *_of(services))) or 0


def _of(services: Collection[str] | None) -> list[ColumnElement[bool]]:
    return [] if services is None else [UsageEvent.service.in_(sorted(services))]
