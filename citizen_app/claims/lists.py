"""Rows of a list of claims, or why a row says nothing. Days are the city's; the last one is included."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from citizen_app.citizens.documents import document_index
from citizen_app.claims.catalogue import CLAIMS
from citizen_app.claims.operations import NEEDS_END
from citizen_app.claims.truth import beginning_of
from citizen_app.claims.waiting import name_index
from citizen_app.clock import now
from citizen_app.identity.documents import DocumentRefused, kind_of_number, read_document
from citizen_app.identity.importing import KINDS, LONGEST_NUMBER, MISSING, UNKNOWN_KIND
from citizen_app.identity.names import LONGEST_NAME, letters_of
from citizen_app.settings import current_settings
from citizen_app.sheets.reading import Row, RowRefused
from citizen_app.text import Text

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "number": ("证件号码", "证件号", "身份证号", "身份证号码", "公民身份号码", "idnumber", "number"),
    "name": ("姓名", "名字", "name", "fullname"),
    "kind": ("证件类型", "证件种类", "documentkind", "kind"),
    "type": ("身份属性", "属性", "类别", "type", "claim"),
    "valid_from": ("有效期起", "开始日期", "起始日期", "validfrom", "from"),
    "valid_to": ("有效期止", "结束日期", "截止日期", "有效期至", "validto", "validuntil", "to", "until"),
}
TYPES: Final = {
    **{name: name for name in CLAIMS},
    **{claim.title.zh: claim.name for claim in CLAIMS.values()},
    **{claim.title.en.lower(): claim.name for claim in CLAIMS.values()},
}
LONGEST_TYPE: Final = 40
YEARS: Final = (1970, 2200)
UNKNOWN_TYPE: Final = Text(
    "不是可登记的身份属性；可填：" + "、".join(claim.title.zh for claim in CLAIMS.values()),
    "is no claim that can be granted; one of: " + ", ".join(claim.title.en for claim in CLAIMS.values()),
)
ENDS_FIRST: Final = Text("早于有效期起", "lies before the first day")
OUT_OF_TIME: Final = Text("应在 1970 年到 2200 年之间", "must lie between the years 1970 and 2200")


@dataclass(frozen=True, slots=True)
class Listed:
    """What a row says: the index of a document, of a name, and a claim from one moment to another (not
    included)."""

    index: bytes = field(repr=False)
    name: bytes = field(repr=False)
    type: str
    valid_from: datetime
    valid_to: datetime | None

    @property
    def statement(self) -> bytes:
        """A digest by which the same row is known when it comes again (32 bytes)."""
        end = self.valid_to.isoformat() if self.valid_to else ""
        said = f"{self.index.hex()} {self.name.hex()} {self.type} {self.valid_from.isoformat()} {end}"
        return hashlib.sha256(said.encode()).digest()


def listed(row: Row) -> Listed:
    """What a row says. Raises `RowRefused`."""
    zone = current_settings().timezone
    name = row.text("name", LONGEST_NAME)
    if not letters_of(name):
        raise RowRefused("name", MISSING)
    claim = CLAIMS.get(TYPES.get(row.text("type", LONGEST_TYPE).lower(), ""))
    if claim is None:
        raise RowRefused("type", UNKNOWN_TYPE if row.text("type", LONGEST_TYPE) else MISSING)
    first, last = _day(row, "valid_from"), _day(row, "valid_to")
    if first is None:
        raise RowRefused("valid_from", MISSING)
    if last is None and claim.needs_end:
        raise RowRefused("valid_to", NEEDS_END)
    if last is not None and last < first:
        raise RowRefused("valid_to", ENDS_FIRST)
    index = _document(row, now().astimezone(zone).date())
    end = None if last is None else beginning_of(last + timedelta(days=1), zone)
    return Listed(index, name_index(name), claim.name, beginning_of(first, zone), end)


def _day(row: Row, column: str) -> date | None:
    day = row.day(column)
    if day is not None and not YEARS[0] <= day.year < YEARS[1]:
        raise RowRefused(column, OUT_OF_TIME)
    return day


def _document(row: Row, today: date) -> bytes:
    number, kind_title = row.text("number", LONGEST_NUMBER), row.text("kind", LONGEST_NAME)
    if not number:
        raise RowRefused("number", MISSING)
    kind = KINDS.get(kind_title.lower()) if kind_title else kind_of_number(number)
    if kind is None:
        raise RowRefused("kind", UNKNOWN_KIND)
    try:
        document = read_document(kind, number, today)
    except DocumentRefused as refused:
        raise RowRefused("number", refused.words) from refused
    return document_index(document.kind, document.number)
