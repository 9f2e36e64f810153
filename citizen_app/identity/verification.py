"""How a citizen proves who they are: count the try, ask the provider, then store what it has proved and raise
the level.

The provider is asked while no unit of work is open. Whatever is wrong, the name, the number, or that the
document has an account already, the answer is the same after the same work: nobody learns of anybody else's
account. A citizen's own proof, sent again, is answered without asking anybody.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

import structlog

from citizen_app.citizens.documents import (
    EID,
    DocumentTaken,
    Proof,
    document_index,
    documents_of,
    owner_of_document,
    store_proof,
)
from citizen_app.citizens.models import Citizen
from citizen_app.citizens.operations import set_real_name
from citizen_app.citizens.tokens import SignedInCitizen
from citizen_app.citizens.traits import CitizenStatus
from citizen_app.identity.documents import DocumentKind
from citizen_app.identity.names import same_name
from citizen_app.identity.providers import EidToken, NamedDocument, Provider
from citizen_app.identity.providers.wire import ProviderFailed
from citizen_app.identity.takeover import lock_citizens, may_take_over, owner_and_phoneless, take_over
from citizen_app.identity.tries import count_try, give_back_try
from citizen_app.storage.locking import lock_row
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

EID_NOT_CONFIRMED: Final = Text(
    "请在认证应用中重新操作；仍不成功，请携带证件到服务窗口办理。",
    "Start again in the app of the eID; if that does not help, come to a service counter with the document.",
)
FOR_LIFE: Final = frozenset({DocumentKind.RESIDENT_ID, DocumentKind.RESIDENCE_PERMIT})
"""Documents whose number a person keeps: another one is another person's."""

Evidence = TypeVar("Evidence")
log = structlog.get_logger(__name__)


def verify_name(
    caller: SignedInCitizen,
    claimed: NamedDocument,
    provider: Provider[NamedDocument],
    change: Callable[[], None],
) -> None:
    """Prove a name by a document. `change` is called before somebody who has proved a name already is asked
    for another, and may refuse. Where the document has an account without a phone, that account is the
    caller's from now on, and their session belongs to it (`takeover`).

    Raises `identity-not-confirmed`, a 429 after five tries of a day, and `ProviderFailed`; opens its own
    units of work.
    """
    citizen_id, document = caller.citizen_id, claimed.document
    index = document_index(document.kind, document.number)
    with transaction():
        citizen = _present(citizen_id)
        mine = {one.number_index for one in documents_of(citizen_id)}
        if index in mine and same_name(claimed.name, citizen.name or ""):
            return
        if mine:
            change()
        count_try(citizen_id)
    proof = _asked(citizen_id, provider, claimed)
    with transaction():
        owner, phoneless = owner_and_phoneless(index)
        if proof is not None and phoneless and owner != citizen_id:
            lock_citizens(citizen_id, owner)
        citizen = _present(citizen_id)
        agrees = _is_the_same_person(citizen, proof, claimed.name)
        if proof is not None and phoneless and may_take_over(citizen, owner, claimed.name):
            take_over(citizen, owner, proof, caller.session_id)
            return
        if proof is None or owner not in (None, citizen_id) or not agrees:
            raise _not_confirmed(citizen_id)
        try:
            set_real_name(citizen_id, claimed.name, proof)
        except DocumentTaken:  # by somebody who asked at the same moment
            raise _not_confirmed(citizen_id) from None


def verify_eid(
    citizen_id: str, token: EidToken, provider: Provider[EidToken], change: Callable[[], None]
) -> None:
    """Prove by an outside eID that one is somebody, not who; as `verify_name`.

    The eID that a citizen has already is confirmed anew. Another one is somebody else's: its subject stays
    the same for life.
    """
    with transaction():
        _present(citizen_id)
        if documents_of(citizen_id):
            change()
        count_try(citizen_id)
    proof = _asked(citizen_id, provider, token)
    with transaction():
        citizen, owner = _present(citizen_id), None if proof is None else owner_of_document(proof.index)
        others = [one for one in documents_of(citizen_id) if one.kind == EID and owner is None]
        if proof is None or owner not in (None, citizen_id) or others:
            raise _not_confirmed(citizen_id, EID_NOT_CONFIRMED)
        try:
            store_proof(citizen, proof)
        except DocumentTaken:
            raise _not_confirmed(citizen_id, EID_NOT_CONFIRMED) from None
    log.info("eid accepted", citizen=citizen_id)


def _asked(citizen_id: str, provider: Provider[Evidence], evidence: Evidence) -> Proof | None:
    try:
        return provider.check(evidence)
    except ProviderFailed:
        with transaction():
            give_back_try(citizen_id)
        raise


def _is_the_same_person(citizen: Citizen, proof: Proof | None, name: str) -> bool:
    """Whether what is known of a citizen allows a further document: the same date of birth, or where one is
    not known the same name; and no second number of a kind that is given for life. An account never becomes
    another person's.
    """
    mine = documents_of(citizen.id)
    if proof is None or not mine or any(one.number_index == proof.index for one in mine):
        return True
    if proof.kind in FOR_LIFE and any(one.kind == proof.kind for one in mine):
        return False
    if proof.born is not None and citizen.born is not None:
        return proof.born.isoformat() == citizen.born
    return citizen.name is None or same_name(name, citizen.name)


def _present(citizen_id: str) -> Citizen:
    citizen = lock_row(Citizen, citizen_id)
    if citizen is None or citizen.status != CitizenStatus.ACTIVE:
        raise Problem("sign-in-required", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    return citizen


def _not_confirmed(citizen_id: str, words: Text | None = None) -> Problem:
    log.info("identity not confirmed", citizen=citizen_id)
    return Problem("identity-not-confirmed", words)
