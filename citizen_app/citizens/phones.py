"""Phones of accounts: given, and taken away. An account that loses its phone keeps everything else.

A number passes to another person one day. What was kept for a number until its holder is met
(`pending_looks`) goes to the account that had it until now, so that the next owner finds nothing of it.
"""

from __future__ import annotations

import structlog
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from citizen_app.citizens.models import Citizen, PhoneDoubt
from citizen_app.citizens.personal import phone_index
from citizen_app.citizens.queries import citizen_by_phone
from citizen_app.citizens.sessions import end_all_sessions
from citizen_app.clock import now
from citizen_app.storage.locking import lock_rows
from citizen_app.storage.orm import db
from citizen_app.usage.pending_looks import assign_pending_looks, indexes_of
from citizen_app.wire.problems import Problem

log = structlog.get_logger(__name__)


def take_phone_away(citizen: Citizen) -> None:
    """A locked account is without a phone from now on, and signed out everywhere."""
    if citizen.phone_sealed is None:
        return
    assign_pending_looks(dict.fromkeys(indexes_of(citizen.id, citizen.phone_sealed), citizen.log_key))
    citizen.phone, citizen.phone_index, citizen.phone_since = None, None, None
    db.session.execute(delete(PhoneDoubt).where(PhoneDoubt.citizen_id == citizen.id))
    db.session.flush()
    end_all_sessions(citizen.id)
    log.info("an account is without a phone", citizen=citizen.id)


def give_phone(citizen_id: str, phone: str) -> Citizen:
    """An account has this phone (E.164) from now on, whose holder has just proved it; whoever had it has
    none. All sessions of both end: a phone that was lost does not stay signed in.

    Raises a 404 for an account that is gone, a 409 where another gets the phone at the same moment.
    """
    holder = citizen_by_phone(phone)
    ids = {citizen_id} if holder is None else {citizen_id, holder.id}
    locked = {one.id: one for one in lock_rows(Citizen, ids)}
    citizen, before = locked.get(citizen_id), None if holder is None else locked.get(holder.id)
    if citizen is None:
        raise Problem("not-found")
    if before is not None and before.phone_index == phone_index(phone):
        take_phone_away(before)
    take_phone_away(citizen)
    try:
        with db.session.begin_nested():
            citizen.phone, citizen.phone_index, citizen.phone_since = phone, phone_index(phone), now()
            db.session.flush()
    except IntegrityError as taken:
        raise Problem("conflict") from taken
    end_all_sessions(citizen.id)
    return citizen
