"""Rows of a list as people, or why a row names nobody. Pure but for telling phone numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final, Literal

from citizen_app.toolkit.contract import Text

from .cells import Cell, FileUnreadable, Formula

Column = Literal["phone", "name", "unit", "role", "valid_from", "valid_until"]
HEADERS: Final[dict[Column, tuple[str, ...]]] = {
    "phone": ("手机号", "手机号码", "手机", "联系电话", "电话", "phone", "mobile", "phonenumber"),
    "name": ("姓名", "名字", "name", "fullname"),
    "unit": ("单元", "房号", "门牌", "住址", "部门", "单位", "unit", "room", "flat", "department"),
    "role": ("身份", "类别", "角色", "role", "kind"),
    "valid_from": ("有效期起", "开始日期", "起始日期", "validfrom", "from"),
    "valid_until": ("有效期止", "结束日期", "截止日期", "有效期至", "validuntil", "until"),
}
TITLES: Final[dict[Column, str]] = {column: names[0] for column, names in HEADERS.items()}
ROLES: Final = {
    "住户": "resident",
    "业主": "resident",
    "租户": "resident",
    "居民": "resident",
    "resident": "resident",
    "员工": "employee",
    "职工": "employee",
    "employee": "employee",
    "管理员": "manager",
    "管理人员": "manager",
    "manager": "manager",
}
_COLUMN_BY_NAME: Final = {name: column for column, names in HEADERS.items() for name in names}
LOOK_FOR_HEADER: Final = 10
LONGEST_NAME: Final = 40
LONGEST_UNIT: Final = 60
_DATE: Final = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$")
_SCIENTIFIC: Final = re.compile(r"^\d(\.\d+)?[eE]\+?\d+$")
_PHONE: Final = re.compile(r"^\+?[\d\s()\-]{5,24}$")

NO_HEADER: Final = Text(
    "前 10 行中没有含“手机号”的表头", "no header with “phone” (手机号) in the first 10 rows"
)
TWICE_IN_HEADER: Final = Text("表头中“{column}”出现两次", "the header names “{column}” twice")
MISSING: Final = Text("缺少内容", "is missing")
IS_FORMULA: Final = Text("是公式，请改为数值", "is a formula; paste it as a value")
SCIENTIFIC: Final = Text(
    "号码被表格改成了科学计数法，请设为文本格式",
    "the number became scientific notation; format the cells as text",
)
NOT_A_PHONE: Final = Text("不是手机号", "is not a mobile number")
TOO_LONG: Final = Text("过长", "is too long")
UNKNOWN_ROLE: Final = Text("只能是住户、员工或管理员", "must be resident, employee or manager")
NOT_A_DATE: Final = Text("不是日期，请写成 2026-01-31", "is not a date; write 2026-01-31")
ENDS_FIRST: Final = Text("早于有效期起", "lies before the first day")


@dataclass(frozen=True, slots=True)
class Person:
    """One person of a list; the last day is included. `role` None: the row does not say."""

    row: int
    phone: str
    name: str
    unit: str
    role: str | None
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not taken, the column (as the header calls it) and why."""

    row: int
    column: str
    why: Text


@dataclass(frozen=True, slots=True)
class Header:
    """Where a list has its columns and what it calls them; `ignored` are the titles that name none."""

    at: dict[Column, int]
    titles: dict[Column, str]
    ignored: tuple[str, ...]


class RowRefused(Exception):
    """A row names nobody."""

    def __init__(self, column: Column, why: Text) -> None:
        super().__init__(why.en)
        self.column, self.why = column, why


def header_of(rows: Iterator[tuple[int, list[Cell]]]) -> Header:
    """The header among the first rows, which are consumed with it. Raises `FileUnreadable` when there is none."""
    for _, row in islice(rows, LOOK_FOR_HEADER):
        if (header := _header_in(row)) is not None:
            return header
    raise FileUnreadable(NO_HEADER)


def people_of(rows: Iterator[tuple[int, list[Cell]]], header: Header) -> Iterator[Person | Rejected]:
    """Each row below the header, as a person or as refused."""
    for number, row in rows:
        try:
            yield _person(number, row, header)
        except RowRefused as refused:
            yield Rejected(number, header.titles.get(refused.column, TITLES[refused.column]), refused.why)


def _header_in(row: list[Cell]) -> Header | None:
    """The row's columns, if it is the header: titles above it (often one merged cell) name no phone."""
    at: dict[Column, int] = {}
    titles: dict[Column, str] = {}
    ignored: list[str] = []
    for index, cell in enumerate(row):
        title = " ".join(cell.split()) if isinstance(cell, str) else ""
        column = _column_of(title)
        if column is None:
            ignored += [title] if title else []
            continue
        if column in at:
            raise FileUnreadable(TWICE_IN_HEADER.fill(column=TITLES[column]))
        at[column], titles[column] = index, title
    return Header(at, titles, tuple(ignored)) if "phone" in at else None


def _column_of(title: str) -> Column | None:
    """The column that a title names, by one name or by several that mean the same: 房号/部门."""
    names = re.split("[/／、]", re.sub(r"[\s_*:：()（）]", "", title).lower())
    columns = {_COLUMN_BY_NAME.get(name) for name in names}
    return columns.pop() if len(columns) == 1 else None


def _person(number: int, row: list[Cell], header: Header) -> Person:
    def cell(column: Column) -> Cell:
        index = header.at.get(column)
        found = row[index] if index is not None and index < len(row) else ""
        if isinstance(found, Formula):
            raise RowRefused(column, IS_FORMULA)
        return found

    first, last = _date(cell("valid_from"), "valid_from"), _date(cell("valid_until"), "valid_until")
    if first and last and last < first:
        raise RowRefused("valid_until", ENDS_FIRST)
    return Person(
        number,
        _phone(cell("phone")),
        _text(cell("name"), "name", LONGEST_NAME),
        _text(cell("unit"), "unit", LONGEST_UNIT),
        _role(cell("role")),
        first,
        last,
    )


def _phone(cell: Cell) -> str:
    if not isinstance(cell, str) or not cell:
        raise RowRefused("phone", NOT_A_PHONE if cell else MISSING)
    text = cell.lstrip("'").removesuffix(".0")
    if _SCIENTIFIC.match(text):
        raise RowRefused("phone", SCIENTIFIC)
    if not _PHONE.match(text):
        raise RowRefused("phone", NOT_A_PHONE)
    return text


def _text(cell: Cell, column: Column, longest: int) -> str:
    text = " ".join(str(cell).split())
    if len(text) > longest:
        raise RowRefused(column, TOO_LONG)
    return text


def _role(cell: Cell) -> str | None:
    if cell == "":
        return None
    role = ROLES.get(str(cell).strip().lower())
    if role is None:
        raise RowRefused("role", UNKNOWN_ROLE)
    return role


def _date(cell: Cell, column: Column) -> date | None:
    if cell == "":
        return None
    if isinstance(cell, date):
        return cell
    found = _DATE.match(str(cell))
    try:
        assert found is not None
        return date(*map(int, found.groups()))
    except (AssertionError, ValueError) as error:
        raise RowRefused(column, NOT_A_DATE) from error
