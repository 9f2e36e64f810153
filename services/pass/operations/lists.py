"""Rows of a list as people, or why a row names nobody. Each is named by a phone, by an identity document, or
by both."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.files import Limits, Row, RowRefused, Sheet, read_sheet
from citizen_app.toolkit.people import (
    Document,
    DocumentRefused,
    KnownBy,
    PhoneRefused,
    document_kind_of,
    document_of,
    normalised_phone,
)

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "phone": ("手机号", "手机号码", "手机", "联系电话", "电话", "phone", "mobile", "phonenumber"),
    "id_number": (
        "证件号码",
        "证件号",
        "身份证号",
        "身份证号码",
        "身份证",
        "公民身份号码",
        "idnumber",
        "idcard",
        "documentnumber",
    ),
    "document_kind": ("证件类型", "证件种类", "documentkind", "documenttype"),
    "name": ("姓名", "名字", "name", "fullname"),
    "unit": ("单元", "房号", "门牌", "住址", "部门", "单位", "unit", "room", "flat", "department"),
    "role": ("身份", "类别", "角色", "role", "kind"),
    "valid_from": ("有效期起", "开始日期", "起始日期", "validfrom", "from"),
    "valid_until": ("有效期止", "结束日期", "截止日期", "有效期至", "validuntil", "until"),
}
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
MOST_LIST_ROWS: Final = 2_000
LIMITS: Final = Limits(rows=MOST_LIST_ROWS)
LONGEST_NAME: Final = 40
LONGEST_UNIT: Final = 60
LONGEST_NUMBER: Final = 40
_SCIENTIFIC: Final = re.compile(r"^\d(\.\d+)?[eE]\+?\d+$")
NAMING: Final = ("phone", "id_number")
"""A list has one of these columns, or both."""
_PHONE: Final = re.compile(r"^\+?[\d\s()\-]{5,24}$")

MISSING: Final = Text("缺少内容", "is missing")
NEITHER: Final = Text("手机号和证件号码都没有", "is missing, and so is the number of a document")
SCIENTIFIC: Final = Text(
    "号码被表格改成了科学计数法，请设为文本格式",
    "the number became scientific notation; format the cells as text",
)
NOT_A_PHONE: Final = Text("不是手机号", "is not a mobile number")
NOT_A_NUMBER: Final = Text("不是证件号码", "is not the number of a document")
TOO_LONG: Final = Text("过长", "is too long")
UNKNOWN_KIND: Final = Text("不是已知的证件类型", "is no known kind of document")
UNKNOWN_ROLE: Final = Text("只能是住户、员工或管理员", "must be resident, employee or manager")
ENDS_FIRST: Final = Text("早于有效期起", "lies before the first day")


@dataclass(frozen=True, slots=True)
class Person:
    """One person of a list; the last day is included. `role` None: the row does not say."""

    row: int
    known_by: KnownBy
    name: str
    unit: str
    role: str | None
    valid_from: date | None
    valid_until: date | None


def read_people(stream: BinaryIO, name: str, limits: Limits = LIMITS) -> Sheet:
    """A list of people; `sheet.made` makes a `person` of each row. Raises `FileUnreadable`, here or while
    they are read."""
    return read_sheet(stream, name, COLUMNS, needed=NAMING, limits=limits)


def person(row: Row, today: date) -> Person:
    """The person of a row, born by `today`. Raises `RowRefused` for one that names nobody."""
    first, last = row.day("valid_from"), row.day("valid_until")
    if first and last and last < first:
        raise RowRefused("valid_until", ENDS_FIRST)
    return Person(
        row.number,
        _known_by(row, today),
        row.text("name", LONGEST_NAME),
        row.text("unit", LONGEST_UNIT),
        _role(row),
        first,
        last,
    )


def _known_by(row: Row, today: date) -> KnownBy:
    phone, document = _phone(row), _document(row, today)
    if phone is None and document is None:
        both = all(column in row.header.at for column in NAMING)
        first = next(column for column in NAMING if column in row.header.at)
        raise RowRefused(first, NEITHER if both else MISSING)
    return KnownBy(phone, document)


def _phone(row: Row) -> str | None:
    text = _number(row, "phone", NOT_A_PHONE)
    if not text:
        return None
    try:
        return normalised_phone(text if _PHONE.match(text) else "")
    except PhoneRefused:
        raise RowRefused("phone", NOT_A_PHONE) from None


def _document(row: Row, today: date) -> Document | None:
    number, called = _number(row, "id_number", NOT_A_NUMBER), row.text("document_kind", LONGEST_NUMBER)
    kind = document_kind_of(called) if called else None
    if called and kind is None:
        raise RowRefused("document_kind", UNKNOWN_KIND)
    if not number:
        return None
    if len(number) > LONGEST_NUMBER:
        raise RowRefused("id_number", TOO_LONG)
    try:
        return document_of(number, kind, today)
    except DocumentRefused as refused:
        raise RowRefused("id_number", refused.words) from refused


def _number(row: Row, column: str, otherwise: Text) -> str:
    """A number as text; a spreadsheet may have kept it with a mark, a fraction, or without its last
    digits."""
    cell = row.cell(column)
    if not isinstance(cell, str):
        raise RowRefused(column, otherwise)
    text = cell.lstrip("'").removesuffix(".0")
    if _SCIENTIFIC.match(text):
        raise RowRefused(column, SCIENTIFIC)
    return text


def _role(row: Row) -> str | None:
    cell = row.cell("role")
    if cell == "":
        return None
    role = ROLES.get(str(cell).strip().lower())
    if role is None:
        raise RowRefused("role", UNKNOWN_ROLE)
    return role
