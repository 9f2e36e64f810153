"""How often a citizen may ask: five times on one day of the city. Whoever guesses at names and numbers does
not get far."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import case, delete, update

from citizen_app.clock import now
from citizen_app.identity.models import IdentityTry
from citizen_app.jobs.retention_clock import retention_now
from citizen_app.jobs.runner import Job
from citizen_app.settings import current_settings
from citizen_app.storage.orm import db, table_of
from citizen_app.storage.statements import upsert
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

MOST_TRIES: Final = 5
TOO_MANY: Final = Text(
    "今天的核验次数已用完，请明天再试或到服务窗口办理。",
    "That was the last try for today. Try again tomorrow, or at a service counter.",
)
_TRIES: Final = table_of(IdentityTry)


def count_try(citizen_id: str) -> None:
    """Count a try of today, in one statement: of many at once no more are let through than are left. Raises a
    429 for the sixth."""
    moment = _moment()
    today = moment.date()
    counted = db.session.execute(
        upsert(_TRIES)
        .values(citizen_id=citizen_id, day=today, tries=1)
        .on_conflict_do_update(
            index_elements=["citizen_id"],
            set_={"day": today, "tries": case((_TRIES.c.day == today, _TRIES.c.tries + 1), else_=1)},
            where=(_TRIES.c.day != today) | (_TRIES.c.tries < MOST_TRIES),
        )
        .returning(_TRIES.c.tries)
    ).first()
    if counted is None:
        tomorrow = moment.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        wait = math.ceil((tomorrow - moment).total_seconds())
        raise Problem("too-many-requests", TOO_MANY, headers={"Retry-After": str(wait)})


def give_back_try(citizen_id: str) -> None:
    """Take back a try of today with which nothing could be learnt: the provider was away."""
    db.session.execute(
        update(_TRIES)
        .where(_TRIES.c.citizen_id == citizen_id, _TRIES.c.day == _moment().date(), _TRIES.c.tries > 0)
        .values(tries=_TRIES.c.tries - 1)
    )


def sweep_tries() -> None:
    """Delete what was counted on days that are over."""
    yesterday = retention_now().astimezone(current_settings().timezone).date() - timedelta(days=1)
    db.session.execute(delete(IdentityTry).where(IdentityTry.day < yesterday))


JOBS: Final = (Job("identity.sweep", every_seconds=3600, run=sweep_tries),)


def _moment() -> datetime:
    return now().astimezone(current_settings().timezone)
