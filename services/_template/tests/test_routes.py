"""HTTP: hours for anyone, my visits, and what the service's staff see and do."""

from __future__ import annotations

from flask.testing import FlaskClient

from citizen_app.toolkit.testing import City

ROOT = "/api/v1/services/parlour"


def test_anyone_may_ask_for_the_hours(city: City, client: FlaskClient) -> None:
    city.choose("parlour", opens_at=8, closes_at=21)
    hours = client.get(f"{ROOT}/hours").get_json()
    assert (hours["opens_at"], hours["closes_at"]) == (8, 21)


def test_a_citizen_sees_own_visits_and_no_others(city: City) -> None:
    kiosk, citizen, other = city.kiosk("parlour"), city.citizen(), city.citizen()
    kiosk.scan(citizen.code(), "enter")
    assert len(citizen.get(f"{ROOT}/visits").get_json()["items"]) == 1
    assert other.get(f"{ROOT}/visits").get_json()["items"] == []


def test_a_citizen_deletes_a_visit_and_their_log_says_so(city: City) -> None:
    kiosk, citizen, other = city.kiosk("parlour"), city.citizen(), city.citizen()
    kiosk.scan(citizen.code(), "enter")
    (visit,) = citizen.get(f"{ROOT}/visits").get_json()["items"]
    for caller, status in ((other, 404), (citizen, 204), (citizen, 404)):
        answer = caller.call("DELETE", f"{ROOT}/visits/{visit['id']}")
        assert answer.status_code == status, answer.text
    assert citizen.get(f"{ROOT}/visits").get_json()["items"] == []
    deed, scan = citizen.get("/api/v1/me/usage").get_json()["items"]
    assert (deed["purpose"], deed["channel"], scan["channel"]) == ("forget", "app", "scan")


def test_staff_see_days_and_close_one(city: City, client: FlaskClient) -> None:
    operator, kiosk = city.operator("parlour"), city.kiosk("parlour")
    kiosk.scan(city.citizen().code(), "enter")
    (day,) = operator.get(f"{ROOT}/days").get_json()["items"]
    assert day["visitors"] == 1
    closed = operator.call("POST", f"{ROOT}/closed-days", json={"day": day["day"]})
    assert closed.status_code == 201, closed.text
    assert client.get(f"{ROOT}/hours").get_json()["open_now"] is False


def test_only_a_day_can_be_closed(city: City) -> None:
    operator = city.operator("parlour")
    refused = operator.call("POST", f"{ROOT}/closed-days", json={"day": "tomorrow"})
    assert refused.status_code == 422
