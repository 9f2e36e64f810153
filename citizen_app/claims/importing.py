"""Taking a list of claims: row by row, a slice to each unit of work, as often as wanted.

The same list again changes nothing; a row that says another period for what it said before takes its place;
nobody loses anything by being absent. Whether somebody has an account makes no difference to the report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO, Final, Literal

from sqlalchemy import select

from citizen_app.audit.operations import record
from citizen_app.citizens.models import Citizen, CitizenDocument
from citizen_app.claims.lists import COLUMNS, Listed, listed
from citizen_app.claims.models import CitizenClaim
from citizen_app.claims.operations import ClaimSource, latest_of
from citizen_app.claims.waiting import name_index
from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.sheets.limits import Limits
from citizen_app.sheets.reading import UPLOAD, Sheet, read_sheet
from citizen_app.sheets.report import Rejected, Report
from citizen_app.storage.orm import db
from citizen_app.storage.slices import Paced, Unit
from citizen_app.storage.statements import upsert
from citizen_app.storage.transactions import transaction

ROWS_PER_STEP: Final = 200
Stage = Literal["read", "store"]


@dataclass(frozen=True, slots=True)
class Taking:
    """How a list is taken: by whom (a member of staff's id, None for a command), and whether it is only
    tried: then nothing is written and the report is the same."""

    granted_by: str | None = None
    dry_run: bool = False
    limits: Limits = UPLOAD


def import_claims(
    stream: BinaryIO, name: str, taking: Taking, progress: Callable[[int], None] = lambda rows: None
) -> Report:
    """Take a list. Raises `FileUnreadable`; what was read until then stays, and the list can be sent
    again."""
    sheet = read_sheet(stream, name, COLUMNS, "number", taking.limits)
    report, pace = Report(ignored_columns=sheet.header.ignored), Paced()
    for step in _in_steps(_rows(sheet, report)):
        unit: AbstractContextManager[None] = transaction(reading=True) if taking.dry_run else pace()
        with unit:
            _take(step, taking, report)
        progress(len(step))
    if not taking.dry_run:
        with transaction():
            record("claims.import", "claims", None, counts=dict(report.counts))
    return report


def import_whole_list(
    stream: BinaryIO,
    name: str,
    taking: Taking,
    unit: Unit,
    tell: Callable[[Stage, int, int], None] = lambda stage, done, total: None,
) -> Report:
    """Take a list whole or not at all: it is read first, and then written in one unit of work.

    `tell` hears how many rows of a stage were just done, and how many there are, as far as that is known (0).
    Raises `FileUnreadable`.
    """
    sheet = read_sheet(stream, name, COLUMNS, "number", taking.limits)
    report, rows = Report(ignored_columns=sheet.header.ignored), list[Listed]()
    for step in _in_steps(_rows(sheet, report)):
        rows += step
        tell("read", len(step), 0)
    with transaction(reading=True) if taking.dry_run else unit():
        for step in _in_steps(iter(rows)):
            _take(step, taking, report)
            tell("store", len(step), len(rows))
        if not taking.dry_run:
            record("claims.import", "claims", None, counts=dict(report.counts))
    return report


def _take(step: Sequence[Listed], taking: Taking, report: Report) -> None:
    """Write what is new of some rows, each once."""
    wanted = {row.statement: row for row in step}
    report.counts["unchanged"] += len(step) - len(wanted)
    before = _before(wanted.values(), held=not taking.dry_run)
    said = {row.statement for row in before}
    standing = [row for row in before if row.replaced_by is None and row.ended_at is None]
    made: list[dict[str, Any]] = []
    owners = _owners({row.index for row in wanted.values()})
    for statement, row in wanted.items():
        touching = [one for one in standing if one.document_index == row.index and _meets(one, row)]
        if statement in said:
            report.counts["unchanged"] += 1
            continue
        new = _row(row, touching, owners, taking)
        for one in touching if not taking.dry_run else ():
            one.replaced_by = new["id"]
        standing = [one for one in standing if one not in touching]
        made.append(new)
        report.counts["changed" if touching else "added"] += 1
    if made and not taking.dry_run:
        db.session.execute(upsert(CitizenClaim).on_conflict_do_nothing(), made)


def _before(rows: Iterable[Listed], *, held: bool) -> list[CitizenClaim]:
    """What lists have said of these people before, `held` so that nobody ends it meanwhile."""
    indexes = {row.index for row in rows}
    found = select(CitizenClaim).where(
        CitizenClaim.document_index.in_(indexes), CitizenClaim.source == ClaimSource.IMPORT
    )
    found = found.order_by(CitizenClaim.id)
    return list(db.session.scalars(found.with_for_update() if held else found))


def _meets(one: CitizenClaim, row: Listed) -> bool:
    if one.type != row.type or one.name_index != row.name:
        return False
    begins = row.valid_to is None or one.valid_from <= row.valid_to
    return begins and (one.valid_to is None or row.valid_from <= one.valid_to)


def _row(
    row: Listed,
    touching: Sequence[CitizenClaim],
    owners: dict[bytes, tuple[str, bytes | None]],
    taking: Taking,
) -> dict[str, Any]:
    """The row to store: what the list says, from when the earlier statement said it on."""
    moment = now()
    owner, name = owners.get(row.index, (None, None))
    valid_from = min([row.valid_from, *(one.valid_from for one in touching)])
    valid_to, void_from = _end(row.valid_to, touching, moment)
    return {
        "id": new_id(),
        "citizen_id": owner if name == row.name else None,
        "document_index": row.index,
        "name_index": row.name,
        "statement": row.statement,
        "type": row.type,
        "valid_from": valid_from,
        "valid_to": valid_to,
        "source": ClaimSource.IMPORT,
        "basis": "legal_duty",
        "granted_by": taking.granted_by,
        "created_at": moment,
        "void_from": void_from,
    }


def _end(
    said: datetime | None, touching: Sequence[CitizenClaim], moment: datetime
) -> tuple[datetime | None, datetime | None]:
    """Until when it counts, and from when on it is not true, if that is earlier than was said before: such an
    end counts from now on, as any end does."""
    if said is None or not touching:
        return said, None
    longest = latest_of([one.valid_to for one in touching])
    if longest is not None and longest <= said:
        return said, None
    counts_until = max(said, moment)
    return (counts_until if longest is None else min(longest, counts_until)), said


def _owners(indexes: set[bytes]) -> dict[bytes, tuple[str, bytes | None]]:
    """Whose the documents are, with the index of the name that they have proved."""
    found = db.session.execute(
        select(CitizenDocument.number_index, Citizen.id, Citizen.name_sealed)
        .join(Citizen, Citizen.id == CitizenDocument.citizen_id)
        .where(CitizenDocument.number_index.in_(indexes))
    )
    return {
        index: (citizen_id, None if sealed is None else name_index(Citizen.name.open(citizen_id, sealed)))
        for index, citizen_id, sealed in found
    }


def _rows(sheet: Sheet, report: Report) -> Iterator[Listed]:
    for found in sheet.made(listed):
        if isinstance(found, Rejected):
            report.reject(found)
        else:
            yield found


def _in_steps(rows: Iterator[Listed]) -> Iterator[list[Listed]]:
    return iter(lambda: list(islice(rows, ROWS_PER_STEP)), [])
