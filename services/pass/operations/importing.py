"""Importing a list of people: row by row, in slices, as often as wanted.

The same list again changes nothing; a row that changed changes its person; nobody is removed by being absent. Rows that name nobody are
reported and the others are taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, BinaryIO, Final

from sqlalchemy import insert, select

from citizen_app.toolkit.commands import audit
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import new_id, session
from citizen_app.toolkit.people import PhoneRefused, contact_ref, masked_phone
from citizen_app.toolkit.time import city_zone, now

from ..lists.cells import FileUnreadable, rows_of
from ..lists.people import NOT_A_PHONE, TITLES, Person, Rejected, header_of, people_of
from ..manifest import SERVICE
from ..models import PassMember, table_of

ROWS_PER_STEP: Final = 200
MOST_REPORTED: Final = 500
USUAL_ROLES: Final = {"compound": "resident"}
TWICE: Final = Text("与第 {row} 行是同一手机号", "has the same number as row {row}")
REVOKED: Final = Text("此人已被撤销，请先在名单中恢复", "was revoked; restore the person in the list first")
NAMELESS: Final = Text("缺少姓名，新成员必须有姓名", "is missing; a new member needs a name")
TOO_MANY_ROWS: Final = Text(
    "超过 {most} 行，请拆分文件，或由运维用命令导入",
    "it has more than {most} rows: split it, or have it imported on the command line",
)

Unit = Callable[[], AbstractContextManager[None]]
"""Opens one unit of work: a transaction of its own, or nothing where the caller holds one."""


@dataclass(slots=True)
class Report:
    """What became of the rows: counts of added, changed, unchanged, rejected; the first rejected ones with reasons;
    titles of columns that name nothing we keep."""

    counts: Counter[str] = field(default_factory=Counter)
    rejected: list[Rejected] = field(default_factory=list)
    ignored_columns: tuple[str, ...] = ()

    def reject(self, found: Rejected) -> None:
        """Note a row that was not taken."""
        self.counts["rejected"] += 1
        if len(self.rejected) < MOST_REPORTED:
            self.rejected.append(found)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A person with the reference that they are kept by."""

    person: Person
    contact: str
    hint: str


def import_people(
    place_id: str,
    place_kind: str,
    stream: BinaryIO,
    name: str,
    unit: Unit,
    *,
    dry_run: bool = False,
    most_rows: int | None = None,
    progress: Callable[[int], None] = lambda rows: None,
) -> Report:
    """Take a list into a place. With `dry_run` nothing is written and the report is the same.

    Raises `FileUnreadable`, before anything is written, for a file that cannot be read or has more than `most_rows` rows.
    """
    usual_role = USUAL_ROLES.get(place_kind, "employee")
    _read_through(stream, name, most_rows)
    rows = rows_of(stream, name)
    header = header_of(rows)
    report, seen = Report(ignored_columns=header.ignored), dict[str, int]()
    entries = _entries(people_of(rows, header), report, seen)
    while step := list(islice(entries, ROWS_PER_STEP)):
        with unit():
            _store(place_id, usual_role, step, report, dry_run)
        progress(len(step))
    if not dry_run:
        with unit():
            audit("pass.import_people", "pass_place", place_id, counts=dict(report.counts))
    return report


def _read_through(stream: BinaryIO, name: str, most_rows: int | None) -> None:
    """Read all of it once: a file that breaks off at its end leaves nothing behind."""
    rows = rows_of(stream, name)
    header_of(rows)
    for number, _ in enumerate(rows, 1):
        if most_rows is not None and number > most_rows:
            raise FileUnreadable(TOO_MANY_ROWS.fill(most=most_rows))


def _entries(rows: Iterable[Person | Rejected], report: Report, seen: dict[str, int]) -> Iterator[_Entry]:
    for found in rows:
        if isinstance(found, Rejected):
            report.reject(found)
            continue
        try:
            contact = contact_ref(SERVICE.id, found.phone)
            hint = masked_phone(found.phone)
        except PhoneRefused:
            report.reject(Rejected(found.row, TITLES["phone"], NOT_A_PHONE))
            continue
        first = seen.setdefault(contact, found.row)
        if first != found.row:
            report.reject(Rejected(found.row, TITLES["phone"], TWICE.fill(row=first)))
            continue
        yield _Entry(found, contact, hint)


def _store(place_id: str, usual_role: str, step: list[_Entry], report: Report, dry_run: bool) -> None:
    listed = {
        member.contact_ref: member
        for member in session().scalars(
            select(PassMember).where(
                PassMember.place_id == place_id, PassMember.contact_ref.in_([e.contact for e in step])
            )
        )
    }
    fresh = []
    for entry in step:
        member = listed.get(entry.contact)
        if member is None and not entry.person.name:
            report.reject(Rejected(entry.person.row, TITLES["name"], NAMELESS))
        elif member is None:
            report.counts["added"] += 1
            fresh.append(_new_row(place_id, usual_role, entry))
        elif member.status == "revoked":
            report.reject(Rejected(entry.person.row, TITLES["phone"], REVOKED))
        else:
            _compare(member, entry.person, report, dry_run)
    if fresh and not dry_run:
        session().execute(insert(table_of(PassMember)), fresh)
    session().flush()


def _compare(member: PassMember, person: Person, report: Report, dry_run: bool) -> None:
    said = {name: value for name, value in _kept(person).items() if value is not None}
    changed = {name: value for name, value in said.items() if getattr(member, name) != value}
    report.counts["changed" if changed else "unchanged"] += 1
    if not dry_run:
        for name, value in changed.items():
            setattr(member, name, value)


def _kept(person: Person) -> dict[str, Any]:
    """What a row says; a blank cell says nothing."""
    return {
        "role": person.role,
        "name": person.name or None,
        "unit": person.unit or None,
        "valid_from": _midnight(person.valid_from),
        "valid_until": _midnight(person.valid_until, after=True),
    }


def _new_row(place_id: str, usual_role: str, entry: _Entry) -> dict[str, Any]:
    member_id, kept = new_id(), _kept(entry.person)
    return {
        "id": member_id,
        "place_id": place_id,
        "contact_ref": entry.contact,
        "role": kept["role"] or usual_role,
        "unit": kept["unit"] or "",
        "name_sealed": PassMember.name.seal(member_id, kept["name"]),
        "phone_hint_sealed": PassMember.phone_hint.seal(member_id, entry.hint),
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
