"""Workbooks that only an attacker writes: judged by what is counted, or never called; the wall limit is a
safety net."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from time import monotonic

import pytest

from citizen_app.sheets import xml_parts
from citizen_app.sheets.archives import ENCRYPTED, MOST_DIRECTORY_BYTES
from citizen_app.sheets.limits import FileUnreadable, Limits
from citizen_app.sheets.xml_parts import DEEPEST, LONGEST_MARK
from tests.unit.sheets.books import book, opened, read, related, row, workbook

SAFETY_NET_SECONDS = 30


def test_a_cell_in_the_last_row_costs_one_row() -> None:
    content = book(row(1_048_576, '<c r="A1048576"><v>1</v></c>'))
    assert read(content, limits=Limits(marks=40)) == [(1_048_576, "1", "", None)]


@pytest.mark.parametrize("number", ["99999999999", "1048577", "0", "1", "-1", "1e3", "9" * 5000])
def test_a_row_that_no_sheet_has_is_refused_by_its_number(number: str) -> None:
    with pytest.raises(FileUnreadable, match=f"row {number[:20]} is out of order"):
        read(book(f'<row r="{number}"><c><v>1</v></c></row>'))


@pytest.mark.parametrize("place", ["XFE2", "AAAA2", "2", "a2", "A" * 5000])
def test_a_cell_that_no_sheet_has_is_refused(place: str) -> None:
    with pytest.raises(FileUnreadable, match="not an XLSX"):
        read(book(row(2, f'<c r="{place}"><v>1</v></c>')))


def names(count: int) -> str:
    """A main part with so many defined names."""
    defined = '<definedName name="a">1</definedName>' * count
    return workbook(f"<definedNames>{defined}</definedNames>")


@pytest.mark.parametrize(
    ("rows", "parts"),
    [
        ("<row/>" * 9_000_000, {}),
        ("<row/>" * 4_000_000, {}),
        (row(2, '<c s="1"/>' * 600_000), {}),
        ("", {"xl/workbook.xml": names(1_300_000)}),
        ("", {"xl/worksheets/sheet1.xml": "<a><!--" + "> " * 8_000_000}),
        ("", {"xl/worksheets/sheet1.xml": "<a b='" + "x" * 16_000_000}),
    ],
    ids=["rows", "rows that fit", "blank cells", "names", "a comment", "an attribute"],
)
def test_a_small_file_of_great_claims_is_refused_soon(rows: str, parts: dict[str, str]) -> None:
    content, began = book(rows, parts=parts), monotonic()
    with pytest.raises(FileUnreadable):
        read(content)
    assert monotonic() - began < SAFETY_NET_SECONDS


FEW = Limits(cells=500, marks=1_000, strings=200, sheet_bytes=2**20, part_bytes=2**19)
MANY, MUCH, ODD = "more than", "too much", "not an XLSX"
BOMBS = {
    "rows": (book("<row/>" * 1_001), MANY),
    "blank cells": (book(row(2, '<c s="1"/>' * 1_001)), MANY),
    "cells": (book("".join(row(n, "<c><v>1</v></c>" * 2) for n in range(2, 260))), MANY),
    "strings": (book(strings="<si><t>a</t></si>" * 201), MANY),
    "runs": (book(strings="<si>" + "<r><t>a</t></r>" * 501 + "</si>"), MANY),
    "defined names": (book(parts={"xl/workbook.xml": names(1_001)}), MANY),
    "sheets": (book(parts={"xl/workbook.xml": workbook("<sheet/>" * 1_001)}), MANY),
    "styles": (book(parts={"xl/styles.xml": "<cellXfs>" + "<xf/>" * 1_001 + "</cellXfs>"}), MANY),
    "relations": (book(parts={"_rels/.rels": related(officeDocument="x").replace("/>", "/>" + "<a/>" * 1_001)}), MANY),
    "depth": (book(parts={"xl/worksheets/sheet1.xml": "<a>" * (DEEPEST + 1)}), ODD),
    "a comment": (book(parts={"xl/worksheets/sheet1.xml": "<a><!--" + "> " * LONGEST_MARK + "--></a>"}), ODD),
    "an attribute": (book(parts={"xl/worksheets/sheet1.xml": f"<a b='{'x' * 2 * LONGEST_MARK}'/>"}), ODD),
    "attributes": (book(parts={"xl/worksheets/sheet1.xml": "<a " + " ".join(map("b{}=''".format, range(60_000))) + "/>"}), ODD),
    "a part": (book(parts={"xl/workbook.xml": b" " * (FEW.part_bytes + 1)}), MUCH),
    "a sheet": (book(parts={"xl/worksheets/sheet1.xml": b" " * (FEW.sheet_bytes + 1)}), MUCH),
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_everything_that_a_workbook_repeats_is_counted(bomb: str) -> None:
    content, words = BOMBS[bomb]
    with pytest.raises(FileUnreadable, match=words):
        read(content, limits=FEW)


@pytest.mark.large
def test_the_most_that_an_upload_may_hold_is_little() -> None:
    content = book(strings=f"<si><t>{'a' * 20}𠀀</t></si>" * Limits().strings)
    tracemalloc.start()
    try:
        assert read(content) == []
        assert tracemalloc.get_traced_memory()[1] < 48 * 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(rows=2), "more than 2 rows"),
        (Limits(columns=1), "row 1 has more than 1 columns"),
        (Limits(cells=7), "more than 7 cells"),
        (Limits(marks=46), "more than 46 cells"),
        (Limits(strings=0), "more than 0 cells"),
        (Limits(sheet_bytes=200), "unpacks to too much"),
        (Limits(part_bytes=200), "unpacks to too much"),
    ],
)
def test_each_limit_holds_and_the_next_larger_one_does_not(limits: Limits, words: str) -> None:
    rows = "".join(row(n, "<c><v>1</v></c>", '<c t="s"><v>0</v></c>') for n in (2, 3, 4))
    content = book(rows, "<si><t>张三</t></si>")
    assert len(read(content, limits=Limits(rows=3, columns=2, cells=8, marks=47, strings=1))) == 3
    with pytest.raises(FileUnreadable, match=words):
        read(content, limits=limits)


@pytest.mark.parametrize(
    "text", ['<!DOCTYPE w [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>', "<!DOCTYPE w SYSTEM 'http://x'>"]
)
@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "_rels/.rels"]
)
def test_entities_do_not_open(text: str, part: str) -> None:
    with zipfile.ZipFile(io.BytesIO(book())) as sound:
        content = text.encode() + sound.read(part)
    with pytest.raises(FileUnreadable):
        read(book(parts={part: content}))
    with pytest.raises(FileUnreadable):
        read(book(parts={part: content.replace(text.encode(), b"") + b"&a;"}))


def test_nothing_is_parsed_of_a_part_that_claims_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[object] = []
    monkeypatch.setattr(xml_parts.expat, "ParserCreate", lambda **options: parsed.append(options))
    with pytest.raises(FileUnreadable, match="too much"):
        read(book(parts={"_rels/.rels": b" " * (Limits().part_bytes + 1)}))
    assert parsed == []


def claimed(content: bytes, name: bytes, at: int, form: str, value: int) -> bytes:
    """A zip whose directory says something else of a part (APPNOTE 4.3.12)."""
    data = bytearray(content)
    start = data.rfind(name) - 46
    assert data[start : start + 4] == b"PK\x01\x02"
    struct.pack_into(form, data, start + at, value)
    return bytes(data)


@pytest.mark.parametrize(
    ("at", "form", "value"),
    [
        (24, "<I", 10),  # fewer bytes than there are
        (20, "<I", 3),  # fewer packed ones
        (16, "<I", 0),  # another check sum
        (8, "<H", ENCRYPTED),
        (10, "<H", 14),  # LZMA
        (42, "<I", 0x7FFFFFFF),  # lies elsewhere
    ],
)
def test_a_directory_that_lies_is_refused(at: int, form: str, value: int) -> None:
    with pytest.raises(FileUnreadable):
        read(claimed(book(), b"xl/worksheets/sheet1.xml", at, form, value))


def test_what_is_locked_says_so() -> None:
    content = claimed(book(), b"_rels/.rels", 8, "<H", ENCRYPTED)
    with pytest.raises(FileUnreadable, match="password"):
        read(claimed(content, b"_rels/.rels", 8, "<H", ENCRYPTED))


def test_two_parts_of_one_name_are_refused() -> None:
    written = io.BytesIO(book())
    with zipfile.ZipFile(written, "a") as archive:
        archive.writestr("XL/workbook.xml", workbook())
    with pytest.raises(FileUnreadable):
        read(written.getvalue())


def test_a_directory_is_bounded_before_it_is_read() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for number in range(MOST_DIRECTORY_BYTES // 1000):
            archive.writestr(f"{number:01000}", "")
    tracemalloc.start()
    try:
        with pytest.raises(FileUnreadable, match="too much"):
            read(written.getvalue())
        assert tracemalloc.get_traced_memory()[1] < 4 * MOST_DIRECTORY_BYTES
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "part", ["_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"]
)
def test_a_workbook_without_a_part_that_it_needs_is_none(part: str) -> None:
    for said in (None, "", "<a", "<a/>", b"\xff\xff", "\ufffe<a/>"):
        with pytest.raises(FileUnreadable):
            read(book(parts={part: said}))


def test_nested_archives_stay_packed() -> None:
    inner = book("<row/>" * 1000)
    assert opened(book(parts={"xl/embeddings/1.xlsx": inner})).header.ignored == ()
