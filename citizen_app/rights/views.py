"""By what a service knows a person: its own references of them, and nothing else.

Computed before an account goes and kept sealed for as long as a service has not forgotten the person: what an
erasure needs is no phone, no document and no name.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from citizen_app.citizens.documents import numbered_documents
from citizen_app.citizens.models import Citizen
from citizen_app.identity.documents import Document
from citizen_app.registry.behaviour import CitizenView
from citizen_app.secrecy.vault import current_vault
from citizen_app.storage.orm import db

CARRIED: Final = frozenset({"contact_ref", "identity_ref"})


@dataclass(frozen=True, slots=True)
class KnownAs:
    """The references of one person that one service may hold."""

    citizen_ref: str
    contact_ref: str | None
    identity_refs: tuple[str, ...]

    def view(self) -> CitizenView:
        """The person as the rights hooks see them."""
        told: dict[str, Any] = {"contact_ref": self.contact_ref, "identity_ref": self.identity_refs}
        return CitizenView(self.citizen_ref, CARRIED, told.__getitem__, lambda claim, at: False)

    def as_text(self) -> str:
        """As kept."""
        return json.dumps([self.citizen_ref, self.contact_ref, list(self.identity_refs)])

    @classmethod
    def from_text(cls, kept: str) -> KnownAs:
        """What `as_text` wrote."""
        ref, contact, documents = json.loads(kept)
        return cls(ref, contact, tuple(documents))


def known_as(service: str, citizen: Citizen, documents: Sequence[Document]) -> KnownAs:
    """By what a service may know a citizen with these numbered documents."""
    vault, phone = current_vault(), citizen.phone
    return KnownAs(
        vault.citizen_ref(service, citizen.id),
        None if phone is None else vault.contact_ref(service, phone),
        tuple(vault.identity_ref(service, one.kind, one.number) for one in documents),
    )


def documents_with_numbers(citizen_id: str) -> Sequence[Document]:
    """The documents of a citizen whose numbers are known."""
    return numbered_documents([citizen_id]).get(citizen_id, ())


def view_for(service: str, citizen_id: str) -> CitizenView:
    """A citizen who is there, as the rights hooks of a service see them."""
    citizen = db.session.get_one(Citizen, citizen_id)
    return known_as(service, citizen, documents_with_numbers(citizen_id)).view()
