"""Workbooks: what Excel, WPS and their like write is read as a person sees it."""

from __future__ import annotations

import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xlsxwriter import Workbook

from citizen_app.sheets.cells import text_cell
from citizen_app.sheets.limits import Limits
from citizen_app.sheets.workbook import is_date_format, unescaped
from citizen_app.sheets.worksheet import number_cell, xlsx_rows
from tests.unit.sheets.books import HEADER, book, read, related, row, sheet, workbook

PHONE = "13800000001"


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (f"<v>{PHONE}</v>", PHONE),
        (f"<v>{PHONE}.0</v>", PHONE),
        ("<v>1.3800000001E10</v>", PHONE),
        ("<v>1.38000000010E+10</v>", PHONE),
        ("<v>12.5</v>", "12.5"),
        ("<v>1e999</v>", "1e999"),
        ("<v> </v>", ""),
        ("", ""),
    ],
)
def test_numbers_are_what_a_person_would_write(cell: str, shown: str) -> None:
    rows = row(2, f'<c r="A2">{cell}</c>', '<c r="B2" t="str"><v>张三</v></c>')
    assert read(book(rows)) == [(2, shown, "张三", None)]


def test_text_in_all_its_forms() -> None:
    strings = (
        "<si><t> 张 三 </t></si>"
        '<si><r><t>李</t></r><r><rPr><b/></rPr><t>四</t></r><rPh sb="0" eb="1"><t>lisi</t></rPh></si>'
        "<si><t>a_x000D_b_x005F_x000D_</t></si>"
    )
    rows = "".join(row(n + 2, f'<c r="B{n + 2}" t="s"><v>{n}</v></c>') for n in range(3))
    rows += row(5, '<c r="B5" t="inlineStr"><is><r><t>王</t></r><r><t>五</t></r><rPh><t>w</t></rPh></is></c>')
    rows += row(6, '<c r="A6" t="b"><v>1</v></c>', '<c r="B6" t="e"><v>#N/A</v></c>')
    names = [name for _, _, name, _ in read(book(rows, strings))]
    assert names == ["张 三", "李四", "a b_x000D_", "王五", "#N/A"]


@pytest.mark.parametrize(
    ("style", "value", "day"),
    [(1, "46387", date(2026, 12, 31)), (2, "46387.75", date(2026, 12, 31)), (3, "1", date(1900, 1, 1))],
)
def test_days_are_days_in_built_in_chinese_and_own_formats(style: int, value: str, day: date) -> None:
    parts = {
        "xl/worksheets/sheet1.xml": sheet(
            row(2, f'<c r="C2" s="{style}"><v>{value}</v></c>'),
            HEADER.replace("</row>", '<c t="inlineStr"><is><t>有效期止</t></is></c></row>'),
        )
    }
    assert read(book(parts=parts)) == [(2, "", "", day)]
    from_1904 = {**parts, "xl/workbook.xml": workbook(properties='<workbookPr date1904="1"/>')}
    ((_, _, _, later),) = read(book(parts=from_1904))
    assert isinstance(later, date)
    assert (later - day).days in (1462, 1461)  # the second where 1900's false leap day lies between


@pytest.mark.parametrize(
    ("code", "shows_a_day"),
    [
        ("yyyy-mm-dd", True),
        ("[$-804]yyyy年m月d日;@", True),
        ("m/d/yy h:mm", True),
        ("General", False),
        ("0.00E+00", False),
        ('0"days"', False),
        ("[Red]0", False),
        (r"0\d", False),
        ("#,##0;yyyy", False),
    ],
)
def test_which_formats_show_days(code: str, shows_a_day: bool) -> None:
    assert is_date_format(code) is shows_a_day


def test_a_day_that_no_calendar_has_stays_a_number() -> None:
    assert number_cell("3000000000000", True, False) == "3000000000000"
    assert number_cell("nan", True, False) == "nan"
    assert number_cell("60", True, False) == date(1900, 2, 28)


def test_half_a_letter_is_no_letter() -> None:
    assert unescaped("_xD83D_") == "\ufffd"
    assert unescaped("_xD83D__xDE00_") == "😀"
    assert unescaped("_x202E_") == "\u202e"


@pytest.mark.parametrize("formula", ["<f>A1+1</f><v>2</v>", '<f t="shared" si="0"/><v>2</v>'])
def test_a_formula_is_refused_whatever_it_says_it_came_to(formula: str) -> None:
    rows = row(2, f'<c r="A2">{formula}</c>', '<c r="B2" t="str"><v>张三</v></c>') + row(3, "<c><v>1</v></c>")
    first, second = read(book(rows))
    assert first[:2] == (2, "手机号")
    assert "formula" in str(first[2])
    assert second == (3, "1", "", None)


def test_rows_and_cells_without_places_follow_each_other() -> None:
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row><row/><row><c><v>3</v></c></row>"
    assert read(book(rows)) == [(2, "1", "2", None), (4, "3", "", None)]


def test_prefixes_and_the_strict_edition_are_known() -> None:
    strict = {
        "xl/workbook.xml": (
            '<x:workbook xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"'
            ' xmlns:q="http://purl.oclc.org/ooxml/officeDocument/relationships">'
            '<x:sheets><x:sheet name="a" q:id="chart"/><x:sheet name="b" q:id="worksheet"/></x:sheets></x:workbook>'
        ),
        "xl/_rels/workbook.xml.rels": related(chart="../charts/1.xml", worksheet="/XL/Worksheets/Sheet1.xml"),
        "xl/worksheets/sheet1.xml": sheet(row(2, "<c><v>1</v></c>"))
        .replace("<", "<x:")
        .replace("<x:/", "</x:")
        .replace("xmlns=", "xmlns:x="),
    }
    assert read(book(parts=strict)) == [(2, "1", "", None)]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), min_size=1, max_size=4))
def test_what_another_program_wrote_is_read(names: list[str]) -> None:
    written = io.BytesIO()
    with Workbook(written, {"in_memory": True, "strings_to_formulas": False}) as book:
        page = book.add_worksheet("名单")
        page.write_row(2, 1, ["手机号", "姓名"])
        for number, name in enumerate(names, 5):
            page.write_number(number, 1, 13800000001)
            page.write_string(number, 2, name)
    read_back = [(number, [*cells[1:3], ""][:2]) for number, cells in xlsx_rows(written, Limits())]
    shown = [text_cell(name) for name in names]
    assert read_back == [(3, ["手机号", "姓名"]), *((n, [PHONE, name]) for n, name in enumerate(shown, 6))]
