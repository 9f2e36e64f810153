"""An account without a phone becomes its owner's: somebody with a phone of their own has proved the name and
the document that it is known by.

Such accounts were opened at a desk or by a guardian, or have lost their number to somebody else. A name and a
number prove less than a clerk who has seen a face: the account falls to the level of the proof, whoever looks
after its owner is told, and nobody takes over the account of a child below fourteen but at a desk.
"""

from __future__ import annotations

import structlog
from sqlalchemy import select, update

from citizen_app.audit.operations import Actor, record
from citizen_app.citizens.documents import Proof, documents_of, store_proof
from citizen_app.citizens.models import Citizen, CitizenDocument, SignInSession
from citizen_app.citizens.phones import take_phone_away
from citizen_app.citizens.sessions import end_all_sessions
from citizen_app.citizens.traits import CitizenStatus
from citizen_app.clock import now
from citizen_app.delegations.ages import is_asked_too
from citizen_app.identity.names import same_name
from citizen_app.notices.catalogue import TAKEN_OVER
from citizen_app.notices.routing import carers_of
from citizen_app.notices.sending import tell
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.usage.offices import CITY

log = structlog.get_logger(__name__)


def owner_and_phoneless(index: bytes) -> tuple[str | None, bool]:
    """The id of the citizen who has a document, and whether they have no phone; in one SELECT, so that nobody
    learns from the work whether there is one."""
    wanted = (
        select(CitizenDocument.citizen_id, Citizen.phone_index.is_(None))
        .join(Citizen, Citizen.id == CitizenDocument.citizen_id)
        .where(CitizenDocument.number_index == index)
    )
    found = db.session.execute(wanted).one_or_none()
    return (None, False) if found is None else (found[0], found[1])


def lock_citizens(*ids: str | None) -> None:
    """Lock accounts in one order, so that nobody waits in a circle."""
    for one in sorted(filter(None, ids)):
        lock_row(Citizen, one)


def may_take_over(newcomer: Citizen, owner_id: str | None, name: str) -> bool:
    """Whether whoever has proved this name may have the account of the document: it is in use, and without a
    phone; theirs is known by a phone alone. Both are locked."""
    owner = None if owner_id is None else db.session.get(Citizen, owner_id)
    return (
        owner is not None
        and owner.id != newcomer.id
        and owner.status == CitizenStatus.ACTIVE
        and owner.phone_index is None
        and same_name(name, owner.name or "")
        and is_asked_too(owner.born, now())
        and newcomer.phone_index is not None
        and documents_of(newcomer.id) == []
    )


def take_over(newcomer: Citizen, owner_id: str | None, proof: Proof, session_id: str) -> None:
    """The account of the owner has the newcomer's phone and their session from now on; theirs is left with
    what it held, and without a phone. Sessions of both end but for this one.

    Its level is that of the proof, whatever a desk had seen before.
    """
    owner = db.session.get_one(Citizen, owner_id)
    for carer_id in carers_of(owner.id, CITY):
        tell(carer_id, TAKEN_OVER)
    end_all_sessions(owner.id)
    db.session.execute(
        update(SignInSession)
        .where(SignInSession.id == session_id)
        .values(citizen_id=owner.id)
        .execution_options(synchronize_session=False)
    )
    phone, index = newcomer.phone, newcomer.phone_index
    take_phone_away(newcomer)
    owner.phone, owner.phone_index, owner.phone_since = phone, index, now()
    store_proof(owner, proof)
    owner.assurance_level = proof.level
    db.session.flush()
    by = Actor("citizen", None, "citizen")
    record("citizens.take_over", "citizen", owner.id, actor=by, left=newcomer.id, level=int(proof.level))
    log.info("an account was taken over by its owner", citizen=owner.id)
