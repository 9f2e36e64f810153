"""An outside eID: the citizen uses every service, and the city knows neither name nor number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import time_machine

from citizen_app.citizens.documents import EID, Proof, Source
from citizen_app.citizens.models import Citizen
from citizen_app.citizens.traits import AssuranceLevel
from citizen_app.factory import CitizenFlask
from citizen_app.identity.tries import MOST_TRIES
from citizen_app.process import logs
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen
from tests.integration.citizens.test_personal_fields import everything_stored
from tests.integration.identity.conftest import BORN, NUMBER, Watched, prove

PATH = "/api/v1/me/eid"
SUBJECT = "opaque-subject-of-the-eid"
TOKEN = "handed-over-by-the-app"
Nobody = Callable[[], TestCitizen]


def vouched(subject: str = SUBJECT, level: AssuranceLevel = AssuranceLevel.IN_PERSON) -> Watched:
    """An eID that knows everybody as this subject."""
    return Watched(answer=Proof(EID, subject, level, Source.EID))


def hand_over(citizen: TestCitizen) -> Any:
    """Use what the app of the eID has given."""
    return citizen.call("POST", PATH, json={"token": TOKEN})


def test_an_eid_raises_the_level_and_nothing_in_plain_text_is_kept(
    app: CitizenFlask, city: City, nobody: Nobody, use: Any, capsys: Any
) -> None:
    logs.configure_logs(replace(app.extensions["settings"], log_level="DEBUG"))
    eid = vouched()
    use(eid=eid)
    citizen = nobody()
    said = hand_over(citizen).get_json()
    assert said["assurance_level"] == 3
    assert [(one["kind"], one["masked_number"]) for one in said["documents"]] == [("eid", None)]
    assert eid.asked[0].text == TOKEN
    stored, shown = everything_stored(app), capsys.readouterr()
    assert "eid accepted" in shown.err, "control: the log is heard"
    for secret in (SUBJECT, TOKEN):
        assert secret.encode() not in stored
        assert secret not in shown.out + shown.err
    with app.app_context(), transaction(reading=True):
        row = db.session.get_one(Citizen, citizen.id)
        assert (row.name_sealed, row.born_sealed) == (None, None)


def test_whoever_has_an_eid_uses_services_without_a_number(city: City, nobody: Nobody, use: Any) -> None:
    use(eid=vouched())
    citizen, kiosk = nobody(), city.kiosk("bus")
    assert hand_over(citizen).status_code == 200
    for _ in range(2):
        scanned = kiosk.scan(citizen.code(), kiosk.purposes[0], context=kiosk.context)
        assert scanned.status_code in (200, 422), scanned.text
    assert citizen.get("/api/v1/me").get_json()["masked_name"] is None


def test_one_eid_has_one_account_and_nobody_is_told_of_it(nobody: Nobody, use: Any) -> None:
    use(eid=vouched())
    assert hand_over(nobody()).status_code == 200
    taken = hand_over(nobody())
    use(eid=Watched())
    refused = hand_over(nobody())
    said = [{k: v for k, v in one.get_json().items() if k != "request_id"} for one in (taken, refused)]
    assert taken.status_code == 409
    assert said[0] == said[1]


def test_tries_are_counted_together_with_those_of_a_name(nobody: Nobody, use: Any, enrol: Any) -> None:
    enrol()
    citizen = nobody()
    use(eid=Watched(), register=Watched())
    for number in range(MOST_TRIES):
        answer = hand_over(citizen) if number % 2 else prove(citizen)
        assert answer.status_code == 409
    assert hand_over(citizen).status_code == 429
    assert prove(citizen).status_code == 429


def test_another_eid_is_another_person(nobody: Nobody, use: Any, time_travel: time_machine.Traveller) -> None:
    use(eid=vouched(level=AssuranceLevel.REAL_NAME))
    citizen = nobody()
    assert hand_over(citizen).status_code == 200
    use(eid=vouched())
    assert hand_over(citizen).get_json()["assurance_level"] == 3, "the same one, confirmed anew"
    use(eid=vouched("another"))
    assert hand_over(citizen).status_code == 409
    time_travel.shift(timedelta(minutes=6))
    assert hand_over(citizen).get_json()["type"] == "/problems/reauthentication-required"


def test_a_weaker_eid_does_not_lower_and_a_name_may_follow(nobody: Nobody, use: Any) -> None:
    name = Proof("resident_id", NUMBER, AssuranceLevel.REAL_NAME, Source.HTTP, BORN)
    use(eid=vouched(), register=Watched(answer=name))
    citizen = nobody()
    assert hand_over(citizen).status_code == 200
    said = prove(citizen).get_json()
    assert said["assurance_level"] == 3
    assert {one["kind"] for one in said["documents"]} == {"eid", "resident_id"}
