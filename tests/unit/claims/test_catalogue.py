"""The catalogue: every claim has words, and names of claims are names of scopes."""

from __future__ import annotations

import pytest

from citizen_app.claims.catalogue import CLAIMS, GRANTED, answer_in, answered, as_logged
from citizen_app.claims.shown import words_of
from citizen_app.registry.contract import NAME, NOT_TOLD_TO_KIOSKS, SCOPES
from citizen_app.scans.meaning import REVEAL
from citizen_app.text import Text


def test_scopes_are_the_claims_and_a_few_fields() -> None:
    assert set(SCOPES) == {*CLAIMS, *REVEAL}
    assert set(CLAIMS).isdisjoint(REVEAL)
    assert set(CLAIMS) < NOT_TOLD_TO_KIOSKS
    assert all(NAME.match(name) and len(name) <= 20 for name in CLAIMS), "the column holds twenty letters"


def test_what_no_date_of_birth_decides_is_granted() -> None:
    assert set(GRANTED) == {"student", "disabled", "veteran", "resident", "low_income"}
    assert {name for name, claim in CLAIMS.items() if claim.by_age} == {
        "senior",
        "age_65",
        "age_70",
        "child",
        "under_14",
        "minor",
    }


def test_the_log_keeps_the_answer_and_reads_what_was_kept_before() -> None:
    logged = as_logged({"senior": True, "masked_name": "张*", "student": False})
    assert logged == ["masked_name", "senior:yes", "student:no"]
    assert [answer_in(one) for one in [*logged, "fare_class"]] == [
        ("masked_name", None),
        ("senior", True),
        ("student", False),
        ("fare_class", None),
    ]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (True, Text("是否为学生：是", "Whether you are a student: yes")),
        (False, Text("是否为学生：否", "Whether you are a student: no")),
        (None, Text("是否为学生", "Whether you are a student")),
    ],
)
def test_a_citizen_reads_what_was_asked_and_answered(answer: bool | None, words: Text) -> None:
    assert answered(CLAIMS["student"], answer) == words


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        (None, None),
        ("残疾人证", Text("残疾人证", "残疾人证")),
        ('{"zh": "居住证", "en": "Residence permit"}', Text("居住证", "Residence permit")),
        ("12", Text("12", "12")),
        ('["a"]', Text('["a"]', '["a"]')),
        ('{"zh": "x"}', Text('{"zh": "x"}', '{"zh": "x"}')),
    ],
)
def test_evidence_is_words_of_one_person_or_of_a_service(stored: str | None, words: Text | None) -> None:
    assert words_of(stored) == words
