"""Takings as a file: CSV or XLSX, a row for each service and day; amounts in 元 with two decimals."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Final

from citizen_app.payments.takings import Takings
from citizen_app.sheets.writing import csv_file
from citizen_app.text import Language, Text
from citizen_app.usage.export import Format

Cell = str | int | Decimal
YUAN: Final = Decimal(100)
COLUMNS: Final[tuple[tuple[Text, int, Callable[[Takings, Language], Cell]], ...]] = (
    (Text("日期", "Day"), 12, lambda row, language: str(row.day)),
    (Text("服务编号", "Service id"), 14, lambda row, language: row.service),
    (Text("服务", "Service"), 24, lambda row, language: row.service_title.say(language)),
    (Text("付款笔数", "Payments"), 12, lambda row, language: row.charges),
    (Text("收款（元）", "Taken (CNY)"), 16, lambda row, language: row.charged / YUAN),
    (Text("退款（元）", "Refunded (CNY)"), 16, lambda row, language: row.refunded / YUAN),
    (Text("净额（元）", "Net (CNY)"), 16, lambda row, language: row.net / YUAN),
)


def takings_file(rows: Iterable[Takings], format: Format, language: Language) -> bytes:
    """The whole file: at most one row for each service and day of a year."""
    cells = [[value(row, language) for _, _, value in COLUMNS] for row in rows]
    titles = [title.say(language) for title, _, _ in COLUMNS]
    return _xlsx(titles, cells) if format == "xlsx" else csv_file(titles, cells)


def file_name(service: str | None, first: date, last: date, format: Format) -> str:
    """What a browser saves it as."""
    return f"takings-{service or 'all'}-{first}-{last}.{format}"


def _xlsx(titles: list[str], rows: list[list[Cell]]) -> bytes:
    from xlsxwriter import Workbook  # 3 MB, which few workers ever need

    buffer = io.BytesIO()
    with Workbook(buffer, {"in_memory": True}) as book:
        sheet, money = book.add_worksheet(), book.add_format({"num_format": "#,##0.00"})
        sheet.freeze_panes(1, 0)
        for column, ((_, width, _), title) in enumerate(zip(COLUMNS, titles, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, title)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                else:
                    sheet.write_number(number, column, cell, money if isinstance(cell, Decimal) else None)
    return buffer.getvalue()
