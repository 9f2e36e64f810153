"""A guard looks somebody up on the list of the place: by PIN, with a reason, told to whoever is found."""

from __future__ import annotations

from typing import Any

from citizen_app.toolkit.testing import City

from ..conftest import MakeSite, Site

WHY = "手机没电，来访"


def unlocked(site: Site) -> str:
    """What the PIN of the place's kiosk gives."""
    path = f"/api/v1/admin/kiosks/{site.kiosk.id}/pin"
    pin = site.call(site.operator, "POST", path, 200)["pin"]
    token: str = site.kiosk.post("/api/v1/kiosks/me/pin", {"pin": pin}).get_json()["unlock"]
    return token


def found(site: Site, unlock: str, words: str) -> list[dict[str, Any]]:
    """Whom the kiosk is told of."""
    body = {"unlock": unlock, "words": words, "reason": WHY}
    answer = site.kiosk.post("/api/v1/kiosks/me/search", body)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


def test_members_and_expected_guests_are_found_by_what_the_list_knows(site: Site, city: City) -> None:
    member, guest = city.citizen(), city.citizen()
    site.list_citizen(member, name="赵小六", unit="5-1-301")
    host = city.citizen()
    site.list_citizen(host, name="钱大", unit="7-2-1502")
    site.invite(host, guest.phone, guest="孙七七", plate="苏N12345")
    unlock = unlocked(site)
    for words in ("赵小", "5-1-3", member.phone):
        (one,) = found(site, unlock, words)
        assert one == {"title": "住户 赵*六", "lines": ["房号或部门 5-1-301"]}
    for words in ("孙七", "苏n123", guest.phone):
        (one,) = found(site, unlock, words)
        assert one["title"] == "访客 孙*七"
        assert one["lines"][:2] == ["访问 7-2-1502", "车牌 苏N12345"]
    assert found(site, unlock, "周吴") == []


def test_whoever_is_found_sees_the_look_and_the_reason(site: Site, city: City) -> None:
    member, stranger = city.citizen(), city.citizen()
    site.list_citizen(member, name="赵小六")
    found(site, unlocked(site), "赵小六")
    (look,) = member.get("/api/v1/me/looks").get_json()["items"]
    assert look["reason"] == WHY
    assert "前的工作人员" in look["by"]
    assert stranger.get("/api/v1/me/looks").get_json()["items"] == []


def test_a_kiosk_finds_nobody_of_another_place_and_nothing_without_the_pin(
    site: Site, make_site: MakeSite, city: City
) -> None:
    another_site = make_site()
    member = city.citizen()
    another_site.list_citizen(member, name="赵小六")
    assert found(site, unlocked(site), "赵小六") == []
    body = {"unlock": "made-up", "words": "赵小六", "reason": WHY}
    assert site.kiosk.post("/api/v1/kiosks/me/search", body).status_code == 403
    stolen = {**body, "unlock": unlocked(another_site)}
    assert site.kiosk.post("/api/v1/kiosks/me/search", stolen).status_code == 403
    assert member.get("/api/v1/me/looks").get_json()["items"] == []


def test_being_on_the_list_is_no_passage(site: Site, city: City) -> None:
    member = city.citizen()
    site.list_citizen(member, name="赵小六")
    found(site, unlocked(site), "赵小六")
    assert site.inside() == []
    assert member.usage() == []
