"""What a service sees of a citizen, as a rule without a database."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizen_app.consent.models import Agreed
from citizen_app.consent.notice import BODY, SUMMARY, Notice, Words
from citizen_app.consent.terms import Terms, needed, raise_consent_missing, terms_of
from citizen_app.registry.contract import SCOPES, Scope, ServiceModule
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

WHY = Text("试验", "Trial")
LAW = Text("《试验条例》第一条", "Rules of trial, art. 1")
FARE = Scope("senior", WHY, basis="legal_duty", law=LAW)
NAME = Scope("masked_name", WHY)
CONTACT = Scope("contact_ref", WHY, essential=True)
PHONE = Scope("masked_phone", WHY, essential=True, sensitive=True)
EVERYTHING = frozenset(SCOPES)


def service(*scopes: Scope) -> ServiceModule:
    """A service that declares these."""
    return ServiceModule("clinic", "1", 1, WHY, WHY, WHY, "cross", "health", (), scopes=scopes)


def agreed(*names: str, by_name: bool = False) -> dict[str, Agreed]:
    """Agreements to fields."""
    return {name: Agreed(since="2026-01-01T00:00:00.000Z", by_name=by_name) for name in names}


ALL = terms_of(service(FARE, NAME, CONTACT, PHONE), EVERYTHING)


def test_what_the_law_says_needs_no_consent_and_everything_else_does() -> None:
    assert ALL.granted(None) == ALL.granted({}) == {"senior"}
    assert ALL.granted(agreed("masked_name")) == {"senior", "masked_name"}


def test_a_sensitive_field_is_agreed_to_by_name() -> None:
    assert "masked_phone" not in ALL.granted(agreed("masked_phone"))
    assert "masked_phone" in ALL.granted(agreed("masked_phone", by_name=True))
    assert ALL.with_notice() == ("masked_name", "contact_ref")


def test_a_field_that_becomes_sensitive_waits_for_a_consent_of_its_own() -> None:
    before, after = service(NAME), service(replace(NAME, sensitive=True))
    given = agreed("masked_name")
    assert terms_of(before, EVERYTHING).granted(given) == {"masked_name"}
    assert terms_of(after, EVERYTHING).granted(given) == frozenset()


def test_what_is_essential_is_missing_until_it_is_agreed_to() -> None:
    assert ALL.missing(None) == ("contact_ref", "masked_phone")
    assert ALL.missing(agreed("contact_ref", "masked_phone")) == ("masked_phone",)
    assert ALL.missing(agreed("contact_ref", "masked_phone", by_name=True)) == ()


def test_what_staff_have_not_approved_is_neither_seen_nor_missed() -> None:
    unapproved = terms_of(service(FARE, CONTACT), ())
    assert unapproved.granted(agreed("contact_ref", "senior", by_name=True)) == frozenset()
    assert unapproved.missing(None) == ()
    assert unapproved.declared == {"senior", "contact_ref"}


SCOPE = st.builds(
    lambda name, law, essential, sensitive: (
        Scope(name, WHY, "legal_duty", law=LAW)
        if law
        else Scope(name, WHY, essential=essential, sensitive=sensitive)
    ),
    st.sampled_from(sorted(SCOPES)),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
DECLARED = st.lists(SCOPE, unique_by=lambda scope: scope.name)
AGREED = st.dictionaries(
    st.sampled_from(sorted(SCOPES)), st.booleans().map(lambda by: Agreed(since="", by_name=by))
)


@given(DECLARED, st.sets(st.sampled_from(sorted(SCOPES))), AGREED)
def test_seen_is_declared_and_approved_and_lawful_or_agreed_to(
    declared: list[Scope], approved: set[str], given_: dict[str, Agreed]
) -> None:
    terms = terms_of(service(*declared), approved)
    for scope in declared:
        by_citizen = scope.name in given_ and (given_[scope.name]["by_name"] or not scope.sensitive)
        seen = scope.name in approved and (scope.basis == "legal_duty" or by_citizen)
        assert (scope.name in terms.granted(given_)) == seen
    assert terms.granted(given_) <= terms.declared
    assert not set(terms.missing(given_)) & terms.granted(given_)


def test_words_name_the_fields_and_the_problem_says_where_to_agree() -> None:
    assert (
        needed(["contact_ref", "masked_name"]).zh
        == "需要您同意提供：核对手机号（看不到号码）、姓名（隐去部分）。"
    )
    with pytest.raises(Problem) as refused:
        raise_consent_missing("clinic", ["contact_ref"])
    told = refused.value.as_document("en", None)
    assert (told["status"], told["type"]) == (403, "/problems/consent-missing")
    assert told["next_step"] == "/api/v1/me/consents/clinic"
    assert told["scopes"] == ["contact_ref"]


def version(number: int, **asks: tuple[str, ...]) -> str:
    """The version of a notice."""
    return Notice(Words(number, SUMMARY, BODY, None), asks).version


def test_a_version_names_the_text_and_what_is_asked_and_nothing_else() -> None:
    first = version(1, clinic=("masked_name", "contact_ref"))
    assert first == version(1, clinic=("contact_ref", "masked_name"))
    others = {
        version(2, clinic=("masked_name", "contact_ref")),
        version(1, clinic=("masked_name",)),
        version(1),
    }
    assert first not in others
    assert len(others) == 3


def test_a_service_without_fields_is_not_changed_by_anything() -> None:
    assert terms_of(service(), EVERYTHING) == Terms(frozenset(), frozenset(), ())
