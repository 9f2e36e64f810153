"""The cells of a CSV or XLSX file, row by row, as text, dates or faults, without ever holding the whole list.

CSV in UTF-8 (with or without BOM) or GB 18030, separated by comma, semicolon or tab. XLSX is read as a stream; what unpacks to far more
than a list of people can be is refused, and XML with entities never opens (defusedxml).
"""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO, Final

from citizen_app.toolkit.contract import Text

MOST_COLUMNS: Final = 30
LONGEST_CELL: Final = 200
MOST_UNPACKED_BYTES: Final = 64 * 1024 * 1024
MOST_PARTS: Final = 200
_SNIFFED: Final = 4096

UNREADABLE: Final = Text("文件无法读取：{why}", "The file cannot be read: {why}")
NOT_TEXT: Final = Text("既不是 UTF-8 也不是 GB 18030 的文本", "neither UTF-8 nor GB 18030 text")
NOT_XLSX: Final = Text("不是 XLSX 工作簿", "not an XLSX workbook")
TOO_LARGE: Final = Text("解压后过大", "it unpacks to too much")
BROKEN_CSV: Final = Text("第 {line} 行不是合规的 CSV", "line {line} is not CSV")


class FileUnreadable(Exception):
    """The file is not what its name says; `words` say why."""

    def __init__(self, why: Text) -> None:
        self.words = UNREADABLE.fill(why=why)
        super().__init__(self.words.en)


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that computes something: its value is not in the file, or not to be trusted."""


Cell = str | date | Formula
"""A blank cell is the empty text; numbers are text as a person would write them."""


def rows_of(stream: BinaryIO, name: str) -> Iterator[tuple[int, list[Cell]]]:
    """Each row that is not blank, with its number as a spreadsheet shows it. Raises `FileUnreadable`."""
    rows = _rows_of_xlsx(stream) if name.lower().endswith(".xlsx") else _rows_of_csv(stream)
    for number, row in rows:
        if any(cell != "" for cell in row):
            yield number, row


def _rows_of_csv(stream: BinaryIO) -> Iterator[tuple[int, list[Cell]]]:
    encoding = _encoding_of(stream)
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    begins = 1
    try:
        head = text.read(_SNIFFED)
        text.seek(0)
        reader = csv.reader(text, delimiter=max(",;\t", key=head.count), strict=True)
        for row in reader:
            yield begins, [_from_csv(cell) for cell in row[:MOST_COLUMNS]]
            begins = reader.line_num + 1
    except (csv.Error, UnicodeError) as error:
        raise FileUnreadable(BROKEN_CSV.fill(line=begins)) from error
    finally:
        text.detach()  # the stream stays open for whoever gave it


def _encoding_of(stream: BinaryIO) -> str:
    """Decides by reading all of it once: a list that is wrong in its last line is not half imported."""
    for encoding in ("utf-8-sig", "gb18030"):
        stream.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            while block := stream.read(1 << 16):
                if "\0" in decoder.decode(block):
                    raise FileUnreadable(NOT_TEXT)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise FileUnreadable(NOT_TEXT)


def _from_csv(cell: str) -> Cell:
    text = cell.strip()
    if text.startswith('="') and text.endswith('"') and '"' not in text[2:-1]:
        text = text[2:-1].strip()  # how spreadsheets keep a long number as text in CSV
    return Formula() if text[:1] in ("=", "@") else text[: LONGEST_CELL + 1]


def _rows_of_xlsx(stream: BinaryIO) -> Iterator[tuple[int, list[Cell]]]:
    import defusedxml  # with openpyxl 8 MB, which few workers ever need
    from openpyxl import load_workbook
    from openpyxl.xml import DEFUSEDXML

    assert DEFUSEDXML and defusedxml  # a workbook is XML from strangers
    _check_archive(stream)
    try:
        book = load_workbook(stream, read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1):
            yield number, [_from_xlsx(cell) for cell in row]
    except FileUnreadable:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers raise
        raise FileUnreadable(NOT_XLSX) from error


def _check_archive(stream: BinaryIO) -> None:
    """What an archive says of itself is enforced by zipfile while it unpacks."""
    stream.seek(0)
    try:
        parts = zipfile.ZipFile(stream).infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise FileUnreadable(NOT_XLSX) from error
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
        raise FileUnreadable(TOO_LARGE)
    stream.seek(0)


def _from_xlsx(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return Formula()
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # 13800000000.0: a number that was never one
    text = str(value).strip()
    return Formula() if text[:1] in ("=", "@") else text[: LONGEST_CELL + 1]
