"""Two hundred concurrent requests for one thing: exactly one gets it. Negative controls that check before
they write."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select, update

from citizen_app import clock
from citizen_app.citizens.challenges import MOST_TRIES
from citizen_app.citizens.models import Citizen, OtpChallenge, SignInSession
from citizen_app.citizens.registration import create_citizen
from citizen_app.citizens.sessions import start_session
from citizen_app.extensions import limiter
from citizen_app.factory import CitizenFlask
from citizen_app.ids import new_id
from citizen_app.kiosks import operations as kiosk_operations
from citizen_app.kiosks.models import Kiosk
from citizen_app.registry.modules import current_registry
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from citizen_app.toolkit.testing import City
from tests.drills.sizes import CONCURRENT

THREADS = 32
LOOKERS = 4
"""How many look before any of them writes, in the controls."""


@pytest.fixture
def app_environment(app_environment: dict[str, str]) -> dict[str, str]:
    """An application set for many threads: it has a connection for each, and some to spare."""
    return {**app_environment, "CITIZEN_THREADS": str(THREADS)}


@pytest.fixture(autouse=True)
def _unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred concurrent requests exceed every rate limit."""
    monkeypatch.setattr(limiter, "enabled", False)


@pytest.fixture(params=[False, True], ids=["together", "apart"])
def scanned(city: City, request: pytest.FixtureRequest) -> City:
    """The city whose scans go together, and one in which each is walked alone, as in many processes."""
    if request.param:
        city.let_scans_race()
    return city


def concurrently(times: int, work: Callable[[int], Any], most_threads: int = THREADS) -> list[Any]:
    """Do it so often, on as many threads as the application is set for; they start together."""
    threads = min(times, most_threads)
    together = threading.Barrier(threads)

    def one(number: int) -> Any:
        if number < threads:
            together.wait(30)
        return work(number)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(times)))


def post(app: CitizenFlask, path: str, body: dict[str, Any], token: str = "") -> Any:
    """One request of a client of its own."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return app.test_client().post(f"/api/v1{path}", json=body, headers=headers)


def value_of(app: CitizenFlask, statement: Any) -> Any:
    """One value from the database."""
    with app.app_context(), transaction(reading=True):
        return db.session.scalar(statement)


def test_one_code_is_allowed_once(app: CitizenFlask, scanned: City) -> None:
    kiosks, code = [scanned.kiosk("probe") for _ in range(4)], scanned.citizen().code()

    def present(number: int) -> str:
        body = {"scan_id": new_id(), "purpose": "enter", "code": code}
        return str(post(app, "/scans", body, kiosks[number % 4].token).get_json()["reason"])

    assert Counter(concurrently(CONCURRENT, present)) == {"ok": 1, "replayed": CONCURRENT - 1}
    assert scanned.count("probe_entries") == 1
    assert scanned.count("usage_events") == CONCURRENT


def test_one_scan_sent_often_happens_once(app: CitizenFlask, scanned: City) -> None:
    kiosk = scanned.kiosk("probe")
    body = {"scan_id": new_id(), "purpose": "enter", "code": scanned.citizen().code()}
    answers = concurrently(CONCURRENT, lambda _: post(app, "/scans", body, kiosk.token).get_json())
    assert {answer["usage_id"] for answer in answers} == {answers[0]["usage_id"]}
    assert {answer["reason"] for answer in answers} == {"ok"}
    assert (scanned.count("usage_events"), scanned.count("probe_entries"), scanned.count("scan_answers")) == (
        1,
        1,
        1,
    )


def test_one_scan_id_for_different_codes_decides_one(app: CitizenFlask, scanned: City) -> None:
    kiosk, citizen, scan_id = scanned.kiosk("probe"), scanned.citizen(), new_id()
    codes = [citizen.code() for _ in range(CONCURRENT)]

    def send(number: int) -> str:
        body = {"scan_id": scan_id, "purpose": "enter", "code": codes[number]}
        answer = post(app, "/scans", body, kiosk.token).get_json()
        return str(answer.get("reason") or answer["type"])

    assert Counter(concurrently(CONCURRENT, send)) == {
        "ok": 1,
        "/problems/idempotency-conflict": CONCURRENT - 1,
    }
    assert (scanned.count("usage_events"), scanned.count("probe_entries")) == (1, 1)


def started_challenge(app: CitizenFlask) -> tuple[str, str]:
    """The id and OTP of a demo citizen's challenge, whose OTP is known."""
    with app.app_context(), transaction():
        create_citizen("+8613800138000", is_demo=True)
    answer = post(app, "/auth/challenges", {"phone": "13800138000"})
    return answer.get_json()["challenge_id"], "000000"


def test_five_of_many_guesses_are_heard(app: CitizenFlask) -> None:
    challenge_id, otp = started_challenge(app)

    def guess(number: int) -> int:
        body = {"challenge_id": challenge_id, "otp": f"{number + 1:06d}"}
        return int(post(app, "/auth/tokens", body).status_code)

    assert Counter(concurrently(CONCURRENT, guess)) == {401: CONCURRENT}
    assert value_of(app, select(OtpChallenge.attempts).where(OtpChallenge.id == challenge_id)) == MOST_TRIES
    assert post(app, "/auth/tokens", {"challenge_id": challenge_id, "otp": otp}).status_code == 401


def test_one_otp_opens_one_session(app: CitizenFlask) -> None:
    challenge_id, otp = started_challenge(app)
    body = {"challenge_id": challenge_id, "otp": otp}
    statuses = concurrently(CONCURRENT, lambda _: post(app, "/auth/tokens", body).status_code)
    assert Counter(statuses) == {200: 1, 401: CONCURRENT - 1}
    assert value_of(app, select(func.count(SignInSession.id))) == 1


def test_one_refresh_token_has_one_successor(app: CitizenFlask) -> None:
    """Every request within ten seconds gets the same successor: an answer was lost, or a second tab asked."""
    with app.app_context(), transaction():
        token = start_session(create_citizen("+8613800138009")).refresh_token
    answers = concurrently(CONCURRENT, lambda _: post(app, "/auth/tokens", {"refresh_token": token}))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.get_json()["refresh_token"] for answer in answers}) == 1
    assert value_of(app, select(SignInSession.generation)) == 1


def pending_kiosk(app: CitizenFlask) -> str:
    """The activation code of a new kiosk."""
    with app.app_context(), transaction():
        module = current_registry().get("probe")
        assert module is not None
        _, code = kiosk_operations.create(
            name="新设备",
            service="probe",
            purposes=["enter"],
            place=Text("东门", "East gate"),
            context={},
            purposes_of=lambda _: module.descriptor.purposes,
        )
    return code


def test_one_activation_code_makes_one_kiosk(app: CitizenFlask, city: City) -> None:
    code = pending_kiosk(app)
    answers = concurrently(CONCURRENT, lambda _: post(app, "/kiosks/activate", {"activation_code": code}))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 401: CONCURRENT - 1}


def test_control_looking_before_writing_activates_several(app: CitizenFlask, city: City) -> None:
    """The race is real on both databases: a look in one transaction and a write in the next lets more than
    one win."""
    pending_kiosk(app)
    all_have_looked = threading.Barrier(LOOKERS)

    def look_then_write(_: int) -> bool:
        with app.app_context():
            with transaction(reading=True):
                free = db.session.scalar(select(Kiosk.state)) == "pending"
            all_have_looked.wait(10)
            with transaction():
                db.session.execute(update(Kiosk).values(state="active"))
            return free

    assert concurrently(LOOKERS, look_then_write) == [True] * LOOKERS


def test_control_looking_for_a_used_otp_opens_several_sessions(app: CitizenFlask) -> None:
    challenge_id, _ = started_challenge(app)
    all_have_looked = threading.Barrier(LOOKERS)

    def look_then_write(_: int) -> None:
        with app.app_context():
            with transaction(reading=True):
                unused = db.session.get_one(OtpChallenge, challenge_id).used_at is None
                citizen = db.session.scalars(select(Citizen)).one()
            all_have_looked.wait(10)
            with transaction():
                db.session.execute(update(OtpChallenge).values(used_at=clock.now()))
                if unused:
                    start_session(citizen)

    concurrently(LOOKERS, look_then_write)
    assert value_of(app, select(func.count(SignInSession.id))) == LOOKERS
