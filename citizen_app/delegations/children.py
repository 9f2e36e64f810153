"""A guardian opens an account for a child who has none: the register confirms name and number, and the number
tells the age.

The register knows a child, not whose child it is. So there are few tries, few wards, everybody is named in
the log, and a desk that sees the household register can give the account to whom it belongs. Whatever cannot
be confirmed is one answer, also where the child has an account already: nobody learns of it here.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import structlog
from sqlalchemy import select

from citizen_app.citizens.acting import ActingKind
from citizen_app.citizens.documents import DocumentTaken, document_index, owner_of_document
from citizen_app.citizens.models import Citizen
from citizen_app.citizens.registration import create_citizen
from citizen_app.clock import now
from citizen_app.delegations.ages import is_minor
from citizen_app.delegations.models import Delegation, DelegationState, Proof
from citizen_app.delegations.operations import Terms, establish
from citizen_app.delegations.rules import AGENTS_LEVEL, NAME_NEEDED, check_room, locked_citizens
from citizen_app.identity.documents import DocumentKind
from citizen_app.identity.names import same_name
from citizen_app.identity.providers import NamedDocument, Provider
from citizen_app.identity.providers.wire import ProviderFailed
from citizen_app.identity.tries import count_try, give_back_try
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from citizen_app.wire.problems import Problem, invalid_input

OF_CHILDREN: Final = frozenset({DocumentKind.RESIDENT_ID, DocumentKind.RESIDENCE_PERMIT})
"""Documents whose number tells the age."""
TO_THE_DESK: Final = Text(
    "无法在线确认。请核对姓名和号码；仍不成功，请带户口簿到服务窗口办理。",
    "This cannot be confirmed here. Check the name and the number; if that does not help, come to a service "
    "counter with the household register.",
)
NOT_A_CHILD: Final = Text("应为未满十八岁者的居民身份号码", "the resident ID of somebody under eighteen")

log = structlog.get_logger(__name__)


def open_account(guardian_id: str, claimed: NamedDocument, register: Provider[NamedDocument]) -> str:
    """An account for a child, and the guardian's delegation for it; returns the delegation's id. Sent again,
    the same delegation.

    Raises `identity-not-confirmed`, a 422 for a number that is no child's, a 403 for a guardian whose name is
    not proved, a 409 at the limit of wards, a 429 after five tries of a day, and `ProviderFailed`. Opens its
    own units of work.
    """
    document = claimed.document
    if document.kind not in OF_CHILDREN or not _is_child(document.born):
        raise invalid_input("/id_number", NOT_A_CHILD)
    index = document_index(document.kind, document.number)
    with transaction():
        (guardian,) = locked_citizens(guardian_id)
        if guardian.assurance_level < AGENTS_LEVEL:
            raise Problem("assurance-too-low", NAME_NEEDED, more={"required_level": AGENTS_LEVEL})
        before = _own_ward(guardian_id, index, claimed.name)
        if before is not None:
            return before
        check_room(agent_id=guardian_id)
        count_try(guardian_id)
    try:
        proof = register.check(claimed)
    except ProviderFailed:
        with transaction():
            give_back_try(guardian_id)
        raise
    if proof is None:
        raise _not_confirmed()
    with transaction():
        locked_citizens(guardian_id)
        before = _own_ward(guardian_id, index, claimed.name)
        if before is not None:  # the same request, twice at once
            return before
        if owner_of_document(index) is not None:
            raise _not_confirmed()
        try:
            with db.session.begin_nested():
                child = create_citizen(None, name=claimed.name, document=proof)
        except DocumentTaken:  # by somebody who asked at the same moment
            raise _not_confirmed() from None
        made = establish(guardian_id, child.id, Terms(ActingKind.GUARDIAN), Proof.REGISTER)
        log.info("account opened for a child", citizen=child.id, delegation=made.id)
        return made.id


def _is_child(born: date | None) -> bool:
    return born is not None and is_minor(born.isoformat(), now())


def _own_ward(guardian_id: str, index: bytes, name: str) -> str | None:
    """The delegation by which somebody is already the guardian of whoever has a document."""
    owner = owner_of_document(index)
    child = None if owner is None else db.session.get(Citizen, owner)
    if child is None or not same_name(name, child.name or ""):
        return None
    found: str | None = db.session.scalar(
        select(Delegation.id).where(
            Delegation.agent_id == guardian_id,
            Delegation.ward_id == child.id,
            Delegation.kind == ActingKind.GUARDIAN,
            Delegation.state == DelegationState.ACTIVE,
        )
    )
    return found


def _not_confirmed() -> Problem:
    return Problem("identity-not-confirmed", TO_THE_DESK)
