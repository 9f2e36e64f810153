"""The server's clock jumps under load: nothing within the skew is refused, nothing beyond it accepted, and no
order breaks.

The clock moves inside this process (`time_machine`), with the whole application under threads; ids come from
the real clock, so what ids do when it jumps is said by events with ids made for the purpose
(tests/integration/usage/test_usage_retention.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from citizen_app import clock
from citizen_app.citizens.registration import create_citizen
from citizen_app.citizens.sessions import start_session
from citizen_app.codes.reading import SKEW_SECONDS, VALIDITY, Kind
from citizen_app.extensions import limiter
from citizen_app.factory import CitizenFlask
from citizen_app.ids import new_id
from citizen_app.jobs.runner import Job, current_jobs, run_due
from citizen_app.scans import replay
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk
from tests.drills.sizes import JUMPING_SCANS

JUMPS = (25, -25, 35, -35, 3600, -3600, SKEW_SECONDS, -SKEW_SECONDS, -SKEW_SECONDS - 1, 59, 60)
KIOSKS = 4
AGE = timedelta(days=2)


@pytest.fixture
def machine(city: City) -> Iterator[Any]:
    """A clock that goes on, and can be moved; the city and its keys are older than any jump."""
    del city
    with time_machine.travel(clock.now() + AGE, tick=True) as moved:
        yield moved


def concurrent_scans(kiosks: list[TestKiosk], codes: list[str]) -> Counter[str]:
    """Each kiosk presents its share of the codes."""

    def present(number: int) -> list[str]:
        kiosk = kiosks[number]
        own = TestKiosk(kiosk.id, kiosk.token, kiosk.client.application.test_client())
        return [own.scan(code, "enter").get_json()["reason"] for code in codes[number :: len(kiosks)]]

    with ThreadPoolExecutor(len(kiosks)) as pool:
        return Counter(reason for reasons in pool.map(present, range(len(kiosks))) for reason in reasons)


def expected(jump: int) -> str:
    """What becomes of a code that was issued just before the reader's clock jumped (docs/code-format.md)."""
    if jump >= VALIDITY[Kind.ONLINE]:
        return "expired"
    return "ok" if jump >= -SKEW_SECONDS else "not_yet_valid"


def test_codes_on_both_sides_of_a_jump(city: City, machine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiter, "enabled", False)  # it counts by a clock that stands still here
    citizen, kiosks = city.citizen(), [city.kiosk("probe") for _ in range(KIOSKS)]
    most = JUMPING_SCANS * KIOSKS
    for jump in JUMPS:
        machine.move_to(clock.at(clock.timestamp()) + timedelta(milliseconds=10))  # away from the next second
        before = [citizen.code() for _ in range(most)]
        moment = clock.at(clock.timestamp()) + timedelta(seconds=jump)
        machine.move_to(moment, tick=False)
        assert concurrent_scans(kiosks, before) == {expected(jump): most}, f"issued before a jump of {jump} s"
        machine.move_to(moment, tick=True)
        fresh = [citizen.code() for _ in range(most)]
        assert concurrent_scans(kiosks, fresh) == {"ok": most}, f"issued after a jump of {jump} s"
        assert set(concurrent_scans(kiosks, fresh)) <= {"replayed"}, "no jump makes a used code fresh"


def test_a_kiosks_own_clock_refuses_nobody(city: City) -> None:
    """Online the server's time counts; what a kiosk says is kept where it is possible."""
    citizen, kiosk = city.citizen(), city.kiosk("probe")
    for off in (25, -25, 35, -35, 3600, -3600):
        said = clock.rfc3339(clock.now() + timedelta(seconds=off))
        answer = kiosk.scan(citizen.code(), "enter", occurred_at=said).get_json()
        assert answer["reason"] == "ok", off
    for event in citizen.usage():
        assert event["occurred_at"][:16] <= event["received_at"][:16] or abs(off) > 300


def in_order(citizen: TestCitizen) -> list[str]:
    """Ids of the citizen's whole log, page by page, oldest first."""
    ids: list[str] = []
    cursor = ""
    while True:
        page = citizen.get(f"/api/v1/me/usage?limit=3{cursor}").get_json()
        ids += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            return ids[::-1]
        cursor = f"&cursor={page['next_cursor']}"


def test_events_keep_the_order_of_their_arrival(city: City, machine: Any) -> None:
    """Pages go by id. Control: by the clock on the wall the order is another."""
    kiosk, citizen = city.kiosk("probe"), city.citizen()
    acknowledged: list[str] = []
    times: dict[str, str] = {}
    for jump in (0, 3600, -3600, -35, 35, -10):
        machine.shift(timedelta(seconds=jump))
        for _ in range(3):
            answer = kiosk.scan(citizen.code(), "enter").get_json()
            acknowledged.append(answer["usage_id"])
            times[answer["usage_id"]] = answer["server_time"]
    machine.shift(timedelta(seconds=10))
    assert in_order(citizen) == acknowledged
    assert sorted(acknowledged, key=times.__getitem__) != acknowledged, "the control"


def test_a_sign_in_survives(app: CitizenFlask, machine: Any) -> None:
    with app.app_context(), transaction():
        tokens = start_session(create_citizen("+8613800138007"))

    def get(token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return app.test_client().get("/api/v1/me", headers=headers).status_code

    access, refresh = tokens.access_token, tokens.refresh_token
    for jump in (25, -50, 25, 35, -70, 35):
        machine.shift(timedelta(seconds=jump))
        assert get(access) == 200, jump
    for jump in (3600, -7200, 3600, -3600):
        machine.shift(timedelta(seconds=jump))
        assert get(access) == 401, "far away an access token is refused"
        answer = app.test_client().post("/api/v1/auth/tokens", json={"refresh_token": refresh})
        assert answer.status_code == 200, jump
        access, refresh = answer.get_json()["access_token"], answer.get_json()["refresh_token"]
        assert get(access) == 200


def test_jobs_go_on(app: CitizenFlask, machine: Any) -> None:
    runs: list[str] = []
    job = Job("drill.each_second", 1, lambda: runs.append("run"))
    with app.app_context():
        for jump in (0, 3600, -3600, -86_400, 35, -35 - 120):
            machine.shift(timedelta(seconds=jump + 2))
            run_due([job])
            machine.shift(timedelta(seconds=2))
            run_due([job])
    assert len(runs) == 12, "a clock set back leaves no job waiting for the time to come again"


def kept_through_a_jump(app: CitizenFlask, city: City, machine: Any) -> str:
    """What an offline kiosk hears of a code that was used elsewhere before the clock jumped by a month, was
    wrong for some hours with all jobs at work, and was set right.
    """
    citizen, used_at, offline = city.citizen(), city.kiosk("probe"), city.kiosk("probe")
    code, scanned = citizen.code(), clock.now()
    assert used_at.scan(code, "enter").get_json()["reason"] == "ok"
    away = timedelta(days=30)
    with app.app_context():
        run_due(current_jobs())
        machine.shift(away)
        for _ in range(3):
            run_due(current_jobs())
            machine.shift(timedelta(hours=7))
        machine.shift(-away)
        run_due(current_jobs())
    scan = {"scan_id": new_id(), "purpose": "enter", "code": code, "occurred_at": clock.rfc3339(scanned)}
    (told,) = offline.post("/api/v1/scans/batch", {"scans": [scan]}).get_json()["results"]
    return str(told["reason"])


def test_a_used_code_stays_used_when_the_clock_has_been_ahead(
    app: CitizenFlask, city: City, machine: Any
) -> None:
    assert kept_through_a_jump(app, city, machine) == "replayed"


def test_control_by_the_clock_on_the_wall_a_used_code_is_fresh_again(
    app: CitizenFlask, city: City, machine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "retention_now", clock.now)
    assert kept_through_a_jump(app, city, machine) == "ok"
