"""CSV as offices write it, and as nobody does."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizen_app.sheets.csv_rows import LONGEST_LINE, MOST_LINES_OF_A_ROW
from citizen_app.sheets.limits import FileUnreadable, Limits
from citizen_app.sheets.reading import LOOK_FOR_HEADER, read_sheet
from citizen_app.storage.unit_of_work import UnitOfWork, current_unit
from tests.unit.sheets.books import COLUMNS, opened, read

HEADER = "手机号,姓名\n"


def listed(text: str, limits: Limits | None = None) -> list[tuple[int, object, object, object]]:
    """Rows of a CSV."""
    return read((HEADER + text).encode(), "a.csv", limits)


def test_blank_lines_are_counted_and_cost_nothing_else() -> None:
    assert listed("\n" * 98 + "1,张三\n", Limits(marks=100, rows=1)) == [(100, "1", "张三", None)]
    with pytest.raises(FileUnreadable, match="more than 100 cells or blank rows"):
        listed("\n" * 100, Limits(marks=100))
    with pytest.raises(FileUnreadable, match="blank rows"):
        listed("\n" * (2 * 2**20))


def test_cells_are_counted() -> None:
    assert len(listed("1,a\n,,\n2,b\n", Limits(cells=6))) == 2
    with pytest.raises(FileUnreadable, match="more than 5 cells"):
        listed("1,a\n,,\n2,b\n", Limits(cells=5))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a" * (2 * 2**20), "line 2 is too long"),
        ("a," * 2**20, "line 2 is too long"),
        ("1,a\n" + "," * (LONGEST_LINE + 1), "line 3 is too long"),
        ('"' + "\n" * (MOST_LINES_OF_A_ROW + 1), "line 2 is not CSV"),
        ('"\n",' * (MOST_LINES_OF_A_ROW + 1), "line 2 is not CSV"),
        ('"a"b\n', "line 2 is not CSV"),
        ('1,a\n"', "line 3 is not CSV"),
        ("1\0,a\n", "neither UTF-8"),
        ("1," * 256 + "1\n", "row 2 has more than 256 columns"),
    ],
)
def test_what_is_no_list_says_where(text: str, words: str) -> None:
    with pytest.raises(FileUnreadable, match=words):
        listed(text)


@pytest.mark.parametrize(
    "content", [HEADER.encode("utf-16"), HEADER.encode("utf-16-le"), HEADER.encode("utf-32"), b"\x81" * 1001]
)
def test_another_encoding_is_told(content: bytes) -> None:
    with pytest.raises(FileUnreadable, match="neither UTF-8 nor GB 18030"):
        read(content, "a.csv")


def test_blank_columns_beyond_the_last_are_nothing() -> None:
    assert listed("1,张三" + "," * 300 + "\n") == [(2, "1", "张三", None)]


@pytest.mark.parametrize("unseen", ["\x07", "\x1b", "\x7f", "\u200b", "\u202e", "\u2066", "\ufeff", "\u2028"])
def test_letters_that_nobody_sees_are_refused_as_in_the_api(unseen: str) -> None:
    ((number, column, why, _), kept) = listed(f"1,张{unseen}三\n2,李四\n")
    assert (number, column) == (2, "姓名")
    assert f"U+{ord(unseen):04X}" in str(why)
    assert kept == (3, "2", "李四", None)


def test_white_space_is_one_space() -> None:
    assert listed('1,"张\r\n\t三\u3000 "\n') == [(2, "1", "张 三", None)]


def test_titles_are_told_as_they_are_seen() -> None:
    sheet = opened("手机号,\x1b[31m楼\u202e栋\n1,2\n".encode(), "a.csv")
    assert sheet.header.ignored == ("[31m楼栋",)


def test_the_header_is_among_the_first_rows_or_the_file_is_refused() -> None:
    titles = "标题\n" * (LOOK_FOR_HEADER - 1)
    assert read((titles + HEADER + "1,a\n").encode(), "a.csv") == [(LOOK_FOR_HEADER + 1, "1", "a", None)]
    with pytest.raises(FileUnreadable, match="no header with “手机号” in the first 10 rows"):
        read((titles + "标题\n" + HEADER).encode(), "a.csv")


def test_rows_below_the_header_are_counted_exactly() -> None:
    text = "".join(f"{n},a\n\n" for n in range(5))
    assert len(listed(text, Limits(rows=5))) == 5
    with pytest.raises(FileUnreadable, match="more than 4 rows"):
        listed(text, Limits(rows=4))


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_no_file_is_read_while_a_unit_of_work_is_open(name: str) -> None:
    def no_connection() -> object:
        raise AssertionError("nobody asks for one")

    rows = opened((HEADER + "1,a\n2,b\n").encode(), "a.csv").rows
    token = current_unit.set(UnitOfWork(no_connection))  # type: ignore[arg-type]
    try:
        with pytest.raises(RuntimeError, match="read first, then write"):
            read_sheet(io.BytesIO(HEADER.encode()), name, COLUMNS, needed="phone")
        with pytest.raises(RuntimeError, match="read first, then write"):
            list(rows)
    finally:
        current_unit.reset(token)


@given(st.binary(max_size=300), st.sampled_from(["a.csv", "a.xlsx"]))
def test_no_bytes_do_anything_but_be_read_or_refused(content: bytes, name: str) -> None:
    try:
        found = read(HEADER.encode() * (name == "a.csv") + content, name)
    except FileUnreadable:
        return
    assert all(isinstance(number, int) for number, *_ in found)
