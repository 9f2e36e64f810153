"""Pending looks: people shown in a look before the service had met them (on a list by phone number or by
identity document, or with an account that never scanned).

A pending look is stored under a blind index of the service's reference, in a table that permits deletion.
Citizens find it there when they list their looks. When the service meets them, or after they have listed it,
the row is moved under their log key, so that the next owner of their phone number finds nothing. Before an
account is erased its pending looks are moved too: its log key then leads to nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Final

from sqlalchemy import delete, select

from citizen_app.citizens.documents import numbered_documents
from citizen_app.citizens.meetings import newly_met
from citizen_app.citizens.personal import unseal
from citizen_app.citizens.queries import citizens_by_ids
from citizen_app.identity.documents import Document
from citizen_app.registry.words import known_services
from citizen_app.secrecy.vault import current_vault
from citizen_app.storage.orm import db
from citizen_app.storage.statements import upsert
from citizen_app.storage.transactions import transaction
from citizen_app.usage.models import UsageLookSeen, UsageLookWaiting
from citizen_app.usage.offices import OFFICES

PEOPLE_PER_STEP: Final = 400
ROWS_PER_STEP: Final = 500


def person_index(service: str, ref: str) -> bytes:
    """The blind index of a person for pending looks, from a service's reference of the person, their phone
    number or a document of theirs (32 bytes)."""
    return current_vault().blind_index("look", f"{service}:{ref}")


def indexes_of(
    citizen_id: str,
    phone_sealed: bytes | None,
    services: frozenset[str] | None = None,
    documents: Iterable[Document] | None = None,
) -> list[bytes]:
    """The indexes of a citizen's pending looks, for the given services or for all that the city ever had, its
    own offices included.

    `documents` are those of `numbered_documents`, where they have been read for several citizens.
    """
    if documents is None:
        documents = numbered_documents([citizen_id]).get(citizen_id, ())
    vault = current_vault()
    phone = None if phone_sealed is None else unseal(citizen_id, "phone_sealed", phone_sealed)
    found = []
    for service in known_services() | OFFICES.keys() if services is None else services:
        found.append(person_index(service, vault.citizen_ref(service, citizen_id)))
        if phone is not None:
            found.append(person_index(service, vault.contact_ref(service, phone)))
        for one in documents:
            found.append(person_index(service, vault.identity_ref(service, one.kind, one.number)))
    return found


def assign_pending_looks(keys: Mapping[bytes, str]) -> None:
    """Move the pending looks of these indexes to the given log keys; of two concurrent calls the second finds
    none left."""
    waited = (
        delete(UsageLookWaiting)
        .where(UsageLookWaiting.person_index.in_(list(keys)))
        .returning(UsageLookWaiting.look_id, UsageLookWaiting.person_index)
    )
    rows = iter(sorted({(look_id, keys[index]) for look_id, index in db.session.execute(waited)}))
    while step := list(islice(rows, ROWS_PER_STEP)):
        _write_once(step)


def assign_to_newly_met() -> None:
    """Assign pending looks to the citizens whom services of this process have newly met; on a database outage
    they are kept for the next run."""
    met = newly_met().take()
    if not met:
        return
    try:
        with transaction(reading=True):
            if db.session.scalar(select(UsageLookWaiting.look_id).limit(1)) is None:
                return
        pairs = iter(met)
        while step := list(islice(pairs, PEOPLE_PER_STEP)):
            _assign_to(step)
    except Exception:
        newly_met().keep(met)
        raise


def _write_once(pairs: list[tuple[str, str]]) -> None:
    """Insert the pairs that are missing; a person who was on a list under two references is there already."""
    looks, people = {look_id for look_id, _ in pairs}, {key for _, key in pairs}
    stored = select(UsageLookSeen.look_id, UsageLookSeen.subject_key).where(
        UsageLookSeen.look_id.in_(looks), UsageLookSeen.subject_key.in_(people)
    )
    fresh = set(pairs) - {(look_id, key) for look_id, key in db.session.execute(stored)}
    if fresh:
        values = [{"look_id": look_id, "subject_key": key} for look_id, key in sorted(fresh)]
        db.session.execute(upsert(UsageLookSeen).on_conflict_do_nothing(), values)


def _assign_to(met: list[tuple[str, str]]) -> None:
    with transaction(reading=True):
        people = citizens_by_ids({citizen_id for _, citizen_id in met})
        documents = numbered_documents(people)
        keys = {
            index: people[citizen_id].log_key
            for service, citizen_id in met
            if citizen_id in people
            for index in indexes_of(
                citizen_id,
                people[citizen_id].phone_sealed,
                frozenset((service,)),
                documents.get(citizen_id, ()),
            )
        }
        waiting = UsageLookWaiting.person_index.in_(list(keys))
        found = set(db.session.scalars(select(UsageLookWaiting.person_index).where(waiting)))
    if found:
        with transaction():
            assign_pending_looks({index: keys[index] for index in found})
