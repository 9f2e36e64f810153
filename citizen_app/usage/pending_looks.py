"""People who were seen in a look before the service had met them: on a list by phone number, or with an account that never scanned.

A look waits for them under a blind index of the service's reference, in a table of its own that can be deleted from. They find it there
whenever they ask. When a service meets them, or they have asked, the row goes and stands under the key of their log, so that whoever
has the phone number later finds nothing. An account that is erased is handed over to first: its key leads nowhere then.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Final

from sqlalchemy import delete, select

from citizen_app.citizens.meetings import newly_met
from citizen_app.citizens.personal import unseal
from citizen_app.citizens.queries import citizens_by_ids
from citizen_app.registry.words import known_services
from citizen_app.secrecy.vault import current_vault
from citizen_app.storage.orm import db
from citizen_app.storage.statements import upsert
from citizen_app.storage.transactions import transaction
from citizen_app.usage.models import UsageLookSeen, UsageLookWaiting

PEOPLE_PER_STEP: Final = 400
ROWS_PER_STEP: Final = 500


def person_index(service: str, ref: str) -> bytes:
    """Under what somebody waits whom a service knows by a reference, of the person or of their phone number (32 bytes)."""
    return current_vault().blind_index("look", f"{service}:{ref}")


def indexes_of(citizen_id: str, phone_sealed: bytes, services: frozenset[str] | None = None) -> list[bytes]:
    """Under what a citizen may wait, for the services named or all that the city ever had."""
    vault, phone = current_vault(), unseal(citizen_id, "phone_sealed", phone_sealed)
    found = []
    for service in known_services() if services is None else services:
        found.append(person_index(service, vault.citizen_ref(service, citizen_id)))
        found.append(person_index(service, vault.contact_ref(service, phone)))
    return found


def assign_pending_looks(keys: Mapping[bytes, str]) -> None:
    """Put what waits under these indexes to the log keys of those whom it waited for; of two at once, one finds nothing left."""
    waited = (
        delete(UsageLookWaiting)
        .where(UsageLookWaiting.person_index.in_(list(keys)))
        .returning(UsageLookWaiting.look_id, UsageLookWaiting.person_index)
    )
    rows = iter(sorted({(look_id, keys[index]) for look_id, index in db.session.execute(waited)}))
    while step := list(islice(rows, ROWS_PER_STEP)):
        _write_once(step)


def assign_to_newly_met() -> None:
    """Give those whom a service of this process has met what waited for them; while the database is away they are kept for the next time."""
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
    """Write whom looks showed; somebody may stand there already, who was on the list under two references."""
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
        keys = {
            index: people[citizen_id].log_key
            for service, citizen_id in met
            if citizen_id in people
            for index in indexes_of(citizen_id, people[citizen_id].phone_sealed, frozenset((service,)))
        }
        waiting = UsageLookWaiting.person_index.in_(list(keys))
        found = set(db.session.scalars(select(UsageLookWaiting.person_index).where(waiting)))
    if found:
        with transaction():
            assign_pending_looks({index: keys[index] for index in found})
