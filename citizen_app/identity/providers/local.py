"""The city's own register of names and numbers: for the demo, and for towns to which the issuing office hands
a list."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from citizen_app.citizens.documents import Proof, Source, document_index, proof_of
from citizen_app.identity.models import RegisteredPerson
from citizen_app.identity.names import same_name
from citizen_app.identity.providers import NamedDocument, refuse_in_a_unit
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction


class LocalRegister:
    """Looks in the table `identity_register`."""

    def check(self, evidence: NamedDocument) -> Proof | None:
        """A proof of level 2 where the register has the document under this name."""
        refuse_in_a_unit()
        document = evidence.document
        wanted = RegisteredPerson.number_index == document_index(document.kind, document.number)
        with transaction(reading=True):
            person = db.session.scalars(select(RegisteredPerson).where(wanted)).one_or_none()
            name, born = (person.name, person.born) if person is not None else (None, None)
        if not same_name(evidence.name, name or ""):
            return None
        return proof_of(document, Source.LOCAL, born=date.fromisoformat(born) if born else None)
