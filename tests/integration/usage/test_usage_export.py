"""The log as a file: complete, without identity, harmless in a spreadsheet, in memory that does not grow."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook

from citizen_app.ids import new_id
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.usage.export import (
    COLUMNS,
    Selection,
    chunks,
    export,
    write_xlsx,
)
from citizen_app.usage.recording import mark
from citizen_app.usage.statistics import events_between
from tests.integration.usage.filling import citizen, event, stand, write

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
DAY = Selection(date(2026, 11, 20), date(2026, 11, 20))


def read_csv(app: Flask, selection: Selection, language: Any = "zh") -> list[dict[str, str]]:
    with app.app_context():
        text = b"".join(export(selection, "csv", language)).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_a_line_has_titles_places_and_marks_but_nobody(app: Flask) -> None:
    person, kiosk = citizen(app, "bus"), stand(app)
    written = event(
        person.log_key,
        NOON,
        kiosk_id=kiosk.kiosk_id,
        placement_id=kiosk.placement_id,
        decision="deny",
        reason="replayed",
    )
    write(app, written)
    with app.app_context(), transaction():
        mark(written.id, "double_use")
    (line,) = read_csv(app, DAY)
    assert line["使用时间"] == "2026-11-20 12:00:00"
    assert (line["地点"], line["设备"], line["结果"]) == ("人民广场", "12 路 3 号车", "未通过")
    assert (line["原因"], line["标记"]) == ("此码已使用", "同一个码在多处使用")
    (line,) = read_csv(app, DAY, "en")
    assert (line["Place"], line["Result"], line["Event"]) == ("People's Square", "Refused", written.id)
    with app.app_context():
        whole = b"".join(export(DAY, "csv", "zh")).decode()
        for secret in (person.log_key, person.log_key.replace("-", ""), person.id, person.ref("bus")):
            assert secret not in whole


def test_the_period_holds_late_events_and_nothing_else(app: Flask) -> None:
    inside = [
        event(new_id(), NOON),
        event(new_id(), NOON + timedelta(hours=30), timedelta(hours=30)),
        event(new_id(), NOON + timedelta(days=60), timedelta(days=60)),
        event(new_id(), NOON - timedelta(days=9), timedelta(days=-9), late=True),
        event(new_id(), NOON, service="library"),
    ]
    outside = [
        event(new_id(), NOON, timedelta(days=1)),
        event(new_id(), NOON + timedelta(days=1)),
        event(new_id(), NOON + timedelta(days=60)),
    ]
    write(app, *inside, *outside)
    assert {line["记录编号"] for line in read_csv(app, DAY)} == {e.id for e in inside}
    bus = Selection(DAY.first_day, DAY.last_day, frozenset({"bus"}))
    assert {line["记录编号"] for line in read_csv(app, bus)} == {e.id for e in inside if e.service == "bus"}
    with app.app_context(), transaction(reading=True):
        assert events_between(DAY.first_day, DAY.last_day) == len(inside)


@pytest.mark.parametrize("formula", ['=HYPERLINK("https://x")', "+1", "-1", "@SUM(A1)"])
def test_a_formula_in_a_name_is_text_in_both_files(app: Flask, tmp_path: Path, formula: str) -> None:
    kiosk = stand(app, name=formula, place=formula)
    write(app, event(new_id(), NOON, kiosk_id=kiosk.kiosk_id, placement_id=kiosk.placement_id))
    (line,) = read_csv(app, DAY)
    assert line["设备"] == line["地点"] == "'" + formula
    path = tmp_path / "file.xlsx"
    with app.app_context():
        path.write_bytes(b"".join(export(DAY, "xlsx", "zh")))
    sheet = load_workbook(path).worksheets[0]
    cell = sheet.cell(2, [title.zh for title, _, _ in COLUMNS].index("设备") + 1)
    assert (cell.data_type, cell.value) == ("s", formula)


def test_a_full_sheet_is_followed_by_another(app: Flask, tmp_path: Path) -> None:
    write(app, *[event(new_id(), NOON + timedelta(milliseconds=n)) for n in range(25)])
    path = tmp_path / "file.xlsx"
    with app.app_context():
        write_xlsx(path, chunks(DAY, "en", size=4), "en", rows_per_sheet=10)
    sheets = load_workbook(path).worksheets
    assert [sheet.max_row - 1 for sheet in sheets] == [10, 10, 5]
    assert [sheet.cell(1, 1).value for sheet in sheets] == ["Event"] * 3
    assert sheets[0].cell(2, 2).value == datetime(2026, 11, 20, 12)


def test_no_transaction_stays_open_between_chunks(app: Flask) -> None:
    """Rows that arrive meanwhile are written without waiting, on SQLite too; none is lost or duplicated."""
    write(app, *[event(new_id(), NOON + timedelta(seconds=n)) for n in range(10)])
    seen: list[str] = []
    with app.app_context():
        for chunk in chunks(DAY, "zh", size=3):
            seen += [line.row.id for line in chunk]
            assert not db.session().in_transaction()
            if len(seen) < 9:
                write(app, event(new_id(), NOON + timedelta(minutes=5)))
    assert len(seen) == len(set(seen)) == 12
