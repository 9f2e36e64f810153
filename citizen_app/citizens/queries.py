"""Reads of identity: what the scan pipeline needs of a citizen, and who stands behind a pairwise
reference."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable
from functools import partial
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, bindparam, select

from citizen_app.citizens.meetings import newly_met
from citizen_app.citizens.models import Citizen, CitizenRef
from citizen_app.citizens.personal import phone_index
from citizen_app.claims.queries import periods_column
from citizen_app.storage.cached_values import CachedValue
from citizen_app.storage.orm import db
from citizen_app.storage.statements import Prepared, one_of, upsert
from citizen_app.storage.transactions import after_commit

REFS_KNOWN_PER_PROCESS: Final = 20_000


class ScannedCitizen(NamedTuple):
    """What a scan needs of a citizen, in the order of the columns read."""

    id: str
    subject_number: int
    log_key: str
    status: str
    assurance_level: int
    name_sealed: bytes | None
    phone_sealed: bytes | None
    born_sealed: bytes | None
    claims: str | None


def _scanned() -> Select[*tuple[Any, ...]]:
    return select(
        Citizen.id,
        Citizen.subject_number,
        Citizen.log_key,
        Citizen.status,
        Citizen.assurance_level,
        Citizen.name_sealed,
        Citizen.phone_sealed,
        Citizen.born_sealed,
        periods_column(),
    )


_SCANNED_BY_NUMBER: Final = Prepared(lambda: _scanned().where(one_of(Citizen.subject_number, "numbers")))
_LOG_KEYS_OF_REFS: Final = Prepared(
    lambda: (
        select(CitizenRef.citizen_ref, Citizen.log_key)
        .join(Citizen, Citizen.id == CitizenRef.citizen_id)
        .where(CitizenRef.service == bindparam("service"), one_of(CitizenRef.citizen_ref, "refs"))
    )
)
_INSERT_REF: Final = Prepared(lambda: upsert(CitizenRef).on_conflict_do_nothing())


class KnownRefs:
    """The references this process has seen written, the least recently used dropped first."""

    def __init__(self, most: int = REFS_KNOWN_PER_PROCESS) -> None:
        self._most = most
        self._held: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._lock = threading.Lock()

    def has(self, service: str, ref: str) -> bool:
        """Whether the reference is known, which also marks it as used."""
        with self._lock:
            if (service, ref) not in self._held:
                return False
            self._held.move_to_end((service, ref))
            return True

    def add(self, service: str, refs: Iterable[str]) -> None:
        """Note references whose rows are committed."""
        with self._lock:
            for ref in refs:
                self._held[service, ref] = None
            while len(self._held) > self._most:
                self._held.popitem(last=False)


KNOWN_REFS: Final[CachedValue[KnownRefs]] = CachedValue("citizen_refs", lambda connection: KnownRefs())
"""Emptied in every process when references are deleted (`operations.forget_refs` moves the topic)."""


def citizens_by_subject_numbers(numbers: Collection[int]) -> dict[int, ScannedCitizen]:
    """The citizens behind the numbers of opened handles, in one SELECT; a number without citizen is left
    out."""
    if not numbers:
        return {}
    found = _SCANNED_BY_NUMBER.rows({"numbers": list(set(numbers))})
    return {row[1]: ScannedCitizen._make(row) for row in found}


def citizens_by_ids(ids: Collection[str]) -> dict[str, ScannedCitizen]:
    """The citizens with these ids, as a scan needs them, in one SELECT."""
    rows = db.session.execute(_scanned().where(Citizen.id.in_(ids))) if ids else ()
    return {row[0]: ScannedCitizen._make(row) for row in rows}


def citizens_of_refs(service: str, refs: Collection[str]) -> dict[str, ScannedCitizen]:
    """The citizens whom a service knows by these references; an erased one is left out."""
    if not refs:
        return {}
    known = select(CitizenRef.citizen_ref, CitizenRef.citizen_id).where(
        CitizenRef.service == service, CitizenRef.citizen_ref.in_(refs)
    )
    ids = dict(db.session.execute(known).all())
    people = citizens_by_ids(set(ids.values()))
    return {ref: people[citizen_id] for ref, citizen_id in ids.items() if citizen_id in people}


def log_keys_of_refs(service: str, refs: Collection[str]) -> dict[str, str]:
    """The keys under which the usage log knows those whom a service has met by these references; the others
    are left out."""
    return dict(_LOG_KEYS_OF_REFS.rows({"service": service, "refs": list(refs)})) if refs else {}


def log_keys_of_citizens(citizen_ids: Iterable[str]) -> set[str]:
    """The keys under which the usage log knows these citizens."""
    ids = set(citizen_ids)
    return set(db.session.scalars(select(Citizen.log_key).where(Citizen.id.in_(ids)))) if ids else set()


def citizen_by_id(citizen_id: str) -> Citizen | None:
    """The account with this id."""
    return db.session.get(Citizen, citizen_id)


def citizen_by_phone(phone: str) -> Citizen | None:
    """The account of a phone in E.164 (`personal.normalised_phone`)."""
    return db.session.scalars(select(Citizen).where(Citizen.phone_index == phone_index(phone))).one_or_none()


def citizen_of_ref(service: str, citizen_ref: str) -> str | None:
    """The id of the citizen whom a service knows by this reference; None if it never met them, or they were
    erased."""
    found: str | None = db.session.scalar(
        select(CitizenRef.citizen_id).where(
            CitizenRef.service == service, CitizenRef.citizen_ref == citizen_ref
        )
    )
    return found


def remember_refs(service: str, pairs: Iterable[tuple[str, str]]) -> None:
    """Note whose references (`(citizen_ref, citizen_id)`) a service has met; those known to be stored cost
    nothing.

    Rows are inserted in one order, so that concurrent uploads cannot deadlock.
    """
    known = KNOWN_REFS.get()
    fresh = sorted({(ref, citizen_id) for ref, citizen_id in pairs if not known.has(service, ref)})
    if not fresh:
        return
    rows = [{"service": service, "citizen_ref": ref, "citizen_id": citizen_id} for ref, citizen_id in fresh]
    _INSERT_REF.run_many(rows)
    after_commit(partial(known.add, service, [ref for ref, _ in fresh]))
    after_commit(partial(newly_met().add, service, [citizen_id for _, citizen_id in fresh]))
