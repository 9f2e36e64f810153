"""Rows of a list as people, or why a row names nobody. Pure but for telling phone numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.files import Limits, Row, RowRefused, Sheet, read_sheet

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "phone": ("手机号", "手机号码", "手机", "联系电话", "电话", "phone", "mobile", "phonenumber"),
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
_SCIENTIFIC: Final = re.compile(r"^\d(\.\d+)?[eE]\+?\d+$")
_PHONE: Final = re.compile(r"^\+?[\d\s()\-]{5,24}$")

MISSING: Final = Text("缺少内容", "is missing")
SCIENTIFIC: Final = Text(
    "号码被表格改成了科学计数法，请设为文本格式",
    "the number became scientific notation; format the cells as text",
)
NOT_A_PHONE: Final = Text("不是手机号", "is not a mobile number")
UNKNOWN_ROLE: Final = Text("只能是住户、员工或管理员", "must be resident, employee or manager")
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


def read_people(stream: BinaryIO, name: str, limits: Limits = LIMITS) -> Sheet:
    """A list of people, of which `sheet.made(person)` are the rows. Raises `FileUnreadable`, here or while
    they are read."""
    return read_sheet(stream, name, COLUMNS, needed="phone", limits=limits)


def person(row: Row) -> Person:
    """The person of a row. Raises `RowRefused` for one that names nobody."""
    first, last = row.day("valid_from"), row.day("valid_until")
    if first and last and last < first:
        raise RowRefused("valid_until", ENDS_FIRST)
    return Person(
        row.number,
        _phone(row),
        row.text("name", LONGEST_NAME),
        row.text("unit", LONGEST_UNIT),
        _role(row),
        first,
        last,
    )


def _phone(row: Row) -> str:
    cell = row.cell("phone")
    if not isinstance(cell, str) or not cell:
        raise RowRefused("phone", NOT_A_PHONE if cell else MISSING)
    text = cell.lstrip("'").removesuffix(".0")
    if _SCIENTIFIC.match(text):
        raise RowRefused("phone", SCIENTIFIC)
    if not _PHONE.match(text):
        raise RowRefused("phone", NOT_A_PHONE)
    return text


def _role(row: Row) -> str | None:
    cell = row.cell("role")
    if cell == "":
        return None
    role = ROLES.get(str(cell).strip().lower())
    if role is None:
        raise RowRefused("role", UNKNOWN_ROLE)
    return role
