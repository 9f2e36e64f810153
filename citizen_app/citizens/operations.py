"""What happens to an account after it was made: suspended, reinstated, given a real name."""

from __future__ import annotations

import structlog
from sqlalchemy import delete

from citizen_app.citizens.documents import Proof, store_proof
from citizen_app.citizens.models import Citizen, CitizenRef
from citizen_app.citizens.queries import KNOWN_REFS
from citizen_app.citizens.sessions import end_all_sessions
from citizen_app.citizens.traits import CitizenStatus
from citizen_app.claims.waiting import assign_waiting_claims
from citizen_app.storage.cached_values import invalidate
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.wire.problems import Problem

log = structlog.get_logger(__name__)


def suspend_citizen(citizen_id: str) -> None:
    """Refuse the citizen's codes from the next scan on, and sign them out everywhere. Raises `not-found`."""
    _present(citizen_id).status = CitizenStatus.SUSPENDED
    db.session.flush()
    end_all_sessions(citizen_id)
    log.info("citizen suspended", citizen=citizen_id)


def reinstate_citizen(citizen_id: str) -> None:
    """Accept the citizen's codes again; they sign in afresh. Raises `not-found`, and `conflict` for the
    dead."""
    citizen = _present(citizen_id)
    if citizen.status == CitizenStatus.DECEASED:
        raise Problem("conflict")
    citizen.status = CitizenStatus.ACTIVE
    db.session.flush()
    log.info("citizen reinstated", citizen=citizen_id)


def set_real_name(citizen_id: str, name: str, proof: Proof) -> Citizen:
    """Store a name with the document that proves it; the assurance level becomes what that proves, and never
    less than it was.

    Raises `not-found`, and `DocumentTaken` if another account has the document.
    """
    citizen = _present(citizen_id)
    store_proof(citizen, proof)
    citizen.name = name
    db.session.flush()
    assign_waiting_claims(citizen)
    log.info("real name set", citizen=citizen_id, document=proof.kind, source=proof.source)
    return citizen


def forget_refs(citizen_id: str, service: str | None = None) -> None:
    """Delete a citizen's pairwise references, of one service or of all; every process forgets that it knew
    them."""
    doomed = delete(CitizenRef).where(CitizenRef.citizen_id == citizen_id)
    db.session.execute(doomed if service is None else doomed.where(CitizenRef.service == service))
    invalidate(KNOWN_REFS.topic)


def forget_service(service: str) -> None:
    """Delete all references of a service: nobody can lead its data back to citizens any more."""
    db.session.execute(delete(CitizenRef).where(CitizenRef.service == service))
    invalidate(KNOWN_REFS.topic)


def _present(citizen_id: str) -> Citizen:
    citizen = lock_row(Citizen, citizen_id)
    if citizen is None:
        raise Problem("not-found")
    return citizen
