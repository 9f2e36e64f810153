"""Feed versions: staged beside the active one, switched to in one short step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import insert, select, update

from citizen_app.toolkit.data import bump, session
from citizen_app.toolkit.time import now
from services.bus.models import BusFeedActivation, BusFeedVersion, table_of

TOPIC: Final = "bus:feed"
"""Moves whenever another feed version becomes active."""

VERSIONS: Final = table_of(BusFeedVersion)
ACTIVATIONS: Final = table_of(BusFeedActivation)


class Superseded(Exception):
    """Another import has begun since; this one gives up, and nothing of it shows."""


class NotAVersion(Exception):
    """There is no version of that number, or not in a state for this."""


def active_version() -> BusFeedVersion | None:
    """The version in force, as the database has it."""
    return session().scalars(select(BusFeedVersion).where(BusFeedVersion.status == "active")).one_or_none()


def stage(source: str, sha256: str, **facts: Any) -> int:
    """A new version to be filled; whatever was left staged before is discarded. Returns its number."""
    session().execute(update(VERSIONS).where(VERSIONS.c.status == "staged").values(status="discarded"))
    return _new_version("staged", source, sha256, **facts)


def record_refusal(source: str, sha256: str, report: Mapping[str, Any]) -> int:
    """Keep the report of a feed that was not imported. Returns its number."""
    return _new_version("refused", source, sha256, language="", timezone="", report=report)


def still_staged(version_id: int) -> None:
    """Hold the version's row until the end of this unit. Raises `Superseded` when it is no longer staged."""
    mine = (VERSIONS.c.id == version_id) & (VERSIONS.c.status == "staged")
    if (
        session()
        .execute(update(VERSIONS).where(mine).values(status="staged").returning(VERSIONS.c.id))
        .first()
        is None
    ):
        raise Superseded


def complete(
    version_id: int, counts: Mapping[str, int], period: tuple[date, date] | None, max_departure: int
) -> None:
    """Write down what was stored."""
    first, last = period or (None, None)
    session().execute(
        update(VERSIONS)
        .where(VERSIONS.c.id == version_id)
        .values(counts=dict(counts), first_day=first, last_day=last, max_departure=max_departure)
    )


def activate(version_id: int) -> None:
    """Put a complete version in force; the one before is kept, retired.

    Raises `NotAVersion` unless the version is staged or retired.
    """
    moment = now()
    bump(TOPIC)  # holds the topic's row until the end of this unit, so that two switches take turns
    session().execute(update(VERSIONS).where(VERSIONS.c.status == "active").values(status="retired"))
    wanted = (VERSIONS.c.id == version_id) & VERSIONS.c.status.in_(("staged", "retired"))
    switched = session().execute(
        update(VERSIONS).where(wanted).values(status="active", activated_at=moment).returning(VERSIONS.c.id)
    )
    if switched.first() is None:
        raise NotAVersion
    session().execute(insert(ACTIVATIONS).values(version_id=version_id, since=moment))


def discard(version_id: int) -> None:
    """Give a version up; `removal.sweep` removes its rows. Raises `NotAVersion` for the active one and for none."""
    wanted = (VERSIONS.c.id == version_id) & (VERSIONS.c.status != "active")
    if (
        session()
        .execute(update(VERSIONS).where(wanted).values(status="discarded").returning(VERSIONS.c.id))
        .first()
        is None
    ):
        raise NotAVersion


def _new_version(status: str, source: str, sha256: str, **facts: Any) -> int:
    values = {
        "status": status,
        "source": source[:200],
        "sha256": sha256,
        "counts": {},
        "max_departure": 0,
        "created_at": now(),
        **facts,
    }
    made = session().execute(insert(VERSIONS).values(**values).returning(VERSIONS.c.id)).scalar_one()
    return int(made)
