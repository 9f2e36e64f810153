"""Nothing in this repository is a secret or a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest

from tests.architecture.sources import files, place

EDGE, END = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bglpat-[\w-]{20}"
    r"|\bxox[baprs]-[\w-]{10,}|\bsk-[A-Za-z0-9]{32,}|\beyJ[\w-]{20,}\.eyJ[\w-]{20,}\.[\w-]{20,}"
)
PHONE = re.compile(EDGE + r"(?:\+?86)?(1[3-9]\d{9})" + END)
ID_NUMBER = re.compile(EDGE + r"(\d{17}[\dXx])" + END)
SYNTHETIC_PHONES = re.compile(
    r"^(?:1380000\d{4}|1380013\d{4}|1391111\d{4}|1390000\d{4}|1\d\d12345678|1415555\d{4})$"
)
"""Numbers of demo citizens and tests, the number every Chinese form uses as its example, an American
fictional one."""
SYNTHETIC_ID_NUMBERS = frozenset({"11010519491231002X"})
"""The example that GB 11643-1999 itself prints."""
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def is_id_number(text: str) -> bool:
    """Whether a person could have this identity number: a date of birth and the check digit of GB 11643."""
    try:
        date.fromisoformat(f"{text[6:10]}-{text[10:12]}-{text[12:14]}")
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == text[17].upper()


def findings(text: str) -> Iterator[str]:
    """What in a text must not be there."""
    yield from (found[0] for found in SECRETS.finditer(text))
    yield from (found[1] for found in PHONE.finditer(text) if not SYNTHETIC_PHONES.match(found[1]))
    yield from (
        found[1]
        for found in ID_NUMBER.finditer(text)
        if is_id_number(found[1]) and found[1].upper() not in SYNTHETIC_ID_NUMBERS
    )


def test_no_secret_and_no_person_is_in_the_repository() -> None:
    found = [
        f"{place(path)} {finding}"
        for path in files()
        if path.suffix not in (".pyc", ".png", ".woff2", ".wasm", ".jpg")
        for finding in findings(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN EC " + "PRIVATE KEY-----",
        "phone: 1362" + "4519870",
        "+86187" + "02516349,",
        "32130219900307" + "1230",
        "AKIA" + "IOSFODNN7EXAMPLE",
    ],
)
def test_each_kind_would_be_found(text: str) -> None:
    assert list(findings(text))
