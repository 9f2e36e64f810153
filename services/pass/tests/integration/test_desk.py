"""Claims, managers, hosts: who may do what, and what does not exist for the others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from citizen_app.toolkit.data import new_id
from citizen_app.toolkit.testing import City
from citizen_app.toolkit.time import now, rfc3339

from ..conftest import BASE, MakeSite, Site, verdict


def test_a_claim_is_made_decided_and_opens_the_gate(site: Site) -> None:
    manager, resident = site.city.citizen(), site.city.citizen()
    site.list_citizen(manager, "manager")
    (found,) = Site.call(resident, "GET", f"{BASE}/places?q=骆马", 200)["items"]
    body = {"place_id": found["id"], "role": "resident", "unit": "5-1-302", "name": "赵六六"}
    claim = site.mine(resident, "POST", "/claims", 201, **body)
    site.mine(resident, "POST", "/claims", 409, **body)
    assert verdict(site.scan(resident)) == "not_a_member"
    (waiting,) = site.manage(manager, "GET", "/claims?status=waiting")["items"]
    assert (waiting["id"], waiting["masked_name"], waiting["unit"]) == (claim["id"], "赵*六", "5-1-302")
    site.manage(manager, "POST", f"/claims/{claim['id']}/approve")
    site.manage(manager, "POST", f"/claims/{claim['id']}/approve", 409)
    assert verdict(site.scan(resident)) == "allow member"
    (place,) = site.mine(resident, "GET", "/places")["items"]
    assert (place["role_title"], place["may_invite"], place["status"]) == ("住户", True, "active")


def test_a_claim_is_refused_with_a_reason_or_taken_back(site: Site) -> None:
    resident = site.city.citizen()
    body = {"place_id": site.id, "role": "employee", "unit": "门岗", "name": "赵六"}
    claim = site.mine(resident, "POST", "/claims", 201, **body)
    site.office("POST", f"/claims/{claim['id']}/refuse", reason="查无此人")
    (mine,) = site.mine(resident, "GET", "/claims")["items"]
    assert (mine["status"], mine["reason"]) == ("refused", "查无此人")
    again = site.mine(resident, "POST", "/claims", 201, **body)
    other = site.city.citizen()
    site.mine(other, "DELETE", f"/claims/{again['id']}", 404)
    site.mine(resident, "DELETE", f"/claims/{again['id']}", 204)
    site.office("POST", f"/claims/{again['id']}/approve", status=409)


def test_a_list_entry_becomes_the_claimants(site: Site) -> None:
    resident = site.city.citizen()
    member = site.list_citizen(resident, "resident", unit="1-1-1")
    claim = site.mine(
        resident, "POST", "/claims", 201, place_id=site.id, role="resident", unit="9-9-9", name="赵六"
    )
    site.office("POST", f"/claims/{claim['id']}/approve")
    (listed,) = site.office("GET", "/members")["items"]
    assert (listed["id"], listed["unit"], listed["met"]) == (member, "1-1-1", True)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/members", {}),
        ("GET", "/claims", {}),
        ("GET", "/presence", {}),
        ("GET", "/muster", {}),
        ("POST", "/members/{member}/revoke", {}),
        ("POST", "/emergency", {"reason": "火警", "until": "2099-01-01T00:00:00Z"}),
    ],
)
def test_a_desk_exists_for_its_managers_only(
    site: Site, make_site: MakeSite, method: str, path: str, body: dict[str, Any]
) -> None:
    """Not for residents, strangers, managers of other places, suspended managers; and another place's member
    is not found."""
    resident, stranger, other, suspended = (site.city.citizen() for _ in range(4))
    member = site.list_citizen(resident)
    make_site("factory").list_citizen(other, "manager")
    path = path.format(member=member)
    site.office("POST", f"/members/{site.list_citizen(suspended, 'manager')}/suspend")
    for who in (resident, stranger, other, suspended):
        site.manage(who, method, path, 404, **body)
    assert verdict(site.scan(resident)) == "allow member"


def test_a_manager_finds_only_their_own_place(site: Site, make_site: MakeSite) -> None:
    manager, elsewhere = site.city.citizen(), make_site("factory")
    site.list_citizen(manager, "manager")
    stranger = elsewhere.list_citizen(site.city.citizen())
    site.manage(manager, "POST", f"/members/{stranger}/revoke", 404)
    site.manage(manager, "POST", f"/members/{new_id()}/revoke", 404)
    assert [m["role"] for m in site.manage(manager, "GET", "/members?role=manager")["items"]] == ["manager"]


def test_operators_of_other_services_and_citizens_find_no_office(site: Site, city: City) -> None:
    citizen = city.citizen()
    for path in ("/operator/places", f"/operator/places/{site.id}/members"):
        assert citizen.get(BASE + path).status_code == 401
        assert city.client.get(BASE + path).status_code == 401
    auditor = city.operator("pass", role="service_operator")
    assert auditor.get(f"{BASE}/operator/places/{new_id()}").status_code == 404


def test_lists_show_no_more_than_needed(site: Site) -> None:
    resident = site.city.citizen()
    site.list_citizen(resident, name="欧阳小小")
    (listed,) = site.office("GET", "/members")["items"]
    assert listed["masked_name"] == "欧**小"
    assert listed["masked_phone"] == f"{resident.phone[3:6]}****{resident.phone[-4:]}"
    assert listed["met"] is False


@pytest.mark.parametrize(
    ("policy", "role", "status"),
    [
        ({"inviters": "members"}, "resident", 201),
        ({"inviters": "managers"}, "resident", 409),
        ({"inviters": "managers"}, "manager", 201),
        ({"inviters": "nobody"}, "manager", 409),
    ],
)
def test_who_may_invite_is_the_places_policy(
    make_site: MakeSite, policy: dict[str, str], role: str, status: int
) -> None:
    site = make_site(policy=policy)
    host = site.city.citizen()
    site.list_citizen(host, role)
    site.invite(host, site.city.citizen().phone, status)


def test_an_invitation_keeps_to_bounds(site: Site) -> None:
    host, guest, stranger = (site.city.citizen() for _ in range(3))
    site.list_citizen(host)
    moment = now()
    site.invite(stranger, guest.phone, 404)
    for wrong in (
        {"ends_at": rfc3339(moment - timedelta(seconds=1))},
        {"ends_at": rfc3339(moment + timedelta(hours=73))},
        {"starts": moment + timedelta(days=91)},
        {"entries": 0},
        {"purpose": " "},
        {"purpose": "a\u202eb"},
        {"phone": "12345"},
        {"colour": "red"},
    ):
        site.invite(host, wrong.pop("phone", guest.phone), 422, **wrong)  # type: ignore[arg-type]


def test_the_same_invitation_again_is_the_same_and_another_under_its_id_is_refused(
    site: Site, time_travel: time_machine.Traveller
) -> None:
    host, other, guest = (site.city.citizen() for _ in range(3))
    site.list_citizen(host)
    site.list_citizen(other)
    body = site.invitation(guest.phone)
    first = site.mine(host, "POST", "/invitations", 201, **body)
    time_travel.shift(2)
    assert site.mine(host, "POST", "/invitations", 201, **body) == first
    site.mine(host, "POST", "/invitations", 422, **{**body, "purpose": "送货"})
    site.mine(other, "POST", "/invitations", 422, **body)


def test_guests_are_their_hosts_and_visits_their_guests(site: Site) -> None:
    host, other, guest = (site.city.citizen() for _ in range(3))
    site.list_citizen(host)
    site.list_citizen(other)
    made = site.invite(host, guest.phone, entries=3)
    assert [one["guest"] for one in site.mine(host, "GET", "/invitations")["items"]] == ["王客人"]
    assert site.mine(other, "GET", "/invitations")["items"] == []
    site.mine(other, "POST", f"/invitations/{made['id']}/revoke", 404)
    (visit,) = site.mine(guest, "GET", "/visits")["items"]
    assert (visit["unit"], visit["purpose"], visit["entries_left"]) == ("3-2-1201", "探亲", 3)
    assert "guest" not in visit
    assert site.mine(other, "GET", "/visits")["items"] == []


def test_a_desk_sees_who_is_expected_and_ends_an_invitation(site: Site, make_site: MakeSite) -> None:
    host, guest, manager, stranger = (site.city.citizen() for _ in range(4))
    site.list_citizen(host)
    site.list_citizen(manager, "manager")
    elsewhere = make_site("factory")
    elsewhere.list_citizen(stranger, "manager")
    site.invite(host, guest.phone, guest="欧阳小小")
    (expected,) = site.manage(manager, "GET", "/invitations")["items"]
    assert (expected["masked_guest"], expected["unit"], expected["purpose"]) == ("欧**小", "3-2-1201", "探亲")
    path = f"/invitations/{expected['id']}/revoke"
    elsewhere.manage(stranger, "POST", path, 404)
    assert verdict(site.scan(guest)) == "allow guest"
    assert site.manage(manager, "POST", path)["revoked"] is True
    assert verdict(site.scan(guest, at=site.other)) == "revoked"


def test_whether_a_number_has_an_account_does_not_show(site: Site) -> None:
    host, registered = site.city.citizen(), site.city.citizen()
    site.list_citizen(host)
    answers = [site.invite(host, phone) for phone in (registered.phone, "13800009999")]
    for answer in answers:
        for name in ("id", "masked_phone", "starts_at", "ends_at", "created_at", "link"):
            del answer[name]
    assert answers[0] == answers[1]


def test_operators_look_at_the_trail_for_a_reason_that_stays(site: Site, city: City) -> None:
    resident = city.citizen()
    member = site.list_citizen(resident)
    site.scan(resident)
    site.office("POST", "/trail", status=422)
    (entry,) = site.office("POST", "/trail", reason="配合警方查询", member_id=member)["items"]
    assert (entry["masked_name"], entry["unit"], entry["direction"]) == ("张*三", "3-2-1201", "in")
    assert (
        site.office("POST", "/trail", reason="再查", until=rfc3339(now() - timedelta(hours=1)))["items"] == []
    )
    assert city.count("audit_events", "action = 'pass.read_trail'") == 2
    today = f"{now() + timedelta(hours=8):%Y-%m-%d}"
    counted = site.office("GET", f"/statistics?first={today}&last={today}")
    assert counted == {
        "inside": 1,
        "items": [{"day": today, "direction": "in", "basis": "member", "count": 1}],
    }


def test_every_office_deed_is_in_the_audit_log(site: Site, city: City) -> None:
    member = site.list_citizen(city.citizen())
    site.change(trail_days=7)
    site.office("POST", f"/members/{member}/revoke")
    for action in (
        "create_place",
        "create_gate",
        "bind_kiosk",
        "add_member",
        "change_place",
        "revoke_member",
    ):
        assert city.count("audit_events", f"action = 'pass.{action}' AND actor_kind = 'staff'") >= 1, action
