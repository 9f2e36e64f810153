"""Accounts that a desk opens, stops and lets go on.

Whoever comes with a document and has no phone gets an account that is known by the document alone. Where the
document has an account already, the clerk is shown that one; nobody else is ever told.
"""

from __future__ import annotations

from typing import Final

from citizen_app.audit.operations import record
from citizen_app.citizens.documents import (
    DocumentTaken,
    Proof,
    Source,
    owner_of_document,
    proof_of,
    store_proof,
)
from citizen_app.citizens.models import Citizen
from citizen_app.citizens.operations import reinstate_citizen, suspend_citizen
from citizen_app.citizens.registration import create_citizen
from citizen_app.citizens.traits import AssuranceLevel, CitizenStatus
from citizen_app.desk.findings import Found, describe, keep_finding, locked_citizen
from citizen_app.desk.models import DeskFinding
from citizen_app.desk.search import role_of
from citizen_app.identity.names import same_name
from citizen_app.identity.providers import NamedDocument, Provider
from citizen_app.notices.catalogue import CODE_GOES_ON, CODE_STOPPED
from citizen_app.notices.sending import tell
from citizen_app.staff.callers import StaffCaller
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.usage.looks import Reading, note_look_of_city
from citizen_app.usage.offices import CITY
from citizen_app.wire.problems import Problem

SEE_THE_DOCUMENT: Final = Text(
    "请核对姓名和证件号码；仍不成功，请当面查验证件原件。",
    "Look at the name and the number again; if they are right, have the document itself shown to you.",
)


def proof_at_desk(claimed: NamedDocument, provider: Provider[NamedDocument] | None) -> Proof:
    """What a desk takes a document for: level 3 where the clerk has seen it (`provider` is None then), level
    2 where the register confirms what was told.

    Outside of any unit of work. Raises `identity-not-confirmed`, and `ProviderFailed`.
    """
    if provider is None:
        return proof_of(claimed.document, Source.DESK, AssuranceLevel.IN_PERSON)
    proof = provider.check(claimed)
    if proof is None:
        raise Problem("identity-not-confirmed", SEE_THE_DOCUMENT)
    return proof


def open_account(caller: StaffCaller, name: str, proof: Proof, reason: str) -> tuple[Found, bool]:
    """The account of whoever has the document, opened now if there is none; and whether it was. Two desks at
    once open one account.

    An account of the same name rises to the level of the proof.
    """
    owner = owner_of_document(proof.index)
    citizen = _opened(name, proof) if owner is None else None
    if opened := citizen is not None:
        record("citizens.open", "citizen", citizen.id, document=proof.kind, level=int(proof.level))
    else:
        citizen = lock_row(Citizen, owner or owner_of_document(proof.index) or "")
        if citizen is None:  # erased at this moment
            raise Problem("conflict")
        if proof.level > citizen.assurance_level and _is_theirs(citizen, name):
            store_proof(citizen, proof)
            record("citizens.verify", "citizen", citizen.id, document=proof.kind, level=int(proof.level))
    reading = Reading(CITY, reason, caller.actor, role_of(caller))
    note_look_of_city(reading, [citizen.id], "citizens.open_desk", ("citizens", None), opened=opened)
    return describe(keep_finding(caller, citizen, reason), citizen), opened


def stop_code(finding: DeskFinding) -> Citizen:
    """Refuse the codes of whoever was found, and sign them out: their phone was stolen. Raises a 409 for the
    dead. Whose code is stopped already stays so."""
    citizen = locked_citizen(finding)
    if citizen.status == CitizenStatus.DECEASED:
        raise Problem("conflict")
    if citizen.status == CitizenStatus.ACTIVE:
        tell(citizen.id, CODE_STOPPED)
        suspend_citizen(citizen.id)
        record("citizens.stop_code", "citizen", citizen.id)
    return citizen


def let_go_on(finding: DeskFinding) -> Citizen:
    """Accept the codes of whoever was found again; they sign in afresh. Raises a 409 for the dead."""
    citizen = locked_citizen(finding)
    if citizen.status != CitizenStatus.ACTIVE:
        reinstate_citizen(citizen.id)
        record("citizens.let_go_on", "citizen", citizen.id)
        tell(citizen.id, CODE_GOES_ON)
    return citizen


def _opened(name: str, proof: Proof) -> Citizen | None:
    """A new account; None where somebody else has opened one with the document at the same moment."""
    try:
        with db.session.begin_nested():
            return create_citizen(None, name=name, document=proof)
    except DocumentTaken:
        return None


def _is_theirs(citizen: Citizen, name: str) -> bool:
    return citizen.status == CitizenStatus.ACTIVE and same_name(name, citizen.name or "")
