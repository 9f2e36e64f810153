"""The demo city's family: an adult who is guardian of a child and of a teenager, and carer of an elder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import select

from citizen_app.citizens.acting import ACTING_TITLES, ActingKind
from citizen_app.citizens.documents import Source, owner_of_document, proof_of
from citizen_app.citizens.models import Citizen
from citizen_app.citizens.personal import masked_name, phone_index
from citizen_app.citizens.registration import create_citizen
from citizen_app.consent.notice import notice_in_force
from citizen_app.consent.operations import accept_notice
from citizen_app.delegations.models import Delegation, DelegationState, Proof
from citizen_app.delegations.operations import Terms, accept, establish
from citizen_app.demo.people import invented_number
from citizen_app.identity.documents import Document, DocumentKind
from citizen_app.identity.importing import Listed, store_people
from citizen_app.sheets.report import Report
from citizen_app.storage.orm import db
from citizen_app.text import Text

GUARDIAN: Final = "+8613800000001"
TEENAGER: Final = "+8613800000003"


@dataclass(frozen=True, slots=True)
class DemoWard:
    """Somebody without a phone, for whom another acts."""

    name: str
    born: date
    sequence: int
    kind: ActingKind
    note: Text

    @property
    def document(self) -> Document:
        """Their identity card."""
        return Document(DocumentKind.RESIDENT_ID, invented_number(self.born, self.sequence), self.born)


WARDS: Final = (
    DemoWard(
        "张小宇",
        date(2018, 5, 20),
        701,
        ActingKind.GUARDIAN,
        Text("八岁，没有手机", "Eight years old, no phone"),
    ),
    DemoWard(
        "周桂兰",
        date(1951, 2, 11),
        702,
        ActingKind.CARER,
        Text("七十五岁，没有手机", "Seventy-five, no phone"),
    ),
)


def load_family() -> list[dict[str, Any]]:
    """Create what is missing of the family; returns who acts for whom: `agent_phone`, the ward as one types
    and sees them, and the delegation."""
    store_people(
        [Listed(proof_of(one.document, Source.LOCAL).index, one.name, None) for one in WARDS], Report()
    )
    agent = _by_phone(GUARDIAN)
    told = []
    for ward in WARDS:
        proof = proof_of(ward.document, Source.DESK)
        known = owner_of_document(proof.index)
        account = known or _open_account(ward)
        made = _delegation(agent.id, account, ward.kind)
        told.append(_told(made, None, ward.name, ward.document.number, ward.note))
    teenager = _by_phone(TEENAGER)
    made = _delegation(agent.id, teenager.id, ActingKind.GUARDIAN)
    note = Text("十五岁，自己有手机，已同意", "Fifteen, with a phone of their own, has agreed")
    return [*told, _told(made, TEENAGER, teenager.name or "", None, note)]


def _open_account(ward: DemoWard) -> str:
    """Of somebody for whom the notice was accepted at the desk."""
    proof = proof_of(ward.document, Source.DESK)
    made = create_citizen(None, name=ward.name, document=proof, is_demo=True).id
    accept_notice(made, notice_in_force().version)
    return made


def _by_phone(phone: str) -> Citizen:
    return db.session.scalars(select(Citizen).where(Citizen.phone_index == phone_index(phone))).one()


def _delegation(agent_id: str, ward_id: str, kind: ActingKind) -> Delegation:
    """The delegation that stands, or was ended by somebody who tried that; otherwise a new one, which a ward
    who is asked accepts."""
    standing = select(Delegation).where(
        Delegation.agent_id == agent_id, Delegation.ward_id == ward_id, Delegation.kind == kind
    )
    found = db.session.scalars(standing.order_by(Delegation.id.desc())).first()
    if found is not None:
        return found
    made = establish(agent_id, ward_id, Terms(kind), Proof.DESK)
    return accept(ward_id, made.id) if made.state == DelegationState.INVITED else made


def _told(
    made: Delegation, phone: str | None, name: str, id_number: str | None, note: Text
) -> dict[str, Any]:
    return {
        "delegation_id": made.id,
        "kind": made.kind,
        "kind_title": ACTING_TITLES[made.kind].as_dict(),
        "agent_phone": GUARDIAN,
        "phone": phone,
        "masked_name": masked_name(name),
        "name": name,
        "id_number": id_number,
        "note": note.as_dict(),
    }
