"""A context is checked each time it is new, and what is remembered of those that were right stays small."""

from __future__ import annotations

import pytest

from citizen_app.scans import contexts
from citizen_app.toolkit.testing import City

RIGHT = {"gate": "E1", "lane": 1}


def test_a_wrong_context_is_refused_before_and_after_a_right_one(city: City) -> None:
    kiosk, citizen = city.kiosk("probe"), city.citizen()
    for lane, status in ((True, 422), (1, 200), (True, 422), (1, 200), ("1", 422)):
        answered = kiosk.scan(citizen.code(), "with_context", context={**RIGHT, "lane": lane})
        assert answered.status_code == status, answered.text
    assert [error["pointer"] for error in answered.get_json()["errors"]] == ["/context/lane"]


def test_what_is_right_for_one_purpose_is_checked_for_another(city: City) -> None:
    kiosk, citizen = city.kiosk("probe"), city.citizen()
    assert kiosk.scan(citizen.code(), "with_context", context=RIGHT).status_code == 200
    assert kiosk.scan(citizen.code(), "enter", context=RIGHT).status_code == 422


def test_few_and_short_ones_are_remembered(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contexts, "MOST_REMEMBERED", 3)
    monkeypatch.setattr(contexts, "LONGEST_REMEMBERED", 40)
    known: contexts.KnownContexts = city.app.extensions["known_contexts"]
    kiosk, citizen = city.kiosk("probe"), city.citizen()
    for gate in ("1", "2", "3", "4", "a gate whose name is much too long"):
        assert kiosk.scan(citizen.code(), "with_context", context={"gate": gate}).status_code == 200
    assert {said[2] for said in known._right} == {"{'gate': '4'}"}
