"""Identity documents: what a number must look like, and what it says by itself. Pure; no register is asked.

Numbers of 18 characters end with the check character of GB 11643-1999 (ISO 7064 MOD 11-2) and carry the date
of birth in characters 7 to 14. Which place their first six digits name is left open: divisions are merged and
renamed, while numbers stay for life.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from citizen_app.text import Text


class DocumentKind(StrEnum):
    """The documents by which a person in China is known."""

    RESIDENT_ID = "resident_id"
    """居民身份证."""
    RESIDENCE_PERMIT = "residence_permit"
    """港澳台居民居住证: the form of the resident ID, divisions 810000, 820000 and 830000."""
    PERMANENT_RESIDENT_ID = "permanent_resident_id"
    """外国人永久居留身份证: 18 digits that begin with 9 since 2023, 15 characters before."""
    PASSPORT = "passport"
    """A passport, ICAO Doc 9303."""


DOCUMENT_TITLES: Final[Mapping[DocumentKind, Text]] = {
    DocumentKind.RESIDENT_ID: Text("居民身份证", "Resident identity card"),
    DocumentKind.RESIDENCE_PERMIT: Text(
        "港澳台居民居住证", "Residence permit for Hong Kong, Macau and Taiwan residents"
    ),
    DocumentKind.PERMANENT_RESIDENT_ID: Text(
        "外国人永久居留身份证", "Foreign permanent resident identity card"
    ),
    DocumentKind.PASSPORT: Text("护照", "Passport"),
}

EARLIEST_BIRTH: Final = date(1900, 1, 1)
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS: Final = "10X98765432"
_EIGHTEEN: Final = re.compile(r"[1-9][0-9]{16}[0-9X]")
_PROVINCES: Final = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
    ]
)
"""GB/T 2260, first two digits. No new province has been numbered since 1997."""
_PERMIT_DIVISIONS: Final = ("810000", "820000", "830000")
_OLD_PERMANENT: Final = re.compile(r"[A-Z]{3}[0-9]{4}(?P<born>[0-9]{6})[0-9]{2}")
LONGEST_PASSPORT: Final = 15
_PASSPORT: Final = re.compile(rf"[A-Z0-9]{{5,{LONGEST_PASSPORT}}}")


class DocumentRefused(ValueError):
    """A number that no document of its kind can have. `words` tells the holder what to look at."""

    def __init__(self, words: Text) -> None:
        super().__init__(words.en)
        self.words = words


@dataclass(frozen=True, slots=True)
class Document:
    """A document by its number, in the one form that is compared and stored. `born` is None where the number
    does not say it."""

    kind: DocumentKind
    number: str
    born: date | None

    def __repr__(self) -> str:
        return f"<Document {self.kind}>"  # a number never reaches a log


def read_document(kind: DocumentKind, number: str, today: date) -> Document:
    """The document of a number as people write it: any case, full-width digits, spaces and hyphens between
    groups.

    Raises `DocumentRefused`; never says whether anybody has the number.
    """
    plain = _plain(number)
    if kind is DocumentKind.RESIDENT_ID:
        return _resident(plain, today)
    if kind is DocumentKind.RESIDENCE_PERMIT:
        return _permit(plain, today)
    if kind is DocumentKind.PERMANENT_RESIDENT_ID:
        return _permanent(plain, today)
    if not _PASSPORT.fullmatch(plain):
        raise DocumentRefused(
            Text("护照号码为 5 至 15 位字母和数字。", "A passport number has 5 to 15 letters and digits.")
        )
    return Document(kind, plain, None)


def kind_of_number(number: str) -> DocumentKind:
    """The kind that a number of 15 or 18 characters has by its own form. Anything else is taken for a
    passport, but what is too long for one: that is a mistyped identity card."""
    plain = _plain(number)
    if _EIGHTEEN.fullmatch(plain):
        if plain.startswith("9"):
            return DocumentKind.PERMANENT_RESIDENT_ID
        if plain.startswith(_PERMIT_DIVISIONS):
            return DocumentKind.RESIDENCE_PERMIT
        return DocumentKind.RESIDENT_ID
    if _OLD_PERMANENT.fullmatch(plain):
        return DocumentKind.PERMANENT_RESIDENT_ID
    return DocumentKind.RESIDENT_ID if len(plain) > LONGEST_PASSPORT else DocumentKind.PASSPORT


def check_character(first_seventeen: str) -> str:
    """The check character of GB 11643-1999, 0 to 9 or X, for seventeen digits."""
    total = sum(int(digit) * weight for digit, weight in zip(first_seventeen, _WEIGHTS, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def years_old(born: date, day: date) -> int:
    """Completed years on a day; a birthday of 29 February counts on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _plain(number: str) -> str:
    half_width = number.translate({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)})
    return re.sub(r"[\s\-·]", "", half_width).upper()


def _resident(plain: str, today: date) -> Document:
    born = _born_of_eighteen(plain, today)
    if plain.startswith(_PERMIT_DIVISIONS):
        raise DocumentRefused(
            Text(
                "这是港澳台居民居住证的号码，请选择该证件。",
                "This is the number of a residence permit; choose that document.",
            )
        )
    if plain[:2] not in _PROVINCES:
        raise DocumentRefused(
            Text(
                "号码开头的地区代码不存在，请核对前两位。",
                "No province has these first two digits; look at them again.",
            )
        )
    return Document(DocumentKind.RESIDENT_ID, plain, born)


def _permit(plain: str, today: date) -> Document:
    born = _born_of_eighteen(plain, today)
    if not plain.startswith(_PERMIT_DIVISIONS):
        raise DocumentRefused(
            Text(
                "港澳台居民居住证号码以 810000、820000 或 830000 开头。",
                "The number of a residence permit begins with 810000, 820000 or 830000.",
            )
        )
    return Document(DocumentKind.RESIDENCE_PERMIT, plain, born)


def _permanent(plain: str, today: date) -> Document:
    if _EIGHTEEN.fullmatch(plain):
        born = _born_of_eighteen(plain, today)
        if not plain.startswith("9"):
            raise DocumentRefused(
                Text(
                    "新版外国人永久居留身份证号码以 9 开头。",
                    "The number of a new permanent resident card begins with 9.",
                )
            )
        return Document(DocumentKind.PERMANENT_RESIDENT_ID, plain, born)
    old = _OLD_PERMANENT.fullmatch(plain)
    if old is None:
        raise DocumentRefused(
            Text(
                "号码为 18 位数字，旧版为 3 个字母加 12 位数字。",
                "The number has 18 digits, or on an old card 3 letters and 12 digits.",
            )
        )
    return Document(DocumentKind.PERMANENT_RESIDENT_ID, plain, _born_in_either_century(old["born"], today))


def _born_of_eighteen(plain: str, today: date) -> date:
    if not _EIGHTEEN.fullmatch(plain):
        raise DocumentRefused(
            Text(
                "号码应为 18 位，最后一位可以是 X。",
                "The number has 18 characters; the last may be an X.",
            )
        )
    born = _date(plain[6:14], today)
    if check_character(plain[:17]) != plain[17]:
        raise DocumentRefused(
            Text("号码有误，请逐位核对。", "A digit of the number is wrong; look at each of them.")
        )
    return born


def _date(digits: str, today: date) -> date:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        born = date.min
    if not EARLIEST_BIRTH <= born <= today:
        raise DocumentRefused(
            Text(
                "号码中的出生日期不存在，请核对。",
                "The date of birth in the number is none; look at its eight digits.",
            )
        )
    return born


def _born_in_either_century(digits: str, today: date) -> date | None:
    """The day of a year written with two digits; None where both centuries have it and only a register knows.
    Raises for no day."""
    found = []
    for century in ("19", "20"):
        try:
            found.append(_date(century + digits, today))
        except DocumentRefused as refused:
            reason = refused
    if not found:
        raise reason
    return found[0] if len(found) == 1 else None
