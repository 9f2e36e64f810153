"""The list behind the local register: names and numbers, from a CSV or XLSX, a slice in each unit of work.

The same list again changes nothing; a name that changed is changed; nobody is removed by being absent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import BinaryIO, Final

from sqlalchemy import delete, select

from citizen_app.audit.operations import record
from citizen_app.citizens.documents import document_index
from citizen_app.clock import now
from citizen_app.identity.documents import (
    DOCUMENT_TITLES,
    DocumentKind,
    DocumentRefused,
    kind_of_number,
    read_document,
)
from citizen_app.identity.models import RegisteredPerson
from citizen_app.identity.names import LONGEST_NAME, letters_of
from citizen_app.ids import new_id
from citizen_app.settings import current_settings
from citizen_app.sheets.limits import ON_THE_COMMAND_LINE
from citizen_app.sheets.reading import Row, RowRefused, Sheet, read_sheet
from citizen_app.sheets.report import Rejected, Report
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "number": ("证件号码", "证件号", "身份证号", "身份证号码", "公民身份号码", "idnumber", "number"),
    "name": ("姓名", "名字", "name", "fullname"),
    "kind": ("证件类型", "证件种类", "documentkind", "kind"),
    "born": ("出生日期", "born", "dateofbirth"),
}
ROWS_PER_STEP: Final = 200
LONGEST_NUMBER: Final = 40
MISSING: Final = Text("缺少内容", "is missing")
UNKNOWN_KIND: Final = Text("不是已知的证件类型", "is no known kind of document")
KINDS: Final = {
    **{kind.value: kind for kind in DocumentKind},
    **{title.zh: kind for kind, title in DOCUMENT_TITLES.items()},
    "身份证": DocumentKind.RESIDENT_ID,
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A person of the list: the index of their document, their name, and the date of birth where the number
    does not say it."""

    index: bytes
    name: str = field(repr=False)
    born: date | None = field(repr=False)


def import_register(
    stream: BinaryIO, name: str, *, remove: bool = False, progress: Callable[[int], None] = lambda rows: None
) -> Report:
    """Take a list of any length into the register, or with `remove` take those on it out. Raises
    `FileUnreadable`; what was read until then stays, and the list can be sent again.
    """
    sheet = read_sheet(stream, name, COLUMNS, "number", ON_THE_COMMAND_LINE)
    report = Report(ignored_columns=sheet.header.ignored)
    for step in _in_steps(_people(sheet, report)):
        with transaction():
            (_take_out if remove else store_people)(step, report)
        progress(len(step))
    with transaction():
        action = "identity.remove" if remove else "identity.import"
        record(action, "identity_register", None, counts=dict(report.counts))
    return report


def store_people(people: list[Listed], report: Report) -> None:
    """Write people into the register, each once; the last row about a document counts."""
    wanted = {person.index: person for person in people}
    known = {
        row.number_index: row
        for row in db.session.scalars(
            select(RegisteredPerson).where(RegisteredPerson.number_index.in_(list(wanted)))
        )
    }
    for person in wanted.values():
        born = person.born.isoformat() if person.born else None
        row = known.get(person.index)
        if row is None:
            db.session.add(
                RegisteredPerson(id=new_id(), number_index=person.index, name=person.name, born=born)
            )
            report.counts["added"] += 1
        elif (row.name, row.born) == (person.name, born):
            report.counts["unchanged"] += 1
        else:
            row.name, row.born, row.updated_at = person.name, born, now()
            report.counts["changed"] += 1
    db.session.flush()


def _take_out(people: list[Listed], report: Report) -> None:
    indexes = {person.index for person in people}
    gone = db.session.scalars(
        delete(RegisteredPerson)
        .where(RegisteredPerson.number_index.in_(list(indexes)))
        .returning(RegisteredPerson.id)
        .execution_options(synchronize_session=False)
    ).all()
    report.counts["changed"] += len(gone)
    report.counts["unchanged"] += len(indexes) - len(gone)


def _people(sheet: Sheet, report: Report) -> Iterator[Listed]:
    today = now().astimezone(current_settings().timezone).date()
    for found in sheet.made(lambda row: _listed(row, today)):
        if isinstance(found, Rejected):
            report.reject(found)
        else:
            yield found


def _listed(row: Row, today: date) -> Listed:
    name, number = row.text("name", LONGEST_NAME), row.text("number", LONGEST_NUMBER)
    for column, text in (("name", letters_of(name)), ("number", number)):
        if not text:
            raise RowRefused(column, MISSING)
    kind_title = row.text("kind", LONGEST_NAME)
    kind = KINDS.get(kind_title.lower()) if kind_title else kind_of_number(number)
    if kind is None:
        raise RowRefused("kind", UNKNOWN_KIND)
    try:
        document = read_document(kind, number, today)
    except DocumentRefused as refused:
        raise RowRefused("number", refused.words) from refused
    born = None if document.born else row.day("born")
    return Listed(document_index(document.kind, document.number), name, born)


def _in_steps(people: Iterator[Listed]) -> Iterator[list[Listed]]:
    return iter(lambda: list(islice(people, ROWS_PER_STEP)), [])
