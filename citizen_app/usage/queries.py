"""Reading the usage log: a citizen's own uses, and what one service may see of a citizen it knows.

Lists are newest first by keyset. An event that another `continues` is left out: a scan that asked for input
and got it shows once, with its end. Nothing here hands out a `subject_key`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, or_, select, union_all
from sqlalchemy.orm import aliased

from citizen_app.citizens.queries import citizen_by_id, citizen_of_ref
from citizen_app.claims.catalogue import answer_in
from citizen_app.kiosks.models import Kiosk, Placement
from citizen_app.storage.keyset import Page, page_of_rows
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.usage.actors import ActedBy, has_acted, masked_names
from citizen_app.usage.details import Said, said_of
from citizen_app.usage.lines import Disclosed, Mark, UsageLine
from citizen_app.usage.models import UsageActor, UsageEvent, UsageMark
from citizen_app.wire.problems import Problem


def usage_of_citizen(
    citizen_id: str,
    *,
    limit: int,
    cursor: str | None = None,
    service: str | None = None,
    other_id: str | None = None,
    within: Collection[str] | None = None,
) -> Page[UsageLine]:
    """One page of the uses of a citizen's code, and of what they did for others; with `other_id` only what
    one of the two did for the other. With `within` somebody acts for them, and is shown the citizen's own
    uses at these services. Raises a 422 for a foreign cursor, a 404 for an erased citizen.
    """
    key = subject_key_of(citizen_id)
    if other_id is not None:
        query = _lines_between(key, subject_key_of(other_id))
    elif within is None and has_acted(key):
        query = _lines_of_both(key)
    else:
        query = lines_of_subject(key)
    if service is not None:
        query = query.where(UsageEvent.service == service)
    if within is not None:
        query = query.where(UsageEvent.service.in_(within), UsageEvent.subject_key == key)
    return _page_of(query, key, limit, cursor)


def usage_of_ref(service: str, citizen_ref: str, *, limit: int, cursor: str | None = None) -> Page[UsageLine]:
    """One page of what a citizen did with one service, which knows them by `citizen_ref`.

    Raises a 404 for a reference that the service does not know.
    """
    return _page(subject_key_of_ref(service, citizen_ref), limit, cursor, service)


def event_of_citizen(citizen_id: str, event_id: str, within: Collection[str] | None = None) -> UsageLine:
    """One event of this citizen. Raises a 404 for anybody else's, and for one of a service outside of
    `within`, where somebody acts for the citizen."""
    key = subject_key_of(citizen_id)
    return _one(UsageEvent.subject_key == key, key, event_id, within)


def line_of_citizen(citizen_id: str, event_id: str, within: Collection[str] | None = None) -> UsageLine:
    """One line of the citizen's list: an event of theirs, or without `within` what they did for another.
    Raises a 404 for any other."""
    key = subject_key_of(citizen_id)
    if within is not None:
        return _one(UsageEvent.subject_key == key, key, event_id, within)
    return _one(or_(UsageEvent.subject_key == key, UsageActor.actor_key == key), key, event_id, None)


def _one(
    whose: ColumnElement[bool], reader_key: str, event_id: str, within: Collection[str] | None
) -> UsageLine:
    query = _lines().where(UsageEvent.id == event_id, whose)
    if within is not None:
        query = query.where(UsageEvent.service.in_(within))
    row = db.session.execute(query).first()
    if row is None:
        raise Problem("not-found")
    return _with_people(_opened([row]), [row], reader_key)[0]


def is_event_of(citizen_id: str, event_id: str) -> bool:
    """Whether there is such an event, and it is this citizen's."""
    query = select(UsageEvent.id).where(
        UsageEvent.id == event_id, UsageEvent.subject_key == subject_key_of(citizen_id)
    )
    return db.session.scalar(query) is not None


def marks_of(event_ids: Collection[str]) -> dict[str, tuple[Mark, ...]]:
    """The marks of these events, oldest first; events without any are left out."""
    if not event_ids:
        return {}
    columns = select(UsageMark.event_id, UsageMark.id, UsageMark.kind, UsageMark.at)
    query = columns.where(UsageMark.event_id.in_(event_ids))
    found = defaultdict(list)
    for row in db.session.execute(query.order_by(UsageMark.id)):
        found[row.event_id].append(Mark(row.id, row.kind, row.at))
    return {event_id: tuple(marks) for event_id, marks in found.items()}


def lines_of_subject(subject_key: str, service: str | None = None) -> Select[*tuple[Any, ...]]:
    """The select behind both lists: one walk down the index `(subject_key, id)`.

    The events that were continued are this citizen's few, from an index of their own. `NOT IN`, because
    PostgreSQL turns `NOT EXISTS` into a join and then reads everything before it sorts out the first page.
    """
    later = aliased(UsageEvent)
    continued = select(later.continues).where(later.subject_key == subject_key, later.continues.is_not(None))
    query = _lines().where(UsageEvent.subject_key == subject_key, UsageEvent.id.not_in(continued))
    return query if service is None else query.where(UsageEvent.service == service)


def _lines_of_both(log_key: str) -> Select[*tuple[Any, ...]]:
    """The uses of somebody's code and what they did for others: few ids each, by an index of their own."""
    own, later = aliased(UsageEvent), aliased(UsageEvent)
    acted = select(UsageActor.event_id).where(UsageActor.actor_key == log_key)
    ids = union_all(select(own.id).where(own.subject_key == log_key), acted)
    continued = select(later.continues).where(
        later.continues.is_not(None), or_(later.subject_key == log_key, later.id.in_(acted))
    )
    return _lines().where(UsageEvent.id.in_(ids), UsageEvent.id.not_in(continued))


def _lines_between(one_key: str, other_key: str) -> Select[*tuple[Any, ...]]:
    """What one of two people did for the other: nobody acts for themselves, so who acted is one of them and
    for whom is the other."""
    both, later = (one_key, other_key), aliased(UsageEvent)
    acted = select(UsageActor.event_id).where(UsageActor.actor_key.in_(both))
    continued = select(later.continues).where(later.continues.is_not(None), later.subject_key.in_(both))
    return _lines().where(
        UsageEvent.id.in_(acted), UsageEvent.subject_key.in_(both), UsageEvent.id.not_in(continued)
    )


def _page(subject_key: str, limit: int, cursor: str | None, service: str | None) -> Page[UsageLine]:
    return _page_of(lines_of_subject(subject_key, service), subject_key, limit, cursor)


def _page_of(
    query: Select[*tuple[Any, ...]], reader_key: str, limit: int, cursor: str | None
) -> Page[UsageLine]:
    found = page_of_rows(query, UsageEvent.id, limit, cursor)
    return Page(_with_people(_opened(found.items), found.items, reader_key), found.next_cursor)


def _opened(rows: Sequence[Row[*tuple[Any, ...]]]) -> list[UsageLine]:
    """The rows with their marks and with the words of acts and corrections, which are looked for only where
    there are any."""
    marks = marks_of([row.id for row in rows])
    corrected = {event for event, found in marks.items() if any(mark.kind == "corrected" for mark in found)}
    said = said_of([row.id for row in rows if row.channel is not None or row.id in corrected])
    lines = []
    for row in rows:
        worded = tuple(replace(mark, said=said.get(mark.id)) for mark in marks.get(row.id, ()))
        lines.append(_line(row, worded, said.get(row.id)))
    return lines


def _with_people(
    lines: Sequence[UsageLine], rows: Sequence[Row[*tuple[Any, ...]]], reader_key: str
) -> list[UsageLine]:
    """The lines with the people beside the reader: who acted for them, or for whom they acted; of a line of
    the latter it is told what was disclosed of the reader."""
    others = {row.actor_key if row.subject_key == reader_key else row.subject_key for row in rows}
    acted = [row for row in rows if row.actor_kind is not None]
    names = masked_names(others - {None, reader_key}) if acted else {}
    return [_with_person(line, row, reader_key, names) for line, row in zip(lines, rows, strict=True)]


def _with_person(
    line: UsageLine, row: Row[*tuple[Any, ...]], reader_key: str, names: Mapping[str, str]
) -> UsageLine:
    if row.actor_kind is None:
        return line
    if row.subject_key == reader_key:
        return replace(line, by=ActedBy(row.actor_kind, names.get(row.actor_key)))
    told = tuple(map(Disclosed, row.actor_disclosed or ()))
    return replace(line, done_for=names.get(row.subject_key, ""), disclosed=told)


def subject_key_of_ref(service: str, citizen_ref: str) -> str:
    """The key of a citizen's events, by the reference of a service. Raises a 404 for one that the service
    does not know."""
    citizen_id = citizen_of_ref(service, citizen_ref)
    if citizen_id is None:
        raise Problem("not-found")
    return subject_key_of(citizen_id)


def subject_key_of(citizen_id: str) -> str:
    """The key of a citizen's events. Raises a 404 for an erased citizen."""
    citizen = citizen_by_id(citizen_id)
    if citizen is None:
        raise Problem("not-found")
    return citizen.log_key


def _lines() -> Select[*tuple[Any, ...]]:
    return (
        select(
            UsageEvent.id,
            UsageEvent.subject_key,
            UsageActor.kind.label("actor_kind"),
            UsageActor.actor_key,
            UsageActor.disclosed.label("actor_disclosed"),
            UsageEvent.service,
            UsageEvent.purpose,
            UsageEvent.code_kind,
            UsageEvent.decision,
            UsageEvent.reason,
            UsageEvent.detail_code,
            UsageEvent.disclosed,
            UsageEvent.late,
            UsageEvent.occurred_at,
            UsageEvent.received_at,
            UsageEvent.channel,
            Placement.place_zh,
            Placement.place_en,
            Kiosk.name.label("kiosk"),
        )
        .outerjoin(Placement, Placement.id == UsageEvent.placement_id)
        .outerjoin(Kiosk, Kiosk.id == UsageEvent.kiosk_id)
        .outerjoin(UsageActor, UsageActor.event_id == UsageEvent.id)
    )


def _line(row: Row[*tuple[Any, ...]], marks: tuple[Mark, ...], said: Said | None) -> UsageLine:
    return UsageLine(
        id=row.id,
        service=row.service,
        purpose=row.purpose,
        code_kind=row.code_kind,
        decision=row.decision,
        reason=row.reason,
        detail_code=row.detail_code,
        disclosed=tuple(Disclosed(*answer_in(logged)) for logged in row.disclosed),
        late=row.late,
        occurred_at=row.occurred_at,
        received_at=row.received_at,
        place=Text(row.place_zh, row.place_en) if row.place_zh is not None else None,
        kiosk=row.kiosk,
        marks=marks,
        noted=row.channel,
        shown=said,
    )
