"""What time does to delegations: wards come of age, terms and invitations expire; and what is over for long
is thrown away.

Whether somebody may act is judged at the moment of use, never by these jobs: they write down what has become
true, and tell both. They go by the settled time, so that a jump of the clock ends nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select

from citizen_app.citizens.acting import ActingKind
from citizen_app.citizens.models import ActingSession, Citizen
from citizen_app.delegations.ages import is_minor
from citizen_app.delegations.models import Delegation, DelegationState, EndedWhy, Side
from citizen_app.delegations.operations import end_delegation
from citizen_app.delegations.rules import ANSWERED_WITHIN
from citizen_app.jobs.retention_clock import retention_now
from citizen_app.jobs.runner import Job
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction

SLICE: Final = 500
SESSIONS_KEPT: Final = timedelta(days=180)
"""Half a year in which a question who acted that day finds its answer, beside the usage log."""
DELEGATIONS_KEPT: Final = timedelta(days=3 * 365)
"""After their end: as long as a claim under civil law runs (Civil Code of the PRC, article 188)."""


def end_what_time_has_ended() -> None:
    """End guardianships of those who are eighteen, and what has expired or is used up, each in a unit of work
    of its own."""
    after = ""
    while True:
        with transaction(reading=True):
            seen, over = _ended_by_time(after)
        for delegation_id, why in over:
            with transaction():
                end_delegation(delegation_id, Side.CITY, why)
        if len(seen) < SLICE:
            return
        after = seen[-1]


def _ended_by_time(after: str) -> tuple[list[str], list[tuple[str, EndedWhy]]]:
    """The ids of one slice in their order, and those of them that are over, with the reason."""
    moment = retention_now()
    still_open = (
        select(Delegation, Citizen)
        .outerjoin(Citizen, Citizen.id == Delegation.ward_id)
        .where(Delegation.state != DelegationState.ENDED)
        .order_by(Delegation.id)
        .limit(SLICE)
    )
    rows = db.session.execute(still_open.where(Delegation.id > after) if after else still_open).all()
    reasons = [(one.id, _why_over(one, ward, moment)) for one, ward in rows]
    return [one.id for one, _ in rows], [(found, why) for found, why in reasons if why is not None]


def _why_over(delegation: Delegation, ward: Citizen | None, moment: datetime) -> EndedWhy | None:
    if delegation.state == DelegationState.INVITED:
        return EndedWhy.EXPIRED if moment >= delegation.created_at + ANSWERED_WITHIN else None
    if delegation.valid_to is not None and moment >= delegation.valid_to:
        return EndedWhy.EXPIRED
    if delegation.uses_left == 0:
        return EndedWhy.USED_UP
    minor = ward is not None and is_minor(ward.born, moment)
    return EndedWhy.OF_AGE if delegation.kind == ActingKind.GUARDIAN and not minor else None


def sweep() -> None:
    """Delete what is over for long enough."""
    moment = retention_now()
    for doomed in (
        delete(ActingSession).where(ActingSession.ends_at < moment - SESSIONS_KEPT),
        delete(Delegation).where(Delegation.ended_at < moment - DELEGATIONS_KEPT),
    ):
        db.session.execute(doomed.execution_options(synchronize_session=False))


JOBS: Final = (
    Job("delegations.end", every_seconds=900, run=end_what_time_has_ended, own_transactions=True),
    Job("delegations.sweep", every_seconds=3600, run=sweep),
)
