"""An entry of the list that two could claim, by its document and by the phone beside it, is one person's."""

from __future__ import annotations

import io
import threading
from functools import partial
from typing import Any

import pytest

from citizen_app.toolkit.data import session
from citizen_app.toolkit.testing import TestCitizen, TestKiosk
from citizen_app.toolkit.testing.races import run_concurrently

from ...operations import finding, passing
from ...operations.finding import Found
from ..conftest import BASE, Site, verdict


def claimed_by_two(site: Site) -> list[TestCitizen]:
    """One entry of the list, and two whom it could mean: by its document, and by the phone beside it."""
    by_document, by_phone = site.city.card_holder(), site.city.citizen()
    body = f"姓名,手机号,身份证号\n王秀兰,{by_phone.phone},{by_document.id_number}\n".encode()
    path = f"{BASE}/operator/places/{site.id}/members/import"
    file = {"file": (io.BytesIO(body), "a.csv")}
    sent = site.operator.call("POST", path, data=file, content_type="multipart/form-data")
    assert sent.get_json()["added"] == 1
    site.city.let_scans_race()
    return [by_document, by_phone]


def scanned_at_once(site: Site, people: list[TestCitizen], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The verdicts on people at two gates, each of whom was found in the books before either was let in."""
    barrier, seen = threading.Barrier(len(people)), set[int]()

    def together(*asked: Any) -> Found:
        found = finding.find(*asked)
        if threading.get_ident() not in seen:
            seen.add(threading.get_ident())
            barrier.wait(timeout=10)
        return found

    monkeypatch.setattr(passing, "find", together)
    works = []
    for person, kiosk in zip(people, (site.kiosk, site.other), strict=True):
        mine, code = TestKiosk(kiosk.id, kiosk.token, site.city.app.test_client()), person.code()
        works.append(partial(lambda at, code: verdict(at.scan(code, "enter").get_json()), mine, code))
    return sorted(run_concurrently(works))


def test_of_two_whom_an_entry_could_mean_one_is_let_in_by_it(
    site: Site, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("on SQLite writing units take turns")
    people = claimed_by_two(site)
    assert scanned_at_once(site, people, monkeypatch) == ["allow member", "not_a_member"]
    assert site.city.count("pass_passages") == site.city.count("pass_members", "citizen_ref IS NOT NULL") == 1


def test_control_an_entry_bound_without_a_guard_lets_both_in(
    site: Site, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("on SQLite writing units take turns")

    def unguarded(found: Found, citizen_ref: str) -> bool:
        assert found.member is not None
        found.member.citizen_ref = citizen_ref
        session().flush()
        return True

    people = claimed_by_two(site)
    monkeypatch.setattr(passing, "bind", unguarded)
    assert scanned_at_once(site, people, monkeypatch) == ["allow member", "allow member"]


def test_one_after_the_other_only_the_first_is_let_in(site: Site) -> None:
    by_document, by_phone = claimed_by_two(site)
    assert verdict(site.scan(by_phone)) == "allow member"
    assert verdict(site.scan(by_document, at=site.other)) == "not_a_member"
