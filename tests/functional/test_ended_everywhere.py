"""Whatever is ended in one process is refused by every worker of a server within a second: sessions of staff
and of citizens, accounts, kiosks (ASVS V7.4.1, V7.4.2, V7.4.5)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from citizen_app.citizens.sessions import end_all_sessions
from citizen_app.clock import now, rfc3339
from citizen_app.factory import CitizenFlask
from citizen_app.kiosks import operations as kiosks
from citizen_app.staff import operations as staff
from citizen_app.staff.sessions import sign_out, staff_of_token
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City
from tests.drills.sizes import ENDED_WITHIN_SECONDS
from tests.integration.staff.people import hire
from tests.server import Server

pytestmark = pytest.mark.processes
WATCHED_SECONDS = 1.0
"""How long it must stay refused, whichever worker is asked."""


@dataclass(frozen=True)
class Opened:
    """Something that lets somebody in: the request that it lets pass, and how it is ended."""

    request: httpx.Request
    end: Callable[[], object]


@pytest.fixture
def services_dir() -> Path | None:
    """The sample services instead of the product's."""
    return Path(__file__).parents[1] / "sample_services"


@pytest.fixture
def server(app: CitizenFlask, app_environment: dict[str, str], tmp_path: Path) -> Iterator[Server]:
    """A server beside this process, which ends things; on PostgreSQL with two workers, where there is
    Redis."""
    redis = os.environ.get("CITIZEN_TEST_REDIS", "")
    several = {"CITIZEN_WORKERS": "2", "CITIZEN_REDIS_URL": redis} if redis else {}
    more = {} if app.extensions["settings"].on_sqlite else several
    made = Server({**app_environment, **more, "CITIZEN_WATCH_INTERVAL": "1.0"}, tmp_path / "server.log")
    made.start()
    yield made
    made.stop()


def opened(app: CitizenFlask, url: str) -> dict[str, Opened]:
    """One of each kind."""
    city, people = City(app), {}
    for name in ("signed.out", "disabled", "cookie"):
        people[name] = hire(app, name, "auditor")
    own, shut = people["signed.out"].sign_in(), people["disabled"].sign_in()
    cookie = {"Cookie": f"console={people['cookie'].browser().cookie}"}
    citizen, kiosk = city.citizen(), city.kiosk("probe")
    token = own["Authorization"].removeprefix("Bearer ")
    current, heartbeat = f"{url}/api/v1/staff/sessions/current", f"{url}/api/v1/kiosks/me/heartbeat"
    mine, theirs = ({"Authorization": f"Bearer {one}"} for one in (citizen.access_token, kiosk.token))
    beat = httpx.Request("POST", heartbeat, headers=theirs, json={"clock": rfc3339(now())})
    return {
        "session of staff": Opened(
            httpx.Request("GET", current, headers=own), lambda: sign_out(staff_of_token(token))
        ),
        "account of staff": Opened(
            httpx.Request("GET", current, headers=shut), lambda: staff.disable(people["disabled"].id)
        ),
        "page of the console": Opened(
            httpx.Request("GET", f"{url}/console/audit/", headers=cookie),
            lambda: staff.disable(people["cookie"].id),
        ),
        "session of a citizen": Opened(
            httpx.Request("GET", f"{url}/api/v1/me", headers=mine), lambda: end_all_sessions(citizen.id)
        ),
        "kiosk": Opened(beat, lambda: kiosks.revoke(kiosk.id)),
    }


def passes(one: Opened) -> bool:
    """Whether it lets somebody in, over a connection of its own, so that any worker may take it."""
    with httpx.Client(timeout=15) as client:
        return client.send(one.request).status_code == 200


def test_what_is_ended_is_refused_by_every_worker(app: CitizenFlask, server: Server) -> None:
    found = opened(app, server.url)
    for name, one in found.items():
        assert all(passes(one) for _ in range(6)), f"{name}: it is open to begin with"
    with app.app_context(), transaction():
        for one in found.values():
            one.end()
    ended = time.monotonic()
    let_in: dict[str, float] = {}
    while (since := time.monotonic() - ended) < ENDED_WITHIN_SECONDS + WATCHED_SECONDS:
        let_in |= {name: since for name, one in found.items() if passes(one)}
        time.sleep(0.05)
    assert {name: late for name, late in let_in.items() if late > ENDED_WITHIN_SECONDS} == {}
    assert let_in.keys() <= {"session of a citizen", "kiosk"}, "staff are read from the tables at each call"
