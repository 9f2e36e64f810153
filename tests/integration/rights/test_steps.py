"""Services forget one by one: whoever fails, is switched off or is killed half-way is asked again, and
nothing is called done before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import insert, select

from citizen_app.clock import now
from citizen_app.doctor.rights import requests
from citizen_app.registry import state
from citizen_app.registry.modules import current_registry
from citizen_app.rights import steps
from citizen_app.rights.models import ErasureStep
from citizen_app.rights.queries import overdue
from citizen_app.rights.views import KnownAs
from citizen_app.storage.orm import Model, db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen
from tests.integration.rights.conftest import Resident, erase, forget_all, places_of, work

Settle = Callable[[TestCitizen], None]
DONE = "kind = 'erasure' AND state = 'done'"


@pytest.fixture
def leaving(resident: Resident, settle: Settle) -> Resident:
    """Somebody who has closed their account."""
    settle(resident.citizen)
    assert erase(resident).status_code == 202
    return resident


def told(city: City) -> str:
    """What the doctor says of requests."""
    with city.app.app_context(), transaction(reading=True):
        return "\n".join(fault.what.en for fault in requests())


def test_a_service_that_is_off_is_waited_for(
    city: City, leaving: Resident, time_travel: time_machine.Traveller
) -> None:
    with city.app.app_context(), transaction():
        state.disable("bus")
    forget_all(city, time_travel)
    assert city.count("bus_boardings") == 1
    assert city.count("pass_passages") + city.count("pass_presence") == 0
    assert city.count("rights_requests", DONE) == 0
    assert "bus has not forgotten people who are erased: switched off" in told(city)
    time_travel.shift(timedelta(days=15))
    with city.app.app_context(), transaction(reading=True):
        assert len(overdue()) == 1
    assert "1 request of citizens overdue" in told(city)
    operator = city.operator(None, "system_admin")
    (shown,) = operator.get("/api/v1/admin/requests?state=waiting").get_json()["items"]
    assert shown["overdue"]
    assert "bus" in [one["service"] for one in shown["waits_for"]]
    with city.app.app_context(), transaction():
        state.enable("bus")
    forget_all(city, time_travel)
    assert city.count("bus_boardings") == 0
    assert city.count("rights_requests", DONE) == 1
    assert told(city) == ""


def test_a_service_that_crashes_keeps_its_rows_and_is_asked_again(
    city: City, leaving: Resident, time_travel: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    with city.app.app_context():
        hooks: Any = current_registry().get("bus")
        real = hooks.hooks.erase_for

        def crashes(citizen: Any) -> None:
            real(citizen)
            raise RuntimeError("half-way, with a name in it: 欧阳不二")

        with monkeypatch.context() as patch:
            patch.setattr(hooks.hooks, "erase_for", crashes)
            forget_all(city, time_travel)
            assert city.count("bus_boardings") == 1, "the step is one unit of work"
            assert "RuntimeError" in told(city)
            assert places_of(city, {"欧阳不二"}) == set(), "an error's words are not kept"
    time_travel.shift(timedelta(minutes=11))
    forget_all(city, time_travel)
    assert (city.count("bus_boardings"), city.count("rights_requests", DONE)) == (0, 1)


def test_what_had_begun_before_is_forgotten_too(
    city: City, leaving: Resident, time_travel: time_machine.Traveller
) -> None:
    """A scan that was being decided while the account went may write after the first pass."""
    ref, moment = leaving.citizen.ref("bus"), now()
    work(city)
    assert city.count("bus_boardings") == 0
    assert city.count("rights_requests", DONE) == 0, "once is not enough"
    with city.app.app_context(), transaction():
        riders = Model.metadata.tables["bus_riders"]
        db.session.execute(insert(riders).values(citizen_ref=ref, tapped_on="bus 7", tapped_at=moment))
    time_travel.shift(steps.AGAIN_AFTER + timedelta(seconds=1))
    work(city)
    assert (city.count("bus_riders"), city.count("rights_requests", DONE)) == (0, 1)


def test_nothing_is_left_by_which_services_could_be_compared(city: City, leaving: Resident) -> None:
    """Until a step is done it holds references of one service, sealed, and none of another."""
    refs: dict[str, set[str]] = {}
    with city.app.app_context(), transaction(reading=True):
        for step in db.session.scalars(select(ErasureStep)):
            known = KnownAs.from_text(step.known or "")
            held = (known.citizen_ref, known.contact_ref, *known.identity_refs)
            refs[step.service] = {ref for ref in held if ref}
    assert refs["bus"].isdisjoint(refs["pass"])
    assert all(refs.values())
