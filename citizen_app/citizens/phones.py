"""Phones of accounts: given, and taken away. An account that loses its phone keeps everything else.

A number passes to another person one day. What was kept for a number until its holder is met
(`pending_looks`) goes to the account that had it until now, so that the next owner finds nothing of it.
"""

from __future__ import annotations

import structlog
from sqlalchemy import delete

from citizen_app.citizens import personal
from citizen_app.citizens.models import Citizen, PhoneDoubt
from citizen_app.citizens.queries import citizen_by_phone
from citizen_app.citizens.sessions import end_all_sessions
from citizen_app.clock import now
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.usage.pending_looks import assign_pending_looks, indexes_of

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


def give_phone(citizen: Citizen, phone: str) -> None:
    """A locked account has this phone (E.164) from now on, whose holder has just proved it; whoever had it
    has none. All sessions of both end: a phone that was lost does not stay signed in.
    """
    holder = citizen_by_phone(phone)
    if holder is not None and holder.id != citizen.id:
        holder = lock_row(Citizen, holder.id)
        if holder is not None and holder.phone_index == personal.phone_index(phone):
            take_phone_away(holder)
    take_phone_away(citizen)
    citizen.phone, citizen.phone_index, citizen.phone_since = phone, personal.phone_index(phone), now()
    db.session.flush()
    end_all_sessions(citizen.id)
