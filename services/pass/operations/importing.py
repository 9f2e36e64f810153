"""Importing a list of people: row by row, in slices, as often as wanted.

The same list again changes nothing; a row that changed changes its person; nobody is removed by being absent.
Rows that name nobody are reported and the others are taken. A row with a document is the person of the
document; a phone beside it that another row has is that one's: families share one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import islice
from typing import Any, BinaryIO, Final, Literal

from sqlalchemy import insert

from citizen_app.toolkit.commands import audit, transaction
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import new_id, session, table_of
from citizen_app.toolkit.files import ON_THE_COMMAND_LINE, Limits, Rejected, Report
from citizen_app.toolkit.jobs import Unit
from citizen_app.toolkit.people import KnownBy
from citizen_app.toolkit.time import city_zone, now

from ..manifest import SERVICE
from ..models import PassMember
from .listed import Entry, Listed
from .lists import COLUMNS, LIMITS, Person, person, read_people
from .members import hold_list

Stage = Literal["read", "store"]
ROWS_PER_STEP: Final = 200
USUAL_ROLES: Final = {"compound": "resident"}
TWICE: Final = Text("与第 {row} 行是同一手机号", "has the same number as row {row}")
DOCUMENT_TWICE: Final = Text("与第 {row} 行是同一证件", "has the same document as row {row}")
REVOKED: Final = Text("此人已被撤销，请先在名单中恢复", "was revoked; restore the person in the list first")
NAMELESS: Final = Text("缺少姓名，新成员必须有姓名", "is missing; a new member needs a name")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a list goes, and whether it is only tried (`dry_run`): then nothing is written and the report is
    the same."""

    place_id: str
    place_kind: str
    dry_run: bool = False

    @property
    def usual_role(self) -> str:
        """As what somebody is listed whose row does not say."""
        return USUAL_ROLES.get(self.place_kind, "employee")

    def unit(self) -> AbstractContextManager[None]:
        """A unit of work on it."""
        return transaction(reading=self.dry_run)


def import_people(
    target: Target,
    stream: BinaryIO,
    name: str,
    limits: Limits = LIMITS,
    unit: Unit | None = None,
    tell: Callable[[Stage, int, int], None] = lambda stage, done, total: None,
) -> Report:
    """Take a list whole or not at all: it is read first, in no unit of work, and then stored in one.

    `tell` hears how many rows of a stage were just done, and how many there are, as far as that is known (0).
    Raises `FileUnreadable` for a file that cannot be read or has more than the limits allow.
    """
    read, report = _read(stream, name, limits)
    entries = []
    for step in _in_steps(read):
        entries += step
        tell("read", len(step), 0)
    with target.unit() if unit is None or target.dry_run else unit():
        for step in _in_steps(iter(entries)):
            _store(target, step, report)
            tell("store", len(step), len(entries))
        _note(target, report)
    return report


def import_long_list(
    target: Target, stream: BinaryIO, name: str, progress: Callable[[int], None] = lambda rows: None
) -> Report:
    """Take a list of any length, a slice in each unit of work. Raises `FileUnreadable` before anything is
    written."""
    whole, _ = _read(stream, name, ON_THE_COMMAND_LINE)
    for _ in whole:  # read through once: a file that breaks off at its end leaves nothing behind
        pass
    entries, report = _read(stream, name, ON_THE_COMMAND_LINE)
    for step in _in_steps(entries):
        with target.unit():
            _store(target, step, report)
        progress(len(step))
    with target.unit():
        _note(target, report)
    return report


def _read(stream: BinaryIO, name: str, limits: Limits) -> tuple[Iterator[Entry], Report]:
    sheet = read_people(stream, name, limits)
    report = Report(ignored_columns=sheet.header.ignored)
    made = sheet.made(partial(person, today=now().astimezone(city_zone()).date()))
    return _entries(made, report, sheet.header.titles), report


def _in_steps(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    return iter(lambda: list(islice(entries, ROWS_PER_STEP)), [])


def _note(target: Target, report: Report) -> None:
    if not target.dry_run:
        audit("pass.import_people", "pass_place", target.place_id, counts=dict(report.counts))


def _entries(
    found: Iterator[Person | Rejected], report: Report, titles: Mapping[str, str]
) -> Iterator[Entry]:
    """People with their references, each named once; of a phone that several rows have it is the first
    row's, where the others have a document."""
    seen = dict[str, int]()
    for one in found:
        if isinstance(one, Rejected):
            report.reject(one)
            continue
        known = one.known_by
        contact, identity = known.contact_ref(SERVICE.id), known.identity_ref(SERVICE.id)
        if contact in seen and identity is not None:
            known, contact = KnownBy(document=known.document), None
        naming = identity or contact
        if naming in seen:
            column, why = ("phone", TWICE) if identity is None else ("id_number", DOCUMENT_TWICE)
            report.reject(Rejected(one.row, titles[column], why.fill(row=seen[naming])))
            continue
        seen |= {ref: one.row for ref in (contact, identity) if ref is not None}
        yield Entry(one, known, contact, identity)


def _store(target: Target, step: list[Entry], report: Report) -> None:
    hold_list(target.place_id)
    listed, fresh = Listed.of(target.place_id, step), []
    for entry in step:
        member = listed.member(entry)
        if member is None and not entry.person.name:
            report.reject(Rejected(entry.person.row, COLUMNS["name"][0], NAMELESS))
        elif member is None:
            report.counts["added"] += 1
            fresh.append(_new_row(target, listed.free(entry)))
        elif member.status == "revoked":
            column = "phone" if entry.identity is None else "id_number"
            report.reject(Rejected(entry.person.row, COLUMNS[column][0], REVOKED))
        else:
            _compare(member, listed.free(entry, member), report, target.dry_run)
    if fresh and not target.dry_run:
        session().execute(insert(table_of(PassMember)), fresh)
    session().flush()


def _compare(member: PassMember, entry: Entry, report: Report, dry_run: bool) -> None:
    said = {name: value for name, value in _kept(entry).items() if value is not None}
    changed = {name: value for name, value in said.items() if getattr(member, name) != value}
    report.counts["changed" if changed else "unchanged"] += 1
    if not dry_run:
        for name, value in changed.items():
            setattr(member, name, value)


def _kept(entry: Entry) -> dict[str, Any]:
    """What a row says; a blank cell says nothing."""
    person = entry.person
    return {
        "contact_ref": entry.contact,
        "identity_ref": entry.identity,
        "phone_hint": entry.known_by.masked_phone,
        "document_hint": entry.known_by.masked_document,
        "role": person.role,
        "name": person.name or None,
        "unit": person.unit or None,
        "valid_from": _midnight(person.valid_from),
        "valid_until": _midnight(person.valid_until, after=True),
    }


def _new_row(target: Target, entry: Entry) -> dict[str, Any]:
    member_id, kept = new_id(), _kept(entry)
    return {
        "id": member_id,
        "place_id": target.place_id,
        "contact_ref": entry.contact,
        "identity_ref": entry.identity,
        "role": kept["role"] or target.usual_role,
        "unit_sealed": PassMember.unit.seal(member_id, kept["unit"] or ""),
        "name_sealed": PassMember.name.seal(member_id, kept["name"]),
        "phone_hint_sealed": PassMember.phone_hint.seal(member_id, kept["phone_hint"]),
        "document_hint_sealed": PassMember.document_hint.seal(member_id, kept["document_hint"]),
        "status": "active",
        "source": "list",
        "valid_from": kept["valid_from"],
        "valid_until": kept["valid_until"],
        "created_at": now(),
    }


def _midnight(day: date | None, *, after: bool = False) -> datetime | None:
    """When a day of the city begins, or with `after` when it is over."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=int(after)), time(), tzinfo=city_zone())
