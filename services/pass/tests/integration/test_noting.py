"""What is done without a scan stands in the log of whom it concerns, with the deed or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from citizen_app.toolkit.testing import TestCitizen

from ..conftest import Site

CLAIM = {"role": "resident", "unit": "5-1-302", "name": "赵六六"}


def acts_of(citizen: TestCitizen) -> list[dict[str, Any]]:
    """What was done without a scan, the oldest first."""
    answer = citizen.get("/api/v1/me/usage?service=pass", **{"Accept-Language": "en"})
    assert answer.status_code == 200, answer.text
    return [item for item in reversed(answer.get_json()["items"]) if item["channel"] != "scan"]


def told(citizen: TestCitizen) -> list[tuple[str, str, str]]:
    """Act, channel and title of each."""
    return [(item["purpose"], item["channel"], item["title"]) for item in acts_of(citizen)]


def test_an_invitation_stands_in_the_hosts_log_and_its_end_in_the_guests_too(site: Site) -> None:
    host, guest, stranger = site.city.citizen(), site.city.citizen(), site.city.citizen()
    site.list_citizen(host)
    body = site.invitation(guest.phone, entries=5)
    for _ in range(2):
        made = site.mine(host, "POST", "/invitations", 201, **body)
    (act,) = acts_of(host)
    assert (act["title"], act["channel"], act["place"]) == ("Invite a guest", "app", None)
    assert act["lines"][:2] == ["Lake Gardens", "Guest: 王*人"]
    assert [field["name"] for field in act["disclosed"]] == ["contact_ref", "identity_ref"]
    assert told(guest) == [], "known by a number alone"
    assert site.scan(guest)["decision"] == "allow"
    for _ in range(2):
        site.mine(host, "POST", f"/invitations/{made['id']}/revoke")
    site.mine(stranger, "POST", f"/invitations/{made['id']}/revoke", 404)
    assert told(host)[1:] == [("end_invitation", "app", "Invitation ended")]
    assert told(guest) == [("end_invitation", "app", "Invitation ended")]
    assert "Guest: 王*人" not in acts_of(guest)[0]["lines"]
    assert told(stranger) == []


@pytest.mark.parametrize("by", ["operator", "manager"])
def test_who_ended_an_invitation_at_the_desk_is_told_by_the_channel(site: Site, by: str) -> None:
    host, manager = site.city.citizen(), site.city.citizen()
    site.list_citizen(host)
    site.list_citizen(manager, "manager")
    assert site.scan(host)["decision"] == "allow", "now the list knows the host, not their number alone"
    made = site.invite(host, site.city.citizen().phone)
    path = f"/invitations/{made['id']}/revoke"
    if by == "operator":
        site.office("POST", path)
    else:
        site.manage(manager, "POST", path)
    channel = "desk" if by == "operator" else "app"
    assert told(host)[1:] == [("end_invitation", channel, "Invitation ended")]


def test_an_application_and_its_answer_stand_in_the_applicants_log(site: Site) -> None:
    manager, resident = site.city.citizen(), site.city.citizen()
    site.list_citizen(manager, "manager")
    refused = site.mine(resident, "POST", "/claims", 201, place_id=site.id, **CLAIM)
    site.mine(resident, "POST", "/claims", 409, place_id=site.id, **CLAIM)
    site.office("POST", f"/claims/{refused['id']}/refuse", reason="查无此人")
    taken_back = site.mine(resident, "POST", "/claims", 201, place_id=site.id, **CLAIM)
    site.mine(resident, "DELETE", f"/claims/{taken_back['id']}", 204)
    approved = site.mine(resident, "POST", "/claims", 201, place_id=site.id, **CLAIM)
    site.manage(manager, "POST", f"/claims/{approved['id']}/approve")
    site.manage(manager, "POST", f"/claims/{approved['id']}/approve", 409)
    assert told(resident) == [
        ("apply", "app", "Apply to a place"),
        ("decide", "desk", "Application refused: 查无此人"),
        ("apply", "app", "Apply to a place"),
        ("withdraw", "app", "Take an application back"),
        ("apply", "app", "Apply to a place"),
        ("decide", "app", "Application approved"),
    ]
    assert told(manager) == [], "what a manager does for others is not a use of their own"


def test_a_membership_that_changes_is_told(site: Site) -> None:
    resident = site.city.citizen()
    member = site.list_citizen(resident)
    site.office("POST", f"/members/{member}/suspend")
    assert told(resident) == [], "nobody was met yet"
    site.office("POST", f"/members/{member}/restore")
    assert site.scan(resident)["decision"] == "allow"
    for action in ("suspend", "suspend", "restore"):
        site.office("POST", f"/members/{member}/{action}")
    site.office("PATCH", f"/members/{member}", unit="3-2-1202")
    assert told(resident) == [
        ("membership", "desk", "Pass suspended"),
        ("membership", "desk", "Pass restored"),
        ("membership", "desk", "What is registered was changed"),
    ]


def test_acts_are_counted_with_the_scans(site: Site) -> None:
    host = site.city.citizen()
    site.list_citizen(host)
    site.invite(host, site.city.citizen().phone)
    site.scan(host)
    answer = site.operator.call("GET", "/api/v1/admin/usage/statistics?service=pass&group=purpose")
    assert answer.status_code == 200, answer.text
    counts = {one["purpose"]: one["events"] for one in answer.get_json()["items"]}
    assert counts == {"invite": 1, "enter": 1}


def test_the_host_is_told_once_a_day_that_a_guest_is_here(site: Site) -> None:
    host, guest = site.city.citizen(), site.city.citizen()
    site.list_citizen(host)
    assert site.scan(host)["decision"] == "allow"
    site.invite(host, guest.phone, entries=5)
    for _ in range(2):
        assert site.scan(guest)["decision"] == "allow"
    inbox = host.get("/api/v1/me/notices?service=pass", **{"Accept-Language": "en"}).get_json()
    (notice,) = inbox["items"]
    assert (notice["title"], notice["link"]) == ("Your guest is here", "/services/pass/guests")
    assert notice["body"].endswith("Lake Gardens.")
    assert "王" not in notice["body"], "no name leaves the city's own pages"
    assert guest.get("/api/v1/me/notices?service=pass").get_json()["items"] == []
