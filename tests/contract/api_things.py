"""Whose things are whose: for every address of the API that names a thing, somebody who has one, made anew
each time, and those of the same kind to whom it does not belong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from citizen_app import clock
from citizen_app.clock import rfc3339
from citizen_app.ids import new_id
from citizen_app.toolkit.testing import TestCitizen
from tests.contract.api_city import in_a_month
from tests.contract.api_fhir import FHIR, TYPES, a_resource, other_systems
from tests.contract.api_hospital import ENTITIES, HOSPITAL, a_hospital, a_patient, entity_of
from tests.contract.api_money import used_purse, ward_of
from tests.contract.api_office import a_charge
from tests.contract.api_owners import Headers, Owner, signed_in
from tests.contract.api_partners import a_partner, administrators_of
from tests.contract.api_tasks import sent_feed, sent_people, sent_timetable
from tests.contract.api_town import Town
from tests.contract.api_webhooks import a_webhook
from tests.integration.notices.people import CODE_STOPPED, told

PASS: Final = "/api/v1/services/pass"


def a_use(town: Town) -> Owner:
    """A citizen who has been scanned, and told something."""
    citizen = town.city.citizen()
    use = town.city.kiosk("probe").scan(citizen.code(), "enter").get_json()["usage_id"]
    notice = told(town.city, citizen.id, CODE_STOPPED)
    return Owner(signed_in(citizen), {"event_id": use, "notice_id": notice})


def a_delegation(town: Town) -> Owner:
    """A citizen who acts for another."""
    agent, ward = town.city.citizen(), town.city.citizen()
    acting = town.city.acting(agent, ward).signed_in.acting
    assert acting is not None and acting.delegation_id is not None
    return Owner(signed_in(agent), {"delegation_id": acting.delegation_id})


def a_sign_in(town: Town) -> Owner:
    """A citizen who is signed in on another phone, too."""
    citizen = town.city.citizen()
    return Owner(signed_in(citizen), {"session_id": town.city.second_sign_in(citizen)})


def a_ward(town: Town) -> Owner:
    """A guardian."""
    guardian = town.city.citizen()
    return Owner(signed_in(guardian), {"delegation_id": ward_of(town.city, guardian)})


def a_purse(town: Town) -> Owner:
    """A citizen with a line in the statement and a top-up on its way."""
    citizen = town.city.citizen()
    return Owner(signed_in(citizen), used_purse(citizen))


def a_waiting_scan(town: Town) -> Owner:
    """A kiosk that has asked something."""
    kiosk = town.city.kiosk("probe")
    asked = kiosk.scan(town.city.citizen().code(), "ask").get_json()
    return Owner({"Authorization": f"Bearer {kiosk.token}"}, {"scan_id": asked["scan_id"]})


def a_waiting_place_scan(town: Town) -> Owner:
    """A citizen who has been asked something at a poster."""
    citizen, poster = town.city.citizen(), town.city.poster("probe", "poster_asks")
    asked = citizen.scan_place(poster).get_json()
    return Owner(signed_in(citizen), {"scan_id": asked["scan_id"], "place_code": poster.token})


def a_place(town: Town) -> Owner:
    """An operator, and a place where a poster hangs."""
    return Owner(town.office("probe"), {"place_id": town.city.poster("probe", "by_poster").kiosk_id})


def an_approval(town: Town) -> Owner:
    """A security administrator, and what another one has asked for."""
    asked = town.ask(town.hired("security_admin"), "POST", "/api/v1/admin/issuer-keys/rotate", {})
    return Owner(town.hired("security_admin"), {"approval_id": asked["approval"]["id"]})


def a_token(town: Town) -> Owner:
    """A member of staff with a token for automation."""
    headers = town.hired("service_operator:probe")
    wanted = {"name": "nightly", "permissions": ["services.read"], "expires_at": in_a_month()}
    made = town.ask(headers, "POST", "/api/v1/staff/tokens", wanted)
    return Owner(headers, {"token_id": made["details"]["id"]})


def a_service(town: Town) -> Owner:
    """An operator, their service, a kiosk of it, and the reference of a citizen who stood there."""
    kiosk = town.city.kiosk("probe")
    scanned = kiosk.scan(town.city.citizen().code(), "enter").get_json()
    known = {"service": "probe", "kiosk_id": kiosk.id, "citizen_ref": scanned["citizen_ref"]}
    return Owner(town.office("probe"), known)


def a_pending_kiosk(town: Town) -> Owner:
    """An operator, and a kiosk that has not been activated."""
    place = {"zh": "东门", "en": "East gate"}
    wanted = {"name": "新设备", "service": "probe", "purposes": ["enter"], "place": place}
    made = town.ask(town.office("probe"), "POST", "/api/v1/admin/kiosks", wanted)
    return Owner(town.office("probe"), {"kiosk_id": made["kiosk"]["id"]})


def a_timetable(town: Town) -> Owner:
    """An operator of the buses, and a timetable."""
    feeds = town.ask(town.office("bus"), "GET", "/api/v1/services/bus/operator/feeds")
    return Owner(town.office("bus"), {"version": str(feeds["items"][0]["version"])})


def a_task_of_the_bus(town: Town) -> Owner:
    """An operator of the buses, and a feed that they have sent to be imported."""
    headers = town.office("bus")
    return Owner(headers, {"run_id": sent_feed(town.city.app, headers)["id"]})


def a_task_of_a_hospital(town: Town) -> Owner:
    """An operator of the hospitals, and a timetable that waits to be imported."""
    office = town.office("hospital")
    hospital = a_hospital(town).ids["hospital_id"]
    return Owner(office, {"run_id": sent_timetable(town.city.app, office, hospital)["id"]})


def a_task_of_the_pass(town: Town) -> Owner:
    """An operator of the passes, and a list of people for a place that waits to be taken."""
    office, (_, ids) = town.office("pass"), compound(town)
    return Owner(office, {"run_id": sent_people(town.city.app, office, ids["place_id"])["id"]})


def a_finding(town: Town) -> Owner:
    """A clerk, and a citizen whom they have found and who has shown their code."""
    headers, citizen = town.hired("desk_clerk"), town.city.citizen()
    wanted = {"phone": citizen.phone, "reason": "Call 2026-118"}
    found = town.ask(headers, "POST", "/api/v1/admin/citizens/search", wanted)["items"][0]
    shown = {"method": "code", "code": citizen.code()}
    town.ask(headers, "POST", f"/api/v1/admin/citizens/{found['id']}/presence", shown)
    return Owner(headers, {"finding_id": found["id"]})


def other_clerks(town: Town) -> list[Headers]:
    """Others of the counter."""
    return [town.hired("desk_clerk")]


def a_desk(town: Town) -> Owner:
    """A citizen who manages a place where people belong, apply, visit and are inside while all gates stand
    open."""
    manager, ids = compound(town)
    _open_gates(town, ids["place_id"])
    return Owner(signed_in(manager), ids)


def an_office(town: Town) -> Owner:
    """An operator who looks after such a place."""
    _, ids = compound(town)
    _open_gates(town, ids["place_id"])
    return Owner(town.office("pass"), ids)


def _open_gates(town: Town, place_id: str) -> None:
    emergency = {"reason": "演练", "until": in_hours(1)}
    town.ask(town.office("pass"), "POST", f"{PASS}/operator/places/{place_id}/emergency", emergency)


def compound(town: Town) -> tuple[TestCitizen, dict[str, str]]:
    """A manager, and a place where people belong, apply, visit and are inside; the manager, too, has been
    invited and gone in."""
    office, manager, resident = town.office("pass"), town.city.citizen(), town.city.citizen()
    name = {"zh": "骆马湖花园", "en": "Lake Gardens"}
    place = town.ask(office, "POST", f"{PASS}/operator/places", {"kind": "compound", "name": name})["id"]
    below = f"{PASS}/operator/places/{place}"
    gate = town.ask(office, "POST", f"{below}/gates", {"code": "E1", "name": name})["id"]
    kiosk = town.city.kiosk("pass")
    town.ask(office, "POST", f"{PASS}/operator/gates/{gate}/kiosks", {"kiosk_id": kiosk.id})
    listed = {"name": "张小三", "unit": "3-2-1201"}
    people = [
        town.ask(office, "POST", f"{below}/members", {**listed, "phone": who.phone, "role": role})["id"]
        for who, role in ((manager, "manager"), (resident, "resident"))
    ]
    guest, mine = town.city.citizen(), signed_in(manager)
    invited = town.ask(mine, "POST", f"{PASS}/my/invitations", _invitation(place, guest.phone))["id"]
    claim = {**listed, "place_id": place, "role": "resident"}
    claimed = town.ask(mine, "POST", f"{PASS}/my/claims", claim)["id"]
    assert kiosk.scan(guest.code(), "enter").get_json()["decision"] == "allow"
    inside = town.ask(office, "GET", f"{below}/presence")["items"][0]["person_id"]
    town.ask(signed_in(resident), "POST", f"{PASS}/my/invitations", _invitation(place, manager.phone))
    assert kiosk.scan(manager.code(), "enter").get_json()["decision"] == "allow"
    return manager, {
        "place_id": place,
        "gate_id": gate,
        "kiosk_id": kiosk.id,
        "member_id": people[1],
        "invitation_id": invited,
        "claim_id": claimed,
        "person_id": inside,
    }


def in_hours(hours: int) -> str:
    """A moment so far from now."""
    return rfc3339(clock.now() + timedelta(hours=hours))


def _invitation(place_id: str, phone: str) -> dict[str, Any]:
    return {
        "invitation_id": new_id(),
        "place_id": place_id,
        "phone": phone,
        "guest": "王客人",
        "purpose": "探亲",
        "starts_at": in_hours(-1),
        "ends_at": in_hours(4),
    }


def other_citizens(town: Town) -> list[Headers]:
    """One who has nothing."""
    return [signed_in(town.city.citizen())]


def other_kiosks(town: Town) -> list[Headers]:
    """One of the same service, and one of each other."""
    kiosks = [town.city.kiosk(service) for service in ("probe", "bus", "pass")]
    return [{"Authorization": f"Bearer {kiosk.token}"} for kiosk in kiosks]


def other_offices(*services: str) -> Callable[[Town], list[Headers]]:
    """Operators of these services."""
    return lambda town: [town.office(service) for service in services]


@dataclass(frozen=True)
class Things:
    """Who has what an address names, and to whom it does not belong. `apart`: whoever has the like has none
    of this either; so it is not with the operators of one service."""

    make: Callable[[Town], Owner]
    strangers: Callable[[Town], list[Headers]]
    apart: bool = True


THINGS: Final[dict[str, Things]] = {
    r"/api/v1/me/(usage|notices)/": Things(a_use, other_citizens),
    r"/api/v1/me/scans/": Things(a_waiting_place_scan, other_citizens),
    r"/api/v1/admin/place-codes/": Things(a_place, other_offices("bus", "pass"), False),
    r"/api/v1/me/sessions/": Things(a_sign_in, other_citizens),
    r"/api/v1/me/delegations/": Things(a_delegation, other_citizens),
    r"/api/v1/me/purse/wards": Things(a_ward, other_citizens),
    r"/api/v1/me/purse/": Things(a_purse, other_citizens),
    r"/api/v1/scans/": Things(a_waiting_scan, other_kiosks),
    r"/api/v1/admin/citizens/": Things(a_finding, other_clerks),
    r"/api/v1/admin/approvals": Things(an_approval, other_offices("bus", "pass"), False),
    r"/api/v1/admin/payments/charges/": Things(a_charge, other_offices("bus", "pass"), False),
    r"/api/v1/admin/webhooks": Things(a_webhook, administrators_of("bus", "probe"), False),
    r"/api/v1/admin/partners": Things(a_partner, administrators_of("bus", "pass"), False),
    r"/api/v1/staff/tokens/": Things(a_token, other_offices("probe", "bus", "pass")),
    r"/api/v1/admin/kiosks/.*/activation-code": Things(a_pending_kiosk, other_offices("bus", "pass"), False),
    r"/api/v1/admin/(kiosks|services)/": Things(a_service, other_offices("bus", "pass"), False),
    r"/api/v1/services/hospital/(bookings|waiting|strikes|re\w+)": Things(a_patient, other_citizens),
    r"/api/v1/services/hospital/(desk|operator/hospitals/\{hospital_id\})": Things(
        a_hospital, other_offices("bus", "probe"), False
    ),
    **{
        f"{HOSPITAL}/operator/{n}/": Things(entity_of(n), other_offices("bus", "probe"), False)
        for n in ENTITIES
    },
    **{f"{FHIR}/{name}/": Things(a_resource(name), other_systems) for name in TYPES},
    r"/api/v1/services/hospital/tasks": Things(a_task_of_a_hospital, other_offices("bus", "probe"), False),
    r"/api/v1/services/bus/tasks/": Things(a_task_of_the_bus, other_offices("pass", "probe"), False),
    r"/api/v1/services/bus/operator/": Things(a_timetable, other_offices("pass", "probe"), False),
    r"/api/v1/services/pass/(my|managed)/": Things(a_desk, other_citizens),
    r"/api/v1/services/pass/tasks": Things(a_task_of_the_pass, other_offices("bus", "probe"), False),
    r"/api/v1/services/pass/operator/": Things(an_office, other_offices("bus", "probe"), False),
}
"""By the beginning of the address; the first that fits."""


def things_of(path: str) -> Things:
    """The owner of a URL. Raises `StopIteration` for a URL without a declared owner."""
    return next(_fitting(path))


def owner_of(town: Town, path: str) -> Owner | None:
    """A caller who owns what a URL names; None for a URL without a declared owner."""
    found = next(_fitting(path), None)
    return town.another(found.make) if found else None


def _fitting(path: str) -> Iterator[Things]:
    return (things for beginning, things in THINGS.items() if re.match(beginning, path))
