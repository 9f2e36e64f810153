"""The log of a period as a file: CSV or XLSX, without identity, in memory that does not grow with the period.

Rows are read in chunks by keyset, each chunk in a short reading transaction of its own, so that an export of
years holds nothing up. The period is in days of the city's calendar by `occurred_at`. Ids follow arrival, so
the period's events lie in a narrow range of ids; the few uploaded late lie outside it and come from an index
of their own.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from sqlalchemy import Row, Select, or_, select

from citizen_app.ids import first_id_at
from citizen_app.kiosks.models import Kiosk, Placement
from citizen_app.settings import current_settings
from citizen_app.sheets.formulas import escape_formula
from citizen_app.sheets.writing import BOM
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.text import Language, Text
from citizen_app.usage.lines import Mark
from citizen_app.usage.models import UsageEvent
from citizen_app.usage.queries import marks_of
from citizen_app.usage.recording import PUNCTUAL
from citizen_app.usage.statistics import start_of_day
from citizen_app.usage.titles import (
    CODE_KINDS,
    DECISIONS,
    HOW,
    MARKS,
    purpose_title,
    reason_text,
    service_title,
    titled,
)

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

Format = Literal["csv", "xlsx"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)
MIMETYPES: Final[dict[Format, str]] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

CHUNK: Final = 1000
BLOCK: Final = 64 * 1024
ROWS_PER_SHEET: Final = 1_048_575
"""Excel's 1,048,576 rows, less the titles."""

Cell = str | datetime | None


@dataclass(frozen=True, slots=True)
class Selection:
    """Which events: those that occurred from `first_day` to `last_day` (both included); `services` narrows
    (None: all).
    """

    first_day: date
    last_day: date
    services: Collection[str] | None = None


class Phrases:
    """The words of one file, each looked up once; and the city's wall clock."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._zone = current_settings().timezone
        self._said: dict[tuple[Callable[..., Text], tuple[Any, ...]], str] = {}

    def time(self, moment: datetime) -> datetime:
        """The city's wall clock, naive, to the second."""
        return moment.astimezone(self._zone).replace(tzinfo=None, microsecond=0)

    def of(self, titles: Callable[..., Text], *names: Any) -> str:
        """What `titles` calls these names, in the file's language."""
        said = self._said.get((titles, names))
        if said is None:
            said = self._said[titles, names] = titles(*names).say(self.language)
        return said


@dataclass(frozen=True, slots=True)
class Line:
    """An event to be written, with its marks and the words to write it in."""

    row: Row[*tuple[Any, ...]]
    marks: tuple[Mark, ...]
    words: Phrases


def _decision(name: str) -> Text:
    return titled(DECISIONS, name)


def _code_kind(name: str) -> Text:
    return titled(CODE_KINDS, name)


def _mark(name: str) -> Text:
    return titled(MARKS, name)


def _how(name: str) -> Text:
    return titled(HOW, name)


def _yes() -> Text:
    return Text("是", "yes")


def _place(line: Line) -> Cell:
    place: Cell = line.row.place_zh if line.words.language == "zh" else line.row.place_en
    return place


COLUMNS: Final[tuple[tuple[Text, int, Callable[[Line], Cell]], ...]] = (
    (Text("记录编号", "Event"), 38, lambda line: line.row.id),
    (Text("使用时间", "Time of use"), 20, lambda line: line.words.time(line.row.occurred_at)),
    (Text("接收时间", "Received"), 20, lambda line: line.words.time(line.row.received_at)),
    (Text("服务代码", "Service id"), 12, lambda line: line.row.service),
    (Text("服务", "Service"), 16, lambda line: line.words.of(service_title, line.row.service)),
    (Text("用途代码", "Purpose id"), 12, lambda line: line.row.purpose),
    (
        Text("用途", "Purpose"),
        16,
        lambda line: line.words.of(purpose_title, line.row.service, line.row.purpose),
    ),
    (Text("结果", "Result"), 10, lambda line: line.words.of(_decision, line.row.decision)),
    (Text("原因代码", "Reason id"), 16, lambda line: line.row.detail_code or line.row.reason),
    (
        Text("原因", "Reason"),
        24,
        lambda line: line.words.of(reason_text, line.row.service, line.row.reason, line.row.detail_code),
    ),
    (Text("码类型", "Kind of code"), 12, lambda line: line.words.of(_code_kind, line.row.code_kind)),
    (Text("地点", "Place"), 24, _place),
    (Text("设备", "Kiosk"), 20, lambda line: line.row.kiosk),
    (Text("事后上传", "Uploaded late"), 10, lambda line: line.words.of(_yes) if line.row.late else None),
    (
        Text("标记", "Marks"),
        24,
        lambda line: "; ".join(line.words.of(_mark, mark.kind) for mark in line.marks),
    ),
    (Text("办理方式", "Done"), 12, lambda line: line.words.of(_how, line.row.channel or "scan")),
)


def export(selection: Selection, format: Format, language: Language) -> Iterator[bytes]:
    """The file in pieces. Needs an application context and no open unit of work while it runs."""
    lines = chunks(selection, language)
    return csv_bytes(lines, language) if format == "csv" else xlsx_bytes(lines, language)


def file_name(selection: Selection, format: Format) -> str:
    """A name such as `usage-bus-2026-11-01-2026-11-30.csv`."""
    services = "-".join(sorted(selection.services)) if selection.services is not None else "all"
    return f"usage-{services}-{selection.first_day}-{selection.last_day}.{format}"


def csv_bytes(lines: Iterable[list[Line]], language: Language) -> Iterator[bytes]:
    """RFC 4180 CSV in UTF-8, one piece per chunk; with a byte order mark, so that Excel reads Chinese."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write(BOM)
    writer.writerow([title.say(language) for title, _, _ in COLUMNS])
    for chunk in lines:
        writer.writerows([[_as_text(value(line)) for _, _, value in COLUMNS] for line in chunk])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
    if buffer.tell():
        yield buffer.getvalue().encode()


def xlsx_bytes(lines: Iterable[list[Line]], language: Language) -> Iterator[bytes]:
    """An Excel workbook, written row by row to a temporary file and then handed out."""
    with tempfile.TemporaryDirectory(prefix="usage-export-") as folder:
        path = Path(folder) / "usage.xlsx"
        write_xlsx(path, lines, language)
        with path.open("rb") as file:
            while piece := file.read(BLOCK):
                yield piece


def write_xlsx(
    path: Path, lines: Iterable[list[Line]], language: Language, rows_per_sheet: int = ROWS_PER_SHEET
) -> None:
    """Write a workbook; a full sheet is followed by another. Text is written as text, never as a formula or a
    link.
    """
    from xlsxwriter import Workbook  # 3 MB, which few workers ever need

    options = {
        "constant_memory": True,
        "tmpdir": str(path.parent),
        "default_date_format": "yyyy-mm-dd hh:mm:ss",
    }
    with Workbook(str(path), options) as book:
        sheet, used = _sheet(book, language), 0
        for line in (line for chunk in lines for line in chunk):
            if used == rows_per_sheet:
                sheet, used = _sheet(book, language), 0
            used += 1
            for column, (_, _, value) in enumerate(COLUMNS):
                cell = value(line)
                if isinstance(cell, datetime):
                    sheet.write_datetime(used, column, cell)
                elif cell:
                    sheet.write_string(used, column, cell)


def chunks(selection: Selection, language: Language, size: int = CHUNK) -> Iterator[list[Line]]:
    """The selected events by time of arrival, in lists of at most `size`; late ones from outside the period's
    ids come last.
    """
    words = Phrases(language)
    for query in _queries(selection):
        after: str | None = None
        while True:
            step = query if after is None else query.where(UsageEvent.id > after)
            with transaction(reading=True):
                rows = db.session.execute(step.order_by(UsageEvent.id).limit(size)).all()
                marks = marks_of([row.id for row in rows])
            if rows:
                yield [Line(row, marks.get(row.id, ()), words) for row in rows]
                after = rows[-1].id
            if len(rows) < size:
                break


def _as_text(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return escape_formula(cell or "")


def _queries(selection: Selection) -> tuple[Select[*tuple[Any, ...]], Select[*tuple[Any, ...]]]:
    start, end = start_of_day(selection.first_day), start_of_day(selection.last_day + timedelta(days=1))
    low, high = first_id_at(start - PUNCTUAL), first_id_at(end + PUNCTUAL)
    query = (
        select(
            UsageEvent.id,
            UsageEvent.service,
            UsageEvent.purpose,
            UsageEvent.code_kind,
            UsageEvent.decision,
            UsageEvent.reason,
            UsageEvent.detail_code,
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
        .where(UsageEvent.occurred_at >= start, UsageEvent.occurred_at < end)
    )
    if selection.services is not None:
        query = query.where(UsageEvent.service.in_(selection.services))
    elsewhere = or_(UsageEvent.id < low, UsageEvent.id >= high)
    return query.where(UsageEvent.id >= low, UsageEvent.id < high), query.where(UsageEvent.late, elsewhere)


def _sheet(book: Workbook, language: Language) -> Worksheet:
    sheet: Worksheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for column, (title, width, _) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title.say(language))
    return sheet
