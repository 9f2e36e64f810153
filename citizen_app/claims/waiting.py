"""Claims that wait for their citizen: a list names people by their documents, whether or not they have an
account.

Nobody who sends a list learns who has one. A claim becomes a citizen's when the document is proved to be
theirs and the name of the list is the name that they have proved: a number with a slip of the pen that is
another person's gives that person nothing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import or_, select, update

from citizen_app.citizens.models import Citizen, CitizenDocument
from citizen_app.claims.models import CitizenClaim
from citizen_app.identity.names import letters_of
from citizen_app.jobs.retention_clock import retention_now
from citizen_app.jobs.runner import Job
from citizen_app.secrecy.vault import current_vault
from citizen_app.storage.orm import db, table_of
from citizen_app.storage.slices import Paced, delete_in_slices
from citizen_app.storage.transactions import transaction

KEPT: Final = timedelta(days=90)
"""How long a claim whose time is over waits for somebody who never came."""
PEOPLE_PER_UNIT: Final = 200


def name_index(name: str) -> bytes:
    """The blind index of a name (32 bytes), whatever its spaces, case and width."""
    return current_vault().blind_index("claim-name", letters_of(name))


def assign_waiting_claims(citizen: Citizen) -> int:
    """Give a citizen what waits under their documents; returns how many claims. To be called when a document
    or a name has been stored."""
    mine = select(CitizenDocument.number_index).where(CitizenDocument.citizen_id == citizen.id)
    same_name = [] if citizen.name is None else [CitizenClaim.name_index == name_index(citizen.name)]
    names = or_(CitizenClaim.name_index.is_(None), *same_name)
    waiting = select(CitizenClaim.id).where(
        CitizenClaim.citizen_id.is_(None), CitizenClaim.document_index.in_(mine), names
    )
    ids = db.session.scalars(waiting.order_by(CitizenClaim.id).with_for_update()).all()
    if ids:
        given = update(CitizenClaim).where(CitizenClaim.id.in_(ids)).values(citizen_id=citizen.id)
        db.session.execute(given.execution_options(synchronize_session=False))
    return len(ids)


def assign_all_waiting_claims() -> None:
    """Give what waits to those who have its document: a list and a proof at the same moment do not see each
    other."""
    pace = Paced()
    with transaction(reading=True):
        found = db.session.scalars(
            select(CitizenDocument.citizen_id)
            .join(CitizenClaim, CitizenClaim.document_index == CitizenDocument.number_index)
            .where(CitizenClaim.citizen_id.is_(None))
            .distinct()
            .order_by(CitizenDocument.citizen_id)
        ).all()
    for start in range(0, len(found), PEOPLE_PER_UNIT):
        with pace():
            some = select(Citizen).where(Citizen.id.in_(found[start : start + PEOPLE_PER_UNIT]))
            for citizen in db.session.scalars(some.order_by(Citizen.id)).all():
                assign_waiting_claims(citizen)


def sweep_waiting_claims() -> None:
    """Delete what waits for nobody any more: its time is over."""
    with transaction(reading=True):
        oldest = retention_now() - KEPT
    table = table_of(CitizenClaim)
    delete_in_slices(table, table.c.citizen_id.is_(None) & (table.c.valid_to < oldest), Paced())


JOBS: Final = (
    Job("claims.assign", every_seconds=60, run=assign_all_waiting_claims, own_transactions=True),
    Job("claims.sweep", every_seconds=86_400, run=sweep_waiting_claims, own_transactions=True),
)
