"""`flask demo load`: harmless to repeat, also for whoever is using the city."""

from __future__ import annotations

import json
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import delete

from citizen_app.citizens.models import CitizenDocument
from citizen_app.citizens.queries import citizen_by_phone
from citizen_app.factory import CitizenFlask
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City

ME = "/api/v1/kiosks/me/heartbeat"
CLOCK = {"clock": "2026-01-01T00:00:00Z"}


def loaded(app: CitizenFlask) -> dict[str, Any]:
    """What the command prints for programs."""
    result = app.test_cli_runner().invoke(args=["demo", "load", "--json"])
    assert result.exit_code == 0, result.output
    printed: dict[str, Any] = json.loads(result.stdout)
    return printed


def opens(client: FlaskClient, token: str) -> bool:
    """Whether a kiosk's token is accepted."""
    answer = client.post(ME, json=CLOCK, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code in (200, 401), answer.text
    return answer.status_code == 200


def test_the_citizens_have_documents_and_the_last_can_prove_hers(app: CitizenFlask) -> None:
    city, people = City(app), loaded(app)["citizens"]
    assert [len(person["id_number"]) for person in people] == [18] * 6
    assert {person["id_number"][:6] for person in people} == {"329901"}
    assert city.count("citizen_documents") == 7
    assert loaded(app)["citizens"] == people
    assert city.count("citizen_documents") == 7
    last = people[-1]
    with app.app_context(), transaction():
        citizen = citizen_by_phone(last["phone"])
        assert citizen is not None
        assert citizen.assurance_level == 1
        who = city.present(citizen, last["phone"])
    body = {"name": last["name"], "id_number": last["id_number"]}
    assert who.call("POST", "/api/v1/me/real-name", json=body).status_code == 200


def test_a_demo_city_from_before_gets_its_documents(app: CitizenFlask) -> None:
    loaded(app)
    city = City(app)
    with app.app_context(), transaction():
        db.session.execute(delete(CitizenDocument))
    loaded(app)
    assert city.count("citizen_documents") == 7


def test_a_kiosk_that_is_open_in_a_browser_stays_open(app: CitizenFlask, client: FlaskClient) -> None:
    first = loaded(app)["kiosks"][0]
    code = client.post(f"/demo/kiosks/{first['id']}/activation", headers={"Sec-Fetch-Site": "same-origin"})
    activated = client.post(
        "/api/v1/kiosks/activate", json={"activation_code": code.get_json()["activation_code"]}
    )
    in_browser = activated.get_json()["token"]
    for _ in range(3):
        kiosks = loaded(app)["kiosks"]
        assert all(opens(client, kiosk["token"]) for kiosk in kiosks)
        assert opens(client, in_browser)
    assert not opens(client, first["token"]), "activating a kiosk still ends what it was before"


def test_the_data_of_one_service_comes_alone(app: CitizenFlask) -> None:
    runner, city = app.test_cli_runner(), City(app)
    result = runner.invoke(args=["demo", "load", "pass", "--json"])
    assert result.exit_code == 0, result.output
    assert {kiosk["service"] for kiosk in json.loads(result.stdout)["kiosks"]} == {"pass"}
    assert city.count("pass_places") > 0
    assert city.count("bus_stops") == city.count("hospital_hospitals") == 0
    assert runner.invoke(args=["demo", "load"]).exit_code == 0
    assert city.count("bus_stops") > 0


def test_a_service_that_is_not_there_has_no_data(app: CitizenFlask) -> None:
    refused = app.test_cli_runner().invoke(args=["demo", "load", "bus", "metro"])
    assert refused.exit_code == 1
    assert "The service metro is not installed." in refused.output
    assert City(app).count("citizens") == 0
