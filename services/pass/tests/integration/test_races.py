"""Many at once: entries are never counted short, and two gates do not let one person in twice."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from citizen_app.toolkit.testing import TestCitizen, TestKiosk

from ...operations import passing
from ...operations.presence import NEVER, State, held
from ..conftest import MakeSite, Site, verdict

AT_ONCE = 8
SCANS = 200
ALLOWED = 7


def race(site: Site, citizen: TestCitizen, scans: int, kiosks: list[TestKiosk]) -> Counter[str]:
    """Verdicts on scans of one citizen's codes, as many at a time as threads, each code its own."""
    site.city.let_scans_race()
    codes = [citizen.code() for _ in range(scans)]
    ready = threading.Barrier(AT_ONCE)

    def worker(number: int) -> Counter[str]:
        kiosk = kiosks[number % len(kiosks)]
        mine = TestKiosk(kiosk.id, kiosk.token, site.city.app.test_client())
        ready.wait()
        seen: Counter[str] = Counter()
        for code in codes[number::AT_ONCE]:
            answer = mine.scan(code, "enter")
            while answer.status_code == 429:
                answer = mine.scan(code, "enter")
            assert answer.status_code == 200, answer.text
            seen[verdict(answer.get_json())] += 1
        return seen

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(worker, range(AT_ONCE)), Counter[str]())


def invited(site: Site) -> TestCitizen:
    """A guest with some entries."""
    host, guest = site.city.citizen(), site.city.citizen()
    site.list_citizen(host)
    site.invite(host, guest.phone, entries=ALLOWED)
    site.city.choose("pass", repeat_seconds=0)
    return guest


def test_two_hundred_scans_use_an_invitation_up_exactly(site: Site) -> None:
    guest = invited(site)
    seen = race(site, guest, SCANS, [site.kiosk, site.other])
    assert seen == {"allow guest": ALLOWED, "invitation_used": SCANS - ALLOWED}
    assert site.city.count("pass_passages") == ALLOWED
    assert site.city.count("pass_invitations", f"entries_used = {ALLOWED}") == 1


def test_counting_what_was_read_before_lets_too_many_in(
    site: Site, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: no held row, no guarded count. On SQLite writing units take turns, which makes even that safe."""
    if database_url.startswith("sqlite"):
        pytest.skip("on SQLite writing units take turns")
    guest = invited(site)
    site.scan(guest)
    together = threading.Barrier(AT_ONCE)

    def unguarded(invitation: Any, *, always: bool) -> int | None:
        together.wait(timeout=10)
        return int(invitation.entries_used) + 1

    def unheld(place_id: str, citizen_ref: str, gate_id: str) -> State:
        return State(gate_id, False, NEVER, gate_id, None, None)

    monkeypatch.setattr(passing, "_entries_used", unguarded)
    monkeypatch.setattr(passing, "held", unheld)
    monkeypatch.setattr(passing, "moved", lambda *_, **__: True)
    seen = race(site, guest, AT_ONCE, [site.kiosk, site.other])
    assert seen["allow guest"] == AT_ONCE > ALLOWED - 1


def test_two_gates_at_once_let_one_person_in_once(make_site: MakeSite) -> None:
    site = make_site(policy={"anti_passback": "hard"})
    site.city.choose("pass", repeat_seconds=0)
    for _ in range(3):
        resident = site.city.citizen()
        site.list_citizen(resident)
        seen = race(site, resident, AT_ONCE, [site.kiosk, site.other])
        assert seen == {"allow member": 1, "already_inside": AT_ONCE - 1}


def test_without_the_held_row_two_gates_let_one_person_in_twice(
    make_site: MakeSite, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    if database_url.startswith("sqlite"):
        pytest.skip("on SQLite writing units take turns")
    site = make_site(policy={"anti_passback": "hard"})
    resident = site.city.citizen()
    site.list_citizen(resident)
    together = threading.Barrier(AT_ONCE)

    def look_only(place_id: str, citizen_ref: str, gate_id: str) -> State:
        together.wait(timeout=10)
        return State(gate_id, False, NEVER, gate_id, None, None)

    monkeypatch.setattr(passing, "held", look_only)
    assert race(site, resident, AT_ONCE, [site.kiosk, site.other]) == {"allow member": AT_ONCE}
    assert held is not look_only


def test_the_same_invitation_sent_many_times_is_one(site: Site) -> None:
    host, guest = site.city.citizen(), site.city.citizen()
    site.list_citizen(host)
    body = site.invitation(guest.phone)
    ready = threading.Barrier(AT_ONCE)

    def send(_: int) -> int:
        client = site.city.app.test_client()
        ready.wait()
        headers = {"Authorization": f"Bearer {host.access_token}"}
        return client.post("/api/v1/services/pass/my/invitations", json=body, headers=headers).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert set(pool.map(send, range(AT_ONCE))) == {201}
    assert site.city.count("pass_invitations") == 1


def test_the_limit_of_open_invitations_holds_against_many_at_once(make_site: MakeSite) -> None:
    site = make_site(policy={"guests_per_host": 3})
    host = site.city.citizen()
    site.list_citizen(host)
    guests = [site.city.citizen() for _ in range(AT_ONCE)]
    bodies = [site.invitation(guest.phone) for guest in guests]
    ready = threading.Barrier(AT_ONCE)

    def send(body: dict[str, Any]) -> int:
        client = site.city.app.test_client()
        ready.wait()
        headers = {"Authorization": f"Bearer {host.access_token}"}
        return client.post("/api/v1/services/pass/my/invitations", json=body, headers=headers).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert Counter(pool.map(send, bodies)) == {201: 3, 409: AT_ONCE - 3}
