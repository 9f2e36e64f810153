"""放号: two thousand phones ask for the hundred numbers of one doctor in the second of their release.
As many are held as there are, everybody is told in words, nobody who asks after a number was refused gets
one, and what was acknowledged survives a worker that is killed."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from citizen_app.citizens.registration import create_citizen
from citizen_app.citizens.traits import AssuranceLevel
from citizen_app.clock import now
from citizen_app.consent.notice import notice_in_force
from citizen_app.consent.operations import accept_notice
from citizen_app.factory import CitizenFlask
from citizen_app.ids import new_id
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen
from services.hospital.models import HospitalBooking, HospitalPool, HospitalSession
from tests.drills.load import eventually
from tests.drills.rush import Ask, percentile, rush
from tests.drills.sizes import LONG_ON, RELEASE_NUMBERS, RELEASE_REQUESTS
from tests.redis_server import redis_address
from tests.server import Server

pytestmark = pytest.mark.processes

BASE = "/api/v1/services/hospital"
AT_ONCE = 400
"""Connections open at the same time, as a proxy in front limits them."""
EARLY = 20
"""Who cannot wait, and asks before as well."""
LEAD_SECONDS = 0.5
RULES = {"release_days": 30, "closes_minutes": 0, "pays": "window"}


@pytest.fixture
def services_dir() -> Path | None:
    """The product's services."""
    return None


@pytest.fixture
def server(
    app: CitizenFlask, app_environment: dict[str, str], tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Server]:
    """On PostgreSQL two workers, where a Redis counts their limits together; or the faulty one that a control
    names."""
    more, redis = {}, redis_address()
    if not app.extensions["settings"].on_sqlite and redis is not None:
        more = {"CITIZEN_WORKERS": "2", "CITIZEN_REDIS_URL": redis}
    wsgi = getattr(request, "param", "wsgi:app")
    made = Server({**app_environment, **more}, tmp_path / "server.log", wsgi)
    made.start()
    yield made
    made.kill()


@dataclass
class Release:
    """The numbers of one doctor, and those who want them."""

    city: City
    server: Server
    pool_id: str
    people: list[TestCitizen]

    def at(self, moment: datetime) -> None:
        """Release the numbers at that moment; the rules know minutes only."""
        with self.city.app.app_context(), transaction():
            session_of = select(HospitalPool.session_id).where(HospitalPool.id == self.pool_id)
            db.session.execute(update(HospitalPool).values(opens_at=moment))
            db.session.execute(
                update(HospitalSession)
                .where(HospitalSession.id.in_(session_of.scalar_subquery()))
                .values(opens_at=moment)
            )

    def asks(self, people: list[TestCitizen]) -> list[Ask]:
        """A request of each."""
        return [Ask(one.access_token, new_id()) for one in people]

    def rush(self, asks: list[Ask]) -> None:
        """All of them at once."""
        rush(self.server.port, f"{BASE}/bookings", {"slot_id": self.pool_id}, asks, AT_ONCE)

    def wave(self) -> list[Ask]:
        """Those who are too early, then everybody at the second of the release, who are returned."""
        asks, early = self.asks(self.people), self.asks(self.people[:EARLY])
        self.at(now() + timedelta(hours=1))
        self.rush(early)
        assert {(ask.status, "opens_at" in ask.answer) for ask in early} == {(409, True)}
        opens_at = now() + timedelta(seconds=LEAD_SECONDS)
        self.at(opens_at)
        time.sleep(LEAD_SECONDS)
        assert now() >= opens_at
        self.rush(asks)
        return asks

    def serves(self) -> bool:
        """Whether the server answers."""
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.server.url}/healthz", timeout=5).status_code == 200
        return False

    def held(self) -> dict[str, str]:
        """The numbers that are taken: whose, by booking."""
        with self.city.app.app_context(), transaction(reading=True):
            taken = select(HospitalBooking.id, HospitalBooking.citizen_ref).where(
                HospitalBooking.pool_id == self.pool_id,
                HospitalBooking.hold_state.in_(("held", "confirmed")),
            )
            return {str(booking): ref for booking, ref in db.session.execute(taken)}


def crowd(city: City, size: int) -> list[TestCitizen]:
    """So many citizens with a real name, registered in one unit of work."""
    with city.app.app_context(), transaction():
        version = notice_in_force().version
        found = []
        for number in range(size):
            phone = f"+86139{number:08}"
            citizen = create_citizen(phone, name="张小三", assurance_level=AssuranceLevel.REAL_NAME)
            accept_notice(citizen.id, version)
            found.append(city.present(citizen, phone))
        return found


def doctor(city: City) -> str:
    """A hospital with one doctor, who sees patients in three days; the slot of all their numbers."""
    zone = city.app.extensions["settings"].timezone
    operator, day = city.operator("hospital"), (now() + timedelta(days=3)).astimezone(zone).date()

    def made(path: str, **body: Any) -> str:
        answer = operator.call("POST", f"{BASE}/operator{path}", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.get_json()["id"])

    names = {"name_zh": "示范", "name_en": "Demonstration"}
    hospital = made("/hospitals", code="H1", **names)
    campus = made("/campuses", hospital_id=hospital, **names)
    department = made("/departments", hospital_id=hospital, campus_id=campus, code="int", **names)
    made(f"/hospitals/{hospital}/policies", rules=RULES)
    line = {
        "department_id": department, "doctor_id": None, "weekday": day.weekday(), "segment": "morning", "starts": "08:00:00",
        "ends": "12:00:00", "slot_minutes": 240, "kind": "expert", "fee": 0, "app_places": RELEASE_NUMBERS,
        "window_places": 0, "days": "always", "valid_from": day.isoformat(), "valid_until": day.isoformat(),
    }  # fmt: skip
    made("/templates", hospital_id=hospital, **line)
    with city.app.app_context(), transaction(reading=True):
        return str(db.session.scalars(select(HospitalPool.id)).one())


@pytest.fixture
def release(city: City, server: Server) -> Release:
    """A doctor's numbers, not released yet."""
    return Release(city, server, doctor(city), crowd(city, RELEASE_REQUESTS))


def told(asks: list[Ask], name: str) -> None:
    """The figures, for whoever reads the output."""
    answered = [ask for ask in asks if ask.status is not None]
    last = max(number for number, ask in enumerate(asks) if ask.status == 201)
    took = max(ask.answered for ask in asks) - min(ask.sent for ask in asks)
    p50, p99 = (percentile(answered, share) * 1000 for share in (50, 99))
    print(
        f"{name}: {len(asks)} requests for {RELEASE_NUMBERS} numbers in {took:.1f} s, p50 {p50:.0f} ms, "
        f"p99 {p99:.0f} ms, {dict(Counter(ask.status for ask in asks))}, the last number to no. {last + 1}"
    )


def is_full(ask: Ask) -> bool:
    """Whether it was said that no number is left."""
    return ask.status == 409 and "opens_at" not in ask.answer


def refused_first_served_later(asks: list[Ask]) -> list[Ask]:
    """Who got a number though they asked after somebody had been told that none is left."""
    first_refusal = min(ask.answered for ask in asks if is_full(ask))
    return [ask for ask in asks if ask.status == 201 and ask.sent > first_refusal]


def test_exactly_as_many_are_held_as_there_are(release: Release, request: pytest.FixtureRequest) -> None:
    asks = release.wave()
    told(asks, request.node.name)
    statuses = Counter(ask.status for ask in asks)
    assert set(statuses) <= {201, 409, 429}, statuses
    assert all(ask.waits for ask in asks if ask.status == 429), "whoever is limited is told for how long"
    won = {
        ask.answer["id"]: person
        for ask, person in zip(asks, release.people, strict=True)
        if ask.status == 201
    }
    assert len(won) == statuses[201] == RELEASE_NUMBERS
    assert release.held() == {booking: person.ref("hospital") for booking, person in won.items()}
    assert release.city.count("hospital_pools", f"taken = {RELEASE_NUMBERS}") == 1
    assert refused_first_served_later(asks) == []
    assert release.city.count("hospital_bookings") == RELEASE_NUMBERS, "nothing is left behind by a refusal"


@pytest.mark.parametrize("database_url", LONG_ON, indirect=True)
@pytest.mark.parametrize("server", ["tests.drills.faulty:generous()"], indirect=True)
def test_control_without_the_guard_numbers_are_oversold(release: Release) -> None:
    asks = release.wave()
    assert Counter(ask.status for ask in asks)[201] == len(release.held()) > RELEASE_NUMBERS


def test_a_worker_killed_in_the_middle_takes_no_number_along(
    release: Release, request: pytest.FixtureRequest
) -> None:
    waves: list[list[Ask]] = []
    _, worker, *_ = release.server.processes()
    at_work = threading.Thread(target=lambda: waves.append(release.wave()))
    at_work.start()
    eventually(60, lambda: len(release.held()) >= RELEASE_NUMBERS // 4)
    os.kill(worker, signal.SIGKILL)
    at_work.join(120)
    (asks,) = waves
    eventually(60, release.serves)
    unanswered = [ask for ask in asks if ask.status is None]
    assert unanswered, "it was killed while it worked"
    acknowledged = {ask.answer["id"] for ask in asks if ask.status == 201}
    assert acknowledged <= set(release.held()), "what was acknowledged is there"
    release.rush(unanswered)  # the same phones with the same keys, as they do that got no answer
    told(asks, request.node.name)
    assert {ask.status for ask in asks} <= {201, 409, 429}
    held = release.held()
    assert len(held) == len(set(held.values())) == RELEASE_NUMBERS
    assert {ask.answer["id"] for ask in asks if ask.status == 201} == set(held), "and so is who asked again"
