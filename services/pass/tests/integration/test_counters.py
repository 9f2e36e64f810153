"""Signing in at an institution's counter, with the phone, by the poster that hangs there."""

from __future__ import annotations

from typing import Any

import pytest

from citizen_app.toolkit.testing import City, TestCitizen, TestPoster
from citizen_app.toolkit.testing.races import run_concurrently

from ..conftest import BASE, MakeSite, Site


@pytest.fixture
def library(make_site: MakeSite) -> Site:
    """An institution that admits everybody."""
    return make_site("institution", policy={"admits": "anyone"})


def hang(site: Site, city: City, purpose: str) -> TestPoster:
    """A poster at gate E1."""
    poster = city.poster("pass", purpose)
    gate = site.office("GET", "/gates")["items"][0]["id"]
    path = f"{BASE}/operator/gates/{gate}/kiosks"
    site.call(site.operator, "POST", path, 204, kiosk_id=poster.kiosk_id)
    return poster


def read(citizen: TestCitizen, poster: TestPoster) -> dict[str, Any]:
    """The decision when a phone reads the poster."""
    told: dict[str, Any] = citizen.scan_place(poster).get_json()
    return told


def test_a_visitor_signs_in_and_out(library: Site, city: City) -> None:
    visitor, sign_in = city.citizen(), hang(library, city, "sign_in")
    sign_out = hang(library, city, "sign_out")
    told = read(visitor, sign_in)
    assert (told["decision"], told["display"]["title"]) == ("allow", "到访已登记")
    assert len(library.inside()) == 1
    assert read(visitor, sign_in)["outcome"]["again"] is True, "a second tap counts once"
    assert read(visitor, sign_out)["display"]["title"] == "离开已登记"
    assert library.inside() == []
    assert [(line["purpose"], line["code_kind"]) for line in visitor.usage()] == [
        ("sign_out", "place"),
        ("sign_in", "place"),
        ("sign_in", "place"),
    ]


def test_two_phones_of_one_visitor_at_once_make_one_visit(library: Site, city: City) -> None:
    city.let_scans_race()
    visitor, poster = city.citizen(), hang(library, city, "sign_in")
    told = run_concurrently([lambda: read(visitor, poster)] * 4)
    assert {one["decision"] for one in told} == {"allow"}
    assert [one["outcome"]["again"] for one in told].count(False) == 1
    assert city.count("pass_passages") == 1


def test_no_poster_opens_the_gate_of_a_compound(site: Site, city: City) -> None:
    resident = city.citizen()
    site.list_citizen(resident)
    told = read(resident, hang(site, city, "sign_in"))
    assert told["detail_code"] == "not_a_counter"
    assert site.inside() == []
    with pytest.raises(Exception, match="invalid-input"):
        city.poster("pass", "enter")


def test_a_poster_at_no_counter_says_so(city: City) -> None:
    assert read(city.citizen(), city.poster("pass", "sign_in"))["detail_code"] == "no_gate"


def test_whoever_has_not_agreed_is_told_how(library: Site, city: City) -> None:
    visitor, poster = city.citizen(consents=False), hang(library, city, "sign_in")
    assert read(visitor, poster)["reason"] == "consent_missing"
    visitor.agree("pass", "contact_ref")
    assert read(visitor, poster)["decision"] == "allow"


def test_a_guardian_signs_a_child_in(library: Site, city: City) -> None:
    guardian, child = city.citizen("王丽华"), city.citizen("李小明")
    told = read(city.acting(guardian, child, "carer", "pass"), hang(library, city, "sign_in"))
    assert told["decision"] == "allow"
    assert [line["by"]["kind"] for line in child.usage()] == ["carer"]
