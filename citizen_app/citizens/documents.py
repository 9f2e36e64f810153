"""The documents by which a citizen is known: one of each kind, and each document for one account.

A number is sealed, and found again by a keyed index of its kind. An outside eID hands over an opaque subject:
of it only the index is kept.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from citizen_app.citizens.models import Citizen, CitizenDocument
from citizen_app.citizens.personal import masked_id_number
from citizen_app.citizens.traits import AssuranceLevel
from citizen_app.clock import now
from citizen_app.identity.documents import DOCUMENT_TITLES, Document, DocumentKind
from citizen_app.ids import new_id
from citizen_app.secrecy.vault import current_vault
from citizen_app.storage.orm import db
from citizen_app.storage.statements import Prepared, one_of
from citizen_app.text import Text

EID: Final = "eid"
EID_TITLE: Final = Text("网络身份认证", "Outside electronic identity")
KINDS_IN_ORDER: Final = tuple(DocumentKind)
_NUMBERED: Final = Prepared(
    lambda: select(
        CitizenDocument.citizen_id, CitizenDocument.id, CitizenDocument.kind, CitizenDocument.number_sealed
    ).where(one_of(CitizenDocument.citizen_id, "citizens"), CitizenDocument.number_sealed.is_not(None))
)


class Source(StrEnum):
    """Who has confirmed a document."""

    LOCAL = "local"
    HTTP = "http"
    EID = "eid"
    DESK = "desk"


class DocumentTaken(Exception):
    """The document belongs to another account. Nobody is told so who has not been seen at a desk."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A confirmed document: its number, or the subject of an eID as `number` with the kind `EID`; and the
    date of birth if it is known."""

    kind: str
    number: str = field(repr=False)
    level: AssuranceLevel
    source: Source
    born: date | None = field(default=None, repr=False)

    @property
    def index(self) -> bytes:
        """Under what the document is found (32 bytes)."""
        return document_index(self.kind, self.number)


def proof_of(
    document: Document,
    source: Source,
    level: AssuranceLevel = AssuranceLevel.REAL_NAME,
    born: date | None = None,
) -> Proof:
    """A document that `source` has confirmed; `born` is what it knows where the number does not say it."""
    return Proof(document.kind, document.number, level, source, document.born or born)


def document_index(kind: str, number: str) -> bytes:
    """The blind index of a document (32 bytes); numbers in the form of `identity.documents.read_document`."""
    return current_vault().blind_index(f"document:{kind}", number)


def owner_of_document(index: bytes) -> str | None:
    """The id of the citizen who has a document."""
    found: str | None = db.session.scalar(
        select(CitizenDocument.citizen_id).where(CitizenDocument.number_index == index)
    )
    return found


def documents_of(citizen_id: str) -> list[CitizenDocument]:
    """The documents of a citizen, in the order in which they were confirmed."""
    mine = select(CitizenDocument).where(CitizenDocument.citizen_id == citizen_id)
    return list(db.session.scalars(mine.order_by(CitizenDocument.verified_at, CitizenDocument.id)))


def numbered_documents(citizen_ids: Collection[str]) -> dict[str, list[Document]]:
    """The documents whose numbers are known, of each citizen who has any, in one SELECT; those that are given
    for life first. An eID has no number."""
    found: dict[str, list[Document]] = {}
    for citizen_id, row_id, kind, sealed in _NUMBERED.rows({"citizens": list(set(citizen_ids))}):
        number = CitizenDocument.number.open(row_id, sealed)
        found.setdefault(citizen_id, []).append(Document(DocumentKind(kind), number, None))
    for documents in found.values():
        documents.sort(key=lambda document: KINDS_IN_ORDER.index(document.kind))
    return found


def store_proof(citizen: Citizen, proof: Proof) -> None:
    """Keep a confirmed document, in place of another of its kind, and lift the citizen's level to what it
    proves; what it says of the date of birth is kept with it. Raises `DocumentTaken`, and nothing of this was
    done then.
    """
    document_id = new_id()
    try:
        with db.session.begin_nested():
            db.session.execute(
                delete(CitizenDocument)
                .where(CitizenDocument.citizen_id == citizen.id, CitizenDocument.kind == proof.kind)
                .execution_options(synchronize_session=False)
            )
            db.session.add(
                CitizenDocument(
                    id=document_id,
                    citizen_id=citizen.id,
                    kind=proof.kind,
                    number=None if proof.kind == EID else proof.number,
                    number_index=proof.index,
                    level=proof.level,
                    source=proof.source,
                    verified_at=now(),
                )
            )
            db.session.flush()
    except IntegrityError as error:
        raise DocumentTaken from error
    if proof.born is not None:
        citizen.born = proof.born.isoformat()
    citizen.assurance_level = max(citizen.assurance_level, proof.level)
    db.session.flush()


def document_title(kind: str) -> Text:
    """What a kind of document is called."""
    return EID_TITLE if kind == EID else DOCUMENT_TITLES[DocumentKind(kind)]


def masked_number(document: CitizenDocument) -> str | None:
    """A document's number as its holder sees it; None for an eID."""
    number = document.number
    return None if number is None else masked_id_number(number)
