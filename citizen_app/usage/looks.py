"""Looks: every read of data about citizens has a reason, and each citizen who was shown sees the look.

The citizen is shown the office, the reader's role and the reason. Which person it was stands in the audit
log, under the same id. A look at a list is one look, found by each person on it: those whom the service has
met stand beside it by the key of their log, those whom it knows by a reference alone wait
(`usage.pending_looks`).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import insert, select, union_all

from citizen_app import clock
from citizen_app.audit.operations import Actor, record
from citizen_app.citizens.queries import (
    citizen_by_id,
    citizen_of_ref,
    log_keys_of_citizens,
    log_keys_of_refs,
)
from citizen_app.ids import new_id
from citizen_app.notices.catalogue import LOOKED_AT
from citizen_app.notices.sending import tell_after_read
from citizen_app.registry.modules import current_registry
from citizen_app.settings import current_settings
from citizen_app.storage.keyset import Page, page
from citizen_app.storage.orm import db
from citizen_app.storage.statements import Prepared
from citizen_app.storage.transactions import write_after_read
from citizen_app.text import Text
from citizen_app.usage.models import UsageLook, UsageLookSeen, UsageLookWaiting
from citizen_app.usage.offices import OFFICES
from citizen_app.usage.pending_looks import assign_pending_looks, indexes_of, person_index
from citizen_app.usage.titles import service_title
from citizen_app.wire.problems import Problem

OF_STAFF: Final = Text("该服务的工作人员", "Staff of the service")
BY_SYSTEM: Final = Text("系统“{name}”", "The system “{name}”")
AT_KIOSK: Final = Text("设备“{kiosk}”前的工作人员", "Staff at the kiosk {kiosk}")
_INSERT_SEEN: Final = Prepared(insert(UsageLookSeen.__table__))  # type: ignore[arg-type]
_INSERT_WAITING: Final = Prepared(insert(UsageLookWaiting.__table__))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads, for which service, and why: words of the reader's own, or the service's in both languages.

    `role` is what citizens are told of a reader who is not of the service's staff. `events` is how many uses
    of the log are shown.
    """

    service: str
    reason: str | Text
    reader: Actor
    role: Text | None = None
    events: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """One look, as the citizen sees it; without `role` it was staff of the service."""

    id: str
    service: str
    reason: Text
    by: Text
    events: int
    at: datetime

    @property
    def service_title(self) -> Text:
        """The title of the service, or of the office of the core."""
        return service_title(self.service)

    @property
    def owner(self) -> Text | None:
        """The office, while the service is installed."""
        office = OFFICES.get(self.service)
        if office is not None:
            return office.owner
        module = current_registry().get(self.service)
        return module.descriptor.owner if module is not None else None


@dataclass(frozen=True, slots=True)
class _People:
    """The people of a look: log keys, and blind indexes of those whom the service has not met."""

    met: list[str]
    unmet: list[bytes]

    @classmethod
    def behind(cls, service: str, refs: Iterable[str]) -> _People:
        wanted = set(refs)
        keys = log_keys_of_refs(service, wanted)
        return cls(
            sorted(set(keys.values())), sorted(person_index(service, ref) for ref in wanted - set(keys))
        )

    def __len__(self) -> int:
        return len(self.met) + len(self.unmet)


def note_look_of_city(
    reading: Reading,
    citizen_ids: Iterable[str],
    action: str,
    target: tuple[str, str | None] | None = None,
    **details: Any,
) -> None:
    """As `note_look`, for the core, which knows citizens by their ids, and reads for an office of its own
    (one of `OFFICES`) or about a service: each finds the look at once, whether or not any service has met
    them."""
    ids = set(citizen_ids)
    people = _People(sorted(log_keys_of_citizens(ids)), [])
    write_after_read(partial(_write, reading, people, action, target or ("office", reading.service), details))
    _tell(reading, ids)


def note_look(
    reading: Reading, refs: Iterable[str], action: str, target: tuple[str, str] | None = None, **details: Any
) -> None:
    """Record that data about these people was read: an audit entry, and one look that each of them finds.

    A deferred write: after a read-only unit of work and before the answer, as one unit. Duplicate references
    are allowed. Without any person only the audit entry is written.
    """
    wanted = set(refs)
    people = _People.behind(reading.service, wanted)
    write_after_read(
        partial(_write, reading, people, action, target or ("service", reading.service), details)
    )
    if len(people) == 1 and wanted != {reading.reader.id}:  # nobody is told that they looked themselves
        _tell(reading, filter(None, [citizen_of_ref(reading.service, one) for one in wanted]))


def looks_at_citizen(
    citizen_id: str, *, limit: int, cursor: str | None = None, within: Collection[str] | None = None
) -> Page[Look]:
    """One page of the looks at a citizen, newest first, of these services only where somebody acts for them.
    Raises a 404 for an erased citizen, a 422 for a foreign cursor.

    What waited under a reference of theirs is theirs from now on.
    """
    citizen = citizen_by_id(citizen_id)
    if citizen is None:
        raise Problem("not-found")
    key, indexes = citizen.log_key, indexes_of(citizen_id, citizen.phone_sealed)
    waiting = select(UsageLookWaiting.look_id).where(UsageLookWaiting.person_index.in_(indexes))
    if db.session.scalar(waiting.limit(1)) is not None:
        write_after_read(partial(assign_pending_looks, dict.fromkeys(indexes, key)))
    mine = union_all(
        select(UsageLook.id).where(UsageLook.subject_key == key),
        select(UsageLookSeen.look_id).where(UsageLookSeen.subject_key == key),
        waiting,
    )
    looks = select(UsageLook).where(UsageLook.id.in_(mine))
    if within is not None:
        looks = looks.where(UsageLook.service.in_(within))
    return page(looks, UsageLook.id, limit, cursor).map(_opened)


def _write(
    reading: Reading,
    people: _People,
    action: str,
    target: tuple[str, str | None],
    details: dict[str, Any],
) -> None:
    told: dict[str, Any] = {"people": len(people), **details}
    if people:
        told["look"] = _write_look(reading, people)
    record(action, *target, actor=reading.reader, **told)


def _write_look(reading: Reading, people: _People) -> str:
    look_id, reason = new_id(), reading.reason
    words, english = (reason.zh, reason.en) if isinstance(reason, Text) else (reason, None)
    alone = people.met[0] if len(people) == 1 and people.met else None
    db.session.add(
        UsageLook(
            id=look_id,
            subject_key=alone,
            service=reading.service,
            staff_id=reading.reader.id if reading.reader.kind == "staff" else None,
            reason=words,
            reason_en=english,
            reader=json.dumps(reading.role.as_dict()) if reading.role else None,
            events=reading.events,
            at=clock.now(),
        )
    )
    db.session.flush()
    if alone is None:
        _INSERT_SEEN.run_many([{"look_id": look_id, "subject_key": key} for key in people.met])
    _INSERT_WAITING.run_many([{"person_index": index, "look_id": look_id} for index in people.unmet])
    return look_id


def _tell(reading: Reading, citizen_ids: Iterable[str]) -> None:
    """Whoever was looked at alone finds a notice, one a day from each office. A list is no look at anybody
    in particular: it stands among the looks only."""
    ids = list(citizen_ids)
    if len(ids) != 1:
        return
    told = {"office": service_title(reading.service), "by": reading.role or _staff_of(reading.service)}
    day = clock.now().astimezone(current_settings().timezone).date()
    tell_after_read(ids[0], LOOKED_AT, key=f"{reading.service} {day}", **told)


def _staff_of(service: str) -> Text:
    office = OFFICES.get(service)
    return OF_STAFF if office is None else office.staff


def _opened(row: UsageLook) -> Look:
    reason = UsageLook.reason.open(row.id, row.reason_sealed)
    role = Text.from_dict(json.loads(row.reader)) if row.reader else _staff_of(row.service)
    return Look(row.id, row.service, Text(reason, row.reason_en or reason), role, row.events, row.at)
