"""Finding a citizen by one exact key: phone, document, or whole name.

What was searched for is compared as a blind index and written nowhere. Every search is kept with its reason
and audited, found or not; whoever is found sees it in `GET /api/v1/me/looks`. Nobody is found by a part of a
key, and more than five of one name are not shown at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Literal

import structlog
from sqlalchemy import func, select

from citizen_app.audit.operations import record
from citizen_app.citizens.documents import document_index
from citizen_app.citizens.models import Citizen, CitizenDocument, CitizenRef
from citizen_app.citizens.personal import name_index, phone_index
from citizen_app.clock import now
from citizen_app.desk.findings import Found, describe, keep_finding
from citizen_app.desk.models import DeskSearch
from citizen_app.identity.documents import Document
from citizen_app.identity.names import same_name
from citizen_app.ids import new_id
from citizen_app.process import metrics
from citizen_app.staff.callers import StaffCaller
from citizen_app.staff.models import Staff
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.usage.looks import Reading, note_look, note_look_of_city
from citizen_app.usage.offices import CITY

MOST_FOUND: Final = 5
ALARM_EVERY: Final = 50
"""Searches within an hour. They are counted and told, not stopped: a busy counter has such mornings, the
people who were found see it, and an account is shut with effect from its next call."""
COUNTED_FOR: Final = timedelta(hours=1)
AT_DESK: Final = Text("窗口工作人员", "Staff at the counter")
AT_HOTLINE: Final = Text("热线工作人员", "Staff of the hotline")

Key = Literal["phone", "document", "name"]
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched for: exactly one of a phone in E.164, a document, or a whole name."""

    phone: str | None = field(default=None, repr=False)
    document: Document | None = None
    name: str | None = field(default=None, repr=False)

    @property
    def key(self) -> Key:
        """Which of the three it is."""
        return "phone" if self.phone is not None else "document" if self.document is not None else "name"


@dataclass(frozen=True, slots=True)
class Result:
    """Whom a search has found, masked; `too_many` where there were more than may be shown, and none is."""

    items: list[Found]
    too_many: bool = False


@dataclass(frozen=True, slots=True)
class KnownToService:
    """As `Result`, for the operators of one service: its own references of those whom it has met."""

    citizen_refs: list[str]
    too_many: bool = False


def role_of(caller: StaffCaller) -> Text:
    """What citizens are told of who has read."""
    return AT_DESK if caller.may("citizens.serve") else AT_HOTLINE


def search(caller: StaffCaller, wanted: Wanted, reason: str) -> Result:
    """Find people of the whole city, for clerks."""
    people = _matching(wanted)
    too_many = len(people) > MOST_FOUND
    shown = [] if too_many else people
    search_id = _note(caller, wanted.key, len(shown), reason, None)
    note_look_of_city(
        Reading(CITY, reason, caller.actor, role_of(caller)),
        [citizen.id for citizen in shown],
        "citizens.search",
        ("citizens", None),
        search=search_id,
        key=wanted.key,
        too_many=too_many,
    )
    return Result([describe(keep_finding(caller, citizen, reason), citizen) for citizen in shown], too_many)


def search_in_service(caller: StaffCaller, service: str, wanted: Wanted, reason: str) -> KnownToService:
    """Find people whom a service has met, for its operators; of others they do not learn that they exist."""
    refs = _known_to(service, wanted)
    too_many = len(refs) > MOST_FOUND
    shown = [] if too_many else refs
    search_id = _note(caller, wanted.key, len(shown), reason, service)
    note_look(
        Reading(service, reason, caller.actor),
        shown,
        "citizens.search",
        ("service", service),
        search=search_id,
        key=wanted.key,
        too_many=too_many,
    )
    return KnownToService(shown, too_many)


def _matching(wanted: Wanted, service: str | None = None) -> list[Citizen]:
    """At most one more than may be shown."""
    people = select(Citizen)
    if service is not None:
        people = people.join(CitizenRef, CitizenRef.citizen_id == Citizen.id).where(
            CitizenRef.service == service
        )
    if wanted.phone is not None:
        people = people.where(Citizen.phone_index == phone_index(wanted.phone))
    elif wanted.document is not None:
        index = document_index(wanted.document.kind, wanted.document.number)
        people = people.join(CitizenDocument, CitizenDocument.citizen_id == Citizen.id).where(
            CitizenDocument.number_index == index
        )
    else:
        people = people.where(Citizen.name_index == (name_index(wanted.name or "") or b""))
    found = db.session.scalars(people.order_by(Citizen.id).limit(MOST_FOUND + 1)).all()
    # A name that the version before has changed still stands under its old index.
    return [one for one in found if wanted.name is None or same_name(wanted.name, one.name or "")]


def _known_to(service: str, wanted: Wanted) -> list[str]:
    ids = [citizen.id for citizen in _matching(wanted, service)]
    refs = select(CitizenRef.citizen_ref).where(CitizenRef.service == service, CitizenRef.citizen_id.in_(ids))
    return list(db.session.scalars(refs)) if ids else []


def _note(caller: StaffCaller, key: Key, found: int, reason: str, service: str | None) -> str:
    """Keep a search, and raise the alarm at every fiftieth of an hour. One member of staff's take turns, so
    that none is left out of the count."""
    lock_row(Staff, caller.staff_id)
    search_id, moment = new_id(), now()
    db.session.add(
        DeskSearch(
            id=search_id,
            staff_id=caller.staff_id,
            service=service,
            key=key,
            found=found,
            reason=reason,
            at=moment,
        )
    )
    db.session.flush()
    metrics.DESK_SEARCHES.labels(key).inc()
    of_the_hour = select(func.count()).where(
        DeskSearch.staff_id == caller.staff_id, DeskSearch.at > moment - COUNTED_FOR
    )
    searches = db.session.scalar(of_the_hour) or 0
    if searches % ALARM_EVERY == 0:
        log.warning("a member of staff searches many citizens", staff=caller.staff_id, searches=searches)
        metrics.DESK_ALARMS.inc()
        record("citizens.search_alarm", "staff", caller.staff_id, searches=searches)
    return search_id
