"""Many at once: entries are never counted short, and two gates do not let one person in twice."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from citizen_app.toolkit.data import session
from citizen_app.toolkit.testing import TestCitizen, TestKiosk, TestOperator
from citizen_app.toolkit.testing.races import LONG_ENOUGH, run_concurrently, while_uncommitted
from citizen_app.toolkit.time import now, rfc3339

from ...models import PassEmergency
from ...operations import claims, emergencies, members, passing, places
from ...operations.presence import NEVER, State, held
from ..conftest import BASE, MakeSite, Site, verdict

CONCURRENT = 8
SCANS = 200
ALLOWED = 7


def race(site: Site, citizen: TestCitizen, scans: int, kiosks: list[TestKiosk]) -> Counter[str]:
    """Verdicts on scans of one citizen's codes, as many at a time as threads, each code its own."""
    site.city.let_scans_race()
    codes = [citizen.code() for _ in range(scans)]
    ready = threading.Barrier(CONCURRENT)

    def worker(number: int) -> Counter[str]:
        kiosk = kiosks[number % len(kiosks)]
        mine = TestKiosk(kiosk.id, kiosk.token, site.city.app.test_client())
        ready.wait()
        seen: Counter[str] = Counter()
        for code in codes[number::CONCURRENT]:
            answer = mine.scan(code, "enter")
            while answer.status_code == 429:
                answer = mine.scan(code, "enter")
            assert answer.status_code == 200, answer.text
            seen[verdict(answer.get_json())] += 1
        return seen

    with ThreadPoolExecutor(CONCURRENT) as pool:
        return sum(pool.map(worker, range(CONCURRENT)), Counter[str]())


Call = tuple[TestCitizen | TestOperator, str, str, dict[str, Any] | None]
"""Who calls, how, where, and with which body."""


def statuses(site: Site, calls: Sequence[Call]) -> Counter[int]:
    """The statuses of calls that start together, each with a client of its own."""

    def made(who: TestCitizen | TestOperator, method: str, path: str, body: dict[str, Any] | None) -> int:
        token = who.access_token if isinstance(who, TestCitizen) else who.token
        headers = {"Authorization": f"Bearer {token}"}
        answer = site.city.app.test_client().open(path, method=method, json=body, headers=headers)
        return answer.status_code

    return Counter(run_concurrently([partial(made, *call) for call in calls]))


def invited(site: Site) -> TestCitizen:
    """A guest with some entries."""
    host, guest = site.city.citizen(), site.city.citizen()
    site.list_citizen(host)
    site.invite(host, guest.phone, entries=ALLOWED)
    site.city.choose("pass", repeat_seconds=0)
    return guest


@pytest.mark.large
def test_two_hundred_scans_use_an_invitation_up_exactly(site: Site) -> None:
    guest = invited(site)
    seen = race(site, guest, SCANS, [site.kiosk, site.other])
    assert seen == {"allow guest": ALLOWED, "invitation_used": SCANS - ALLOWED}
    assert site.city.count("pass_passages") == ALLOWED
    assert site.city.count("pass_invitations", f"entries_used = {ALLOWED}") == 1


def test_counting_what_was_read_before_lets_too_many_in(
    site: Site, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: no held row, no guarded count. On SQLite writing units take turns, which makes
    even that safe."""
    if database_url.startswith("sqlite"):
        pytest.skip("on SQLite writing units take turns")
    guest = invited(site)
    site.scan(guest)
    barrier = threading.Barrier(CONCURRENT)

    def unguarded(invitation: Any, *, always: bool) -> int | None:
        barrier.wait(timeout=10)
        return int(invitation.entries_used) + 1

    def unheld(place_id: str, citizen_ref: str, gate_id: str) -> State:
        return State(gate_id, False, NEVER, gate_id, None, None)

    monkeypatch.setattr(passing, "_entries_used", unguarded)
    monkeypatch.setattr(passing, "held", unheld)
    monkeypatch.setattr(passing, "moved", lambda *_, **__: True)
    seen = race(site, guest, CONCURRENT, [site.kiosk, site.other])
    assert seen["allow guest"] == CONCURRENT > ALLOWED - 1


def test_two_gates_at_once_let_one_person_in_once(make_site: MakeSite) -> None:
    site = make_site(policy={"anti_passback": "hard"})
    site.city.choose("pass", repeat_seconds=0)
    for _ in range(3):
        resident = site.city.citizen()
        site.list_citizen(resident)
        seen = race(site, resident, CONCURRENT, [site.kiosk, site.other])
        assert seen == {"allow member": 1, "already_inside": CONCURRENT - 1}


def test_without_the_held_row_two_gates_let_one_person_in_twice(
    make_site: MakeSite, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    if database_url.startswith("sqlite"):
        pytest.skip("on SQLite writing units take turns")
    site = make_site(policy={"anti_passback": "hard"})
    resident = site.city.citizen()
    site.list_citizen(resident)
    barrier = threading.Barrier(CONCURRENT)

    def look_only(place_id: str, citizen_ref: str, gate_id: str) -> State:
        barrier.wait(timeout=10)
        return State(gate_id, False, NEVER, gate_id, None, None)

    monkeypatch.setattr(passing, "held", look_only)
    assert race(site, resident, CONCURRENT, [site.kiosk, site.other]) == {"allow member": CONCURRENT}
    assert held is not look_only


def test_the_same_invitation_sent_many_times_is_one(site: Site) -> None:
    host, guest = site.city.citizen(), site.city.citizen()
    site.list_citizen(host)
    body = site.invitation(guest.phone)
    assert statuses(site, [(host, "POST", f"{BASE}/my/invitations", body)] * CONCURRENT) == {201: CONCURRENT}
    assert site.city.count("pass_invitations") == 1


def test_the_limit_of_open_invitations_holds_against_many_at_once(make_site: MakeSite) -> None:
    site = make_site(policy={"guests_per_host": 3})
    host = site.city.citizen()
    site.list_citizen(host)
    guests = [site.city.citizen() for _ in range(CONCURRENT)]
    calls: list[Call] = [
        (host, "POST", f"{BASE}/my/invitations", site.invitation(guest.phone)) for guest in guests
    ]
    assert statuses(site, calls) == {201: 3, 409: CONCURRENT - 3}


def test_the_limit_of_waiting_claims_holds_against_many_at_once(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly() -> datetime:
        """Between counting and writing there is time for the others to count."""
        time.sleep(LONG_ENOUGH)
        return now()

    monkeypatch.setattr(claims, "MOST_WAITING", 2)
    monkeypatch.setattr(claims, "now", slowly)
    sites = [make_site(policy={"claims_allowed": True}) for _ in range(CONCURRENT)]
    citizen = sites[0].city.citizen()
    about = {"role": "resident", "unit": "1-1", "name": "张三"}
    calls: list[Call] = [
        (citizen, "POST", f"{BASE}/my/claims", {**about, "place_id": site.id}) for site in sites
    ]
    assert statuses(sites[0], calls) == {201: 2, 409: CONCURRENT - 2}


def test_a_claim_is_decided_once(make_site: MakeSite) -> None:
    site = make_site(policy={"claims_allowed": True})
    citizen = site.city.citizen()
    claim = site.mine(citizen, "POST", "/claims", 201, place_id=site.id, role="resident", unit="1", name="张")
    path = f"{BASE}/operator/places/{site.id}/claims/{claim['id']}"
    calls: list[Call] = [
        (site.operator, "POST", f"{path}/approve", None),
        (site.operator, "POST", f"{path}/refuse", {"reason": "不住这里"}),
        (citizen, "DELETE", f"{BASE}/my/claims/{claim['id']}", None),
    ]
    seen = statuses(site, calls * 2)
    assert seen[409] == 5
    assert seen[200] + seen[204] == 1


def test_an_emergency_is_opened_and_ended_once(site: Site) -> None:
    path = f"{BASE}/operator/places/{site.id}/emergency"
    body = {"reason": "火警", "until": rfc3339(now() + timedelta(hours=1))}
    assert statuses(site, [(site.operator, "POST", path, body)] * 6) == {201: 1, 409: 5}
    assert statuses(site, [(site.operator, "POST", f"{path}/end", None)] * 6) == {200: 1, 409: 5}
    assert site.city.count("audit_events", "action = 'pass.end_emergency'") == 1


def test_control_looking_before_ending_ends_an_emergency_six_times(
    site: Site, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("on SQLite writing units take turns")
    barrier = threading.Barrier(6)

    def looked_at(model: type[PassEmergency], *as_stated: Any, **to: Any) -> PassEmergency | None:
        found = session().scalars(select(model).where(*as_stated)).one_or_none()
        barrier.wait(timeout=10)
        for name, value in to.items() if found else ():
            setattr(found, name, value)
        session().flush()
        return found

    site.office("POST", "/emergency", 201, reason="火警", until=rfc3339(now() + timedelta(hours=1)))
    monkeypatch.setattr(emergencies, "guarded_update", looked_at)
    path = f"{BASE}/operator/places/{site.id}/emergency/end"
    assert statuses(site, [(site.operator, "POST", path, None)] * 6) == {200: 6}


def test_one_number_is_listed_once(site: Site) -> None:
    body = {"phone": site.city.citizen().phone, "name": "张三", "unit": "1-1", "role": "resident"}
    path = f"{BASE}/operator/places/{site.id}/members"
    assert statuses(site, [(site.operator, "POST", path, body)] * CONCURRENT) == {201: 1, 409: CONCURRENT - 1}


def test_one_document_is_listed_once(site: Site) -> None:
    body = {"id_number": site.city.unused_id_number(), "name": "张三", "role": "resident"}
    path = f"{BASE}/operator/places/{site.id}/members"
    assert statuses(site, [(site.operator, "POST", path, body)] * CONCURRENT) == {201: 1, 409: CONCURRENT - 1}


def test_a_kiosk_is_bound_by_several_at_once(site: Site) -> None:
    kiosk = site.city.kiosk("pass")
    gates = [gate["id"] for gate in site.office("GET", "/gates")["items"]]
    calls: list[Call] = [
        (site.operator, "POST", f"{BASE}/operator/gates/{gates[n % 2]}/kiosks", {"kiosk_id": kiosk.id})
        for n in range(CONCURRENT)
    ]
    assert statuses(site, calls) == {204: CONCURRENT}
    assert site.city.count("pass_gate_kiosks") == 3


def test_the_last_word_on_a_place_a_gate_and_a_member_counts(site: Site) -> None:
    """The second says what stood there before the first: it is written all the same."""
    member_id = site.list_citizen(site.city.citizen())
    gate_id = site.office("GET", "/gates")["items"][0]["id"]

    def first() -> None:
        places.change_place(places.place_or_404(site.id, hold=True), {"closed": True})
        places.change_gate(places.gate_or_404(gate_id, hold=True), {"in_use": False})
        members.set_standing(members.member_or_404(site.id, member_id, hold=True), "suspend", "desk", "desk")

    def second() -> None:
        site.change(closed=False)
        site.call(site.operator, "PATCH", f"{BASE}/operator/gates/{gate_id}", 200, in_use=True)
        site.office("POST", f"/members/{member_id}/restore")

    while_uncommitted(site.city.app, first, second)
    assert site.office("GET", "")["closed"] is False
    assert site.office("GET", "/gates")["items"][0]["in_use"] is True
    assert site.city.count("pass_members", "status = 'active'") == 1
