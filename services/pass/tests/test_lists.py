"""Lists as places really hand them in: titles above the header, numbers that were phones, formulas, blank
rows, every encoding."""

from __future__ import annotations

import io
from datetime import date, datetime
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from openpyxl import Workbook

from citizen_app.toolkit.files import FileUnreadable, Rejected
from citizen_app.toolkit.people import KnownBy
from citizen_app.toolkit.testing import City

from ..operations.lists import Person, person, read_people

HEADER = ["姓名", "手机号", "房号", "身份", "有效期止"]
PHONE = "13800138000"
E164 = "+8613800138000"
CARD = City.unused_id_number()


born_by_then = partial(person, today=date(2026, 11, 28))


def xlsx(*rows: list[Any], merge: str | None = None) -> bytes:
    """A workbook with one sheet."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def read(content: bytes, name: str) -> list[Person | Rejected]:
    """What a file says."""
    return list(read_people(io.BytesIO(content), name).made(born_by_then))


def reasons(content: bytes, name: str) -> list[tuple[int, str, str]]:
    """The rejected rows."""
    found = read(content, name)
    return [(one.row, one.column, one.why.en) for one in found if isinstance(one, Rejected)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_of_every_office(encoding: str, separator: str) -> None:
    lines = [
        "人员登记表",
        "",
        separator.join(HEADER),
        separator.join(["张三", PHONE, "3-2-1201", "住户", "2026/12/31"]),
    ]
    (found,) = read("\r\n".join(lines).encode(encoding), "名单.CSV")
    assert found == Person(4, KnownBy(E164), "张三", "3-2-1201", "resident", None, date(2026, 12, 31))


def test_xlsx_with_a_merged_title_numbers_and_dates() -> None:
    content = xlsx(
        ["骆马湖花园住户名单", None, None, None, None],
        HEADER,
        ["张三", 13800138000, "3-2-1201", None, datetime(2026, 12, 31, 10)],
        [None] * 5,
        [" 李 四 ", 13800138000.0, 1201, "业主", "2026年1月5日"],
        ["王五", "'" + PHONE, "1", "employee", None],
        merge="A1:E1",
    )
    first, second, third = read(content, "a.xlsx")
    assert isinstance(first, Person) and isinstance(second, Person) and isinstance(third, Person)
    assert (first.known_by.phone, first.role, first.valid_until) == (E164, None, date(2026, 12, 31))
    assert (second.row, second.name, second.known_by.phone, second.unit) == (5, "李 四", E164, "1201")
    assert second.valid_until == date(2026, 1, 5)
    assert (third.known_by.phone, third.role) == (E164, "employee")


@pytest.mark.parametrize(
    ("cell", "column", "words"),
    [
        ({"phone": "=A1"}, "手机号", "formula"),
        ({"phone": "1.38E+10"}, "手机号", "scientific"),
        ({"phone": ""}, "手机号", "missing"),
        ({"phone": "打电话"}, "手机号", "mobile"),
        ({"name": "=HYPERLINK(1)"}, "姓名", "formula"),
        ({"name": "很" * 41}, "姓名", "too long"),
        ({"role": "国王"}, "身份", "must be"),
        ({"until": "明年"}, "有效期止", "date"),
        ({"until": "2026-02-30"}, "有效期止", "date"),
        ({"name": "张三\u202egnp"}, "姓名", "U+202E"),
        ({"unit": "3-2\u200b"}, "房号", "U+200B"),
        ({"phone": PHONE + "\x7f"}, "手机号", "U+007F"),
    ],
)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_row_that_names_nobody_says_which_cell_and_why(
    cell: dict[str, str], column: str, words: str, kind: str
) -> None:
    row = {"name": "张三", "phone": PHONE, "unit": "1", "role": "", "until": "", **cell}
    rows = [HEADER, list(row.values())]
    content = xlsx(*rows) if kind == "xlsx" else "\n".join(map(",".join, rows)).encode()
    ((number, named, why),) = reasons(content, f"a.{kind}")
    assert (number, named) == (2, column)
    assert words in why


def numbers(content: bytes, name: str = "a.csv") -> list[tuple[str | None, str | None]]:
    """Phone and document of each person."""
    known = [one.known_by for one in read(content, name) if isinstance(one, Person)]
    return [(one.phone, one.document.number if one.document else None) for one in known]


@pytest.mark.parametrize(
    "title", ["证件号码", "身份证号", "身份证号码", "公民身份号码", "ID number", "Id_Card"]
)
def test_a_list_names_people_by_document_alone(title: str) -> None:
    assert numbers(f"{title},姓名\n{CARD},张三\n".encode()) == [(None, CARD)]


def test_a_list_names_people_by_phone_by_document_or_by_both() -> None:
    lines = [
        "姓名,手机号,身份证号,证件类型",
        f"张三,{PHONE},,",
        f"李四,,{CARD},身份证",
        f"王五,{PHONE},e12345678,护照",
    ]
    assert numbers("\n".join(lines).encode()) == [(E164, None), (None, CARD), (E164, "E12345678")]


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (["张三", "", "", ""], "手机号", "document"),
        (["张三", PHONE, CARD[:17] + "0", ""], "身份证号", "look at each"),
        (["张三", "", "3.29901E+17", ""], "身份证号", "scientific"),
        (["张三", "", "12", ""], "身份证号", "5 to 15"),
        (["张三", "", "1" * 41, ""], "身份证号", "too long"),
        (["张三", "", CARD, "护照"], "身份证号", "5 to 15"),
        (["张三", "", CARD, "饭卡"], "证件类型", "no known kind"),
        (["张三", "123", CARD, ""], "手机号", "mobile"),
    ],
)
def test_a_row_without_a_right_number_says_why(row: list[str], column: str, words: str) -> None:
    content = "\n".join([",".join(["姓名", "手机号", "身份证号", "证件类型"]), ",".join(row)]).encode()
    ((number, named, why),) = reasons(content, "a.csv")
    assert (number, named) == (2, column)
    assert words in why


def test_an_identity_number_that_a_spreadsheet_took_for_a_number_is_refused() -> None:
    """It has lost its last digits, and another person may have what is left."""
    ((number, column, why),) = reasons(xlsx(["姓名", "身份证号"], ["张三", float(CARD)]), "a.xlsx")
    assert (number, column) == (2, "身份证号")
    assert "scientific" in why


def test_no_list_of_people_is_printed_with_its_numbers() -> None:
    (found,) = read(f"姓名,手机号,身份证号\n张三,{PHONE},{CARD}\n".encode(), "a.csv")
    assert PHONE not in repr(found)
    assert CARD not in repr(found)


@pytest.mark.parametrize(
    "title", ["房号/部门", "单元、房号", "住址 / 单位", "Unit/Room", "房号／部门", "部门"]
)
def test_a_title_may_join_names_of_one_column(title: str) -> None:
    sheet = read_people(
        io.BytesIO(f"手机号/联系电话,姓名,{title}\n{PHONE},张三,3-2-1201\n".encode()), "a.csv"
    )
    (found,) = sheet.made(born_by_then)
    assert isinstance(found, Person)
    assert (found.unit, sheet.header.ignored) == ("3-2-1201", ())


def test_titles_that_name_no_column_or_two_are_told() -> None:
    sheet = read_people(io.BytesIO(f"序号,手机号,,姓名/房号,备 注\n1,{PHONE},,张三,x\n".encode()), "a.csv")
    assert sheet.header.ignored == ("序号", "姓名/房号", "备 注")
    assert [found.unit for found in sheet.made(born_by_then) if isinstance(found, Person)] == [""]


def test_a_long_number_that_a_spreadsheet_kept_as_text_is_read() -> None:
    (found,) = read(f'手机号,姓名\n="{PHONE}",张三'.encode(), "a.csv")
    assert isinstance(found, Person)
    assert found.known_by.phone == E164


def test_row_numbers_follow_line_breaks_inside_cells() -> None:
    content = f'手机号,姓名\n{PHONE},"张\n三"\nx,李四'.encode()
    found, rejected = read(content, "a.csv")
    assert isinstance(found, Person)
    assert (found.name, rejected.row) == ("张 三", 4)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "a.csv"),
        ("姓名,部门\n张三,一\n".encode(), "a.csv"),
        ("手机号,电话\n1,2\n".encode(), "a.csv"),
        (b"\xff\xff\xff\xff", "a.csv"),
        (b"PK\x03\x04 not a zip", "a.xlsx"),
        (xlsx(HEADER)[:-40], "a.xlsx"),
        ("手机号,姓名\n".encode(), "a.xlsx"),
        (xlsx(["姓名"]), "a.xlsx"),
        ('手机号\n"13800138000\n'.encode(), "a.csv"),
        ("手机号\n1380\0\n".encode(), "a.csv"),
    ],
)
def test_what_is_no_list_is_refused_as_a_whole(content: bytes, name: str) -> None:
    with pytest.raises(FileUnreadable):
        read(content, name)


@given(some.binary(max_size=300), some.sampled_from(["a.csv", "a.xlsx"]))
def test_no_bytes_do_anything_but_be_read_or_refused(content: bytes, name: str) -> None:
    try:
        found = read(b"\xe6\x89\x8b\xe6\x9c\xba\xe5\x8f\xb7\n" * (name == "a.csv") + content, name)
    except FileUnreadable:
        return
    assert all(isinstance(one, Person | Rejected) for one in found)
