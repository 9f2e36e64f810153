"""Numbers of identity documents: which can exist, and what they say. All people here are made up; division
329901 was never issued."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizen_app.identity.documents import (
    Document,
    DocumentKind,
    DocumentRefused,
    check_character,
    kind_of_number,
    read_document,
    years_old,
)

TODAY = date(2026, 11, 28)
KINDS = list(DocumentKind)


def numbered(first_seventeen: str) -> str:
    return first_seventeen + check_character(first_seventeen)


RESIDENT = numbered("32990119900307123")


@pytest.mark.parametrize(
    ("kind", "number", "born"),
    [
        (DocumentKind.RESIDENT_ID, RESIDENT, date(1990, 3, 7)),
        (DocumentKind.RESIDENT_ID, numbered("11010119491001001"), date(1949, 10, 1)),
        (DocumentKind.RESIDENCE_PERMIT, numbered("81000019851224000"), date(1985, 12, 24)),
        (DocumentKind.RESIDENCE_PERMIT, numbered("83000020000229111"), date(2000, 2, 29)),
        (DocumentKind.PERMANENT_RESIDENT_ID, numbered("91107219880101002"), date(1988, 1, 1)),
        (DocumentKind.PERMANENT_RESIDENT_ID, "FRA320188010112", date(1988, 1, 1)),
        (DocumentKind.PERMANENT_RESIDENT_ID, "FRA320125010112", None),  # 1925 or 2025: only a register knows
        (DocumentKind.PASSPORT, "EA1234567", None),
    ],
)
def test_a_number_says_when_its_holder_was_born(kind: DocumentKind, number: str, born: date | None) -> None:
    assert read_document(kind, number, TODAY) == Document(kind, number, born)
    assert kind_of_number(number) is kind


def test_the_standards_own_example_has_its_check_character() -> None:
    assert check_character("11010519491231002") == "X"  # GB 11643-1999, appendix


@pytest.mark.parametrize("written", [f" {RESIDENT[:6]} {RESIDENT[6:14]}-{RESIDENT[14:]} ", RESIDENT.lower()])
def test_people_write_one_number_in_many_ways(written: str) -> None:
    assert read_document(DocumentKind.RESIDENT_ID, written, TODAY).number == RESIDENT


def test_full_width_digits_are_digits() -> None:
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in RESIDENT)
    assert read_document(DocumentKind.RESIDENT_ID, wide, TODAY).number == RESIDENT


@pytest.mark.parametrize(
    ("kind", "number", "about"),
    [
        (DocumentKind.RESIDENT_ID, RESIDENT[:17], "18"),
        (DocumentKind.RESIDENT_ID, "329901900307123", "18"),  # fifteen digits ended in 2013
        (DocumentKind.RESIDENT_ID, RESIDENT[:17] + ("1" if RESIDENT[17] != "1" else "2"), "逐位"),
        (DocumentKind.RESIDENT_ID, numbered("32990120990307123"), "出生日期"),
        (DocumentKind.RESIDENT_ID, numbered("32990118991231123"), "出生日期"),
        (DocumentKind.RESIDENT_ID, numbered("32990119900230123"), "出生日期"),
        (DocumentKind.RESIDENT_ID, numbered("99990119900307123"), "地区"),
        (DocumentKind.RESIDENT_ID, numbered("81000019851224000"), "居住证"),
        (DocumentKind.RESIDENCE_PERMIT, RESIDENT, "810000"),
        (DocumentKind.PERMANENT_RESIDENT_ID, RESIDENT, "9"),
        (DocumentKind.PERMANENT_RESIDENT_ID, "FRA320188130112", "出生日期"),
        (DocumentKind.PERMANENT_RESIDENT_ID, "FR3201880101123", "字母"),
        (DocumentKind.PASSPORT, "E12", "护照"),
        (DocumentKind.PASSPORT, "E1234567\u202e", "护照"),
    ],
)
def test_a_number_that_cannot_exist_is_refused_with_words(
    kind: DocumentKind, number: str, about: str
) -> None:
    with pytest.raises(DocumentRefused) as refused:
        read_document(kind, number, TODAY)
    assert about in refused.value.words.zh
    assert refused.value.words.en


@given(st.sampled_from(KINDS), st.text(max_size=40))
def test_any_text_is_read_or_refused(kind: DocumentKind, text: str) -> None:
    try:
        read = read_document(kind, text, TODAY)
    except DocumentRefused:
        return
    assert read_document(kind, read.number, TODAY) == read


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(born: date, sequence: int, place: int, shift: int) -> None:
    """ISO 7064 MOD 11-2 finds every single substitution."""
    right = numbered(f"329901{born:%Y%m%d}{sequence:03d}")
    digit = 10 if right[place] == "X" else int(right[place])
    wrong = right[:place] + str((digit + shift) % 10) + right[place + 1 :]
    if wrong == right:
        return
    with pytest.raises(DocumentRefused):
        read_document(DocumentKind.RESIDENT_ID, wrong, TODAY)


def test_a_document_does_not_print_its_number() -> None:
    assert RESIDENT not in repr(read_document(DocumentKind.RESIDENT_ID, RESIDENT, TODAY))


def test_a_birthday_counts_on_its_day() -> None:
    assert years_old(date(2008, 11, 28), TODAY) == 18
    assert years_old(date(2008, 11, 29), TODAY) == 17
    assert years_old(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert years_old(date(2008, 2, 29), date(2026, 3, 1)) == 18
