"""Feed versions: staged beside the active one, switched to in one short step, at once or at the beginning of
a later day.

A waiting feed is in force from its moment on, by the clock of whoever reads (`snapshot.Timetables`); no
process has to be awake for it. What the rows say of it follows: `settle` writes it down, every minute and
before any other switch.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Select, delete, insert, select, update

from citizen_app.toolkit.data import invalidate, session, table_of
from citizen_app.toolkit.time import now
from services.bus.models import BusFeedActivation, BusFeedVersion

TOPIC: Final = "bus:feed"
"""Moves whenever another feed version becomes active."""
IMPORTS: Final = "bus:imports"
"""Moves whenever an import begins; nothing in memory follows it."""

VERSIONS: Final = table_of(BusFeedVersion)
ACTIVATIONS: Final = table_of(BusFeedActivation)


class Superseded(Exception):
    """Another import has begun since; this one gives up, and nothing of it shows."""


class NotAVersion(Exception):
    """There is no version of that number, or not in a state for this."""


class ServesNoDay(Exception):
    """No trip of this version runs from now on: riders would find nothing."""


def version_in_force() -> BusFeedVersion | None:
    """The version in force at this moment, as the database has it."""
    came = (VERSIONS.c.status == "active") | VERSIONS.c.id.in_(_due())
    newest = select(BusFeedVersion).where(came).order_by(VERSIONS.c.activated_at.desc(), VERSIONS.c.id.desc())
    return session().scalars(newest.limit(1)).one_or_none()


def waiting_version(sha256: str) -> BusFeedVersion | None:
    """The version of this feed that waits for its day."""
    waits = (VERSIONS.c.status == "waiting") & (VERSIONS.c.sha256 == sha256)
    return session().scalars(select(BusFeedVersion).where(waits).limit(1)).one_or_none()


def stage(source: str, sha256: str, **facts: Any) -> int:
    """A new version to be filled; whatever was left staged before is discarded. Returns its number."""
    invalidate(
        IMPORTS
    )  # holds its row until the end of this unit: of imports that begin at once only the last goes on
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


def activate(version_id: int) -> bool:
    """Put a complete version in force now; the one before is kept, retired. Feeds that wait for a later day
    go on waiting.

    False when it is in force already, and nothing changes.

    Raises `NotAVersion` unless the version is staged, waiting or retired.
    """
    moment = now()
    settle()
    if session().scalar(select(VERSIONS.c.id).where(VERSIONS.c.status == "active")) == version_id:
        return False
    _forget_waiting(version_id)
    session().execute(update(VERSIONS).where(VERSIONS.c.status == "active").values(status="retired"))
    _become("active", version_id, moment, of=("staged", "waiting", "retired"))
    return True


def put_back(version_id: int, today: date, *, force: bool = False) -> bool:
    """`activate` for a version that was in force or waits: held to the rule of an import, that a feed serves
    a day from `today` on.

    Raises `ServesNoDay`, unless forced.
    """
    chosen = (VERSIONS.c.id == version_id) & VERSIONS.c.status.in_(("retired", "waiting"))
    last = session().execute(select(VERSIONS.c.last_day).where(chosen)).first()
    if last is not None and not force and (last[0] is None or last[0] < today):
        raise ServesNoDay
    return activate(version_id)


def wait(version_id: int, until: datetime) -> None:
    """Let a staged version come into force at a moment to come. One that waits for the same moment steps
    back, retired.

    Raises `NotAVersion` unless the version is staged.
    """
    settle()
    same = select(VERSIONS.c.id).where(VERSIONS.c.status == "waiting", VERSIONS.c.activated_at == until)
    for earlier in session().scalars(same).all():
        _forget_waiting(earlier)
        session().execute(
            update(VERSIONS).where(VERSIONS.c.id == earlier).values(status="retired", activated_at=None)
        )
    _become("waiting", version_id, until, of=("staged",))


def discard(version_id: int) -> None:
    """Give a version up; `removal.sweep` removes its rows. Raises `NotAVersion` for the active one and for
    none."""
    settle()
    _forget_waiting(version_id)
    wanted = (VERSIONS.c.id == version_id) & (VERSIONS.c.status != "active")
    gone = update(VERSIONS).where(wanted).values(status="discarded").returning(VERSIONS.c.id)
    if session().execute(gone).first() is None:
        raise NotAVersion


def is_due() -> bool:
    """Whether the moment of a waiting version has come and the rows do not say so yet."""
    return session().execute(_due().limit(1)).first() is not None


def settle() -> None:
    """Write down what came into force meanwhile: the latest of the waiting versions whose moment has come is
    active, all before it are retired. Holds the topic's row until the end of this unit, so that two switches
    take turns."""
    invalidate(TOPIC)
    for version_id in session().scalars(_due()).all():
        session().execute(update(VERSIONS).where(VERSIONS.c.status == "active").values(status="retired"))
        session().execute(update(VERSIONS).where(VERSIONS.c.id == version_id).values(status="active"))


def _due() -> Select[tuple[int]]:
    waited = (VERSIONS.c.status == "waiting") & (VERSIONS.c.activated_at <= now())
    return select(VERSIONS.c.id).where(waited).order_by(VERSIONS.c.activated_at, VERSIONS.c.id)


def _forget_waiting(version_id: int) -> None:
    """A version that still waits will not come into force at its moment."""
    waiting = select(VERSIONS.c.id).where(VERSIONS.c.id == version_id, VERSIONS.c.status == "waiting")
    session().execute(
        delete(ACTIVATIONS).where(ACTIVATIONS.c.version_id.in_(waiting), ACTIVATIONS.c.since > now())
    )


def _become(status: str, version_id: int, since: datetime, of: tuple[str, ...]) -> None:
    wanted = (VERSIONS.c.id == version_id) & VERSIONS.c.status.in_(of)
    changed = (
        update(VERSIONS).where(wanted).values(status=status, activated_at=since).returning(VERSIONS.c.id)
    )
    if session().execute(changed).first() is None:
        raise NotAVersion
    session().execute(insert(ACTIVATIONS).values(version_id=version_id, since=since))


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
