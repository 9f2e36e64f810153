"""Self-service at a kiosk: opened by a clerk's acting token, for pages of services, and over with it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from citizen_app.toolkit.testing import City, TestCitizen
from tests.integration.desk.conftest import CITIZENS, Clerk

OPEN = "/self-service"
PLACES = "/services/pass/places"
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def served(clerk: Clerk, citizen: TestCitizen, *services: str) -> str:
    """A clerk's token to act for somebody who stands before them."""
    found = clerk.find(phone=citizen.phone)
    clerk.post(f"{CITIZENS}/{found}/presence", {"method": "code", "code": citizen.code()})
    acting = clerk.post(f"{CITIZENS}/{found}/acting", {"services": list(services) or None})
    token: str = acting.get_json()["access_token"]
    return token


def opened(city: City, token: str) -> FlaskClient:
    """A kiosk's browser on which self-service was opened."""
    kiosk = city.app.test_client()
    answer = kiosk.post(OPEN, data={"acting": token}, headers=SAME_SITE)
    assert (answer.status_code, answer.headers["Location"]) == (303, OPEN)
    return kiosk


def test_buttons_lead_to_pages_that_work_for_whoever_is_present(city: City, clerk: Clerk) -> None:
    citizen = city.citizen("张三丰")
    kiosk = opened(city, served(clerk, citizen, "pass"))
    page = kiosk.get(OPEN).text
    assert "正在为 张*丰 办理" in page
    assert "/services/pass/guests/new" in page
    assert "/services/bus/" not in page  # not within what the clerk opened
    assert kiosk.get(PLACES).status_code == 200
    assert kiosk.get("/services/bus/trips").status_code == 403
    assert kiosk.get("/mine/").status_code in (403, 404, 308)
    assert "served-end" in kiosk.get(PLACES).text


@pytest.mark.parametrize("end", ["done", "clerk signed out", "time", "presence ended"])
def test_it_closes_with_the_acting_session(city: City, clerk: Clerk, time_travel: Any, end: str) -> None:
    citizen = city.citizen()
    token = served(clerk, citizen)
    kiosk = opened(city, token)
    form = TOKEN.search(kiosk.get(OPEN).text)
    assert form is not None
    if end == "done":
        answer = kiosk.post(f"{OPEN}/end", data={"csrf_token": form[1]}, headers=SAME_SITE)
        assert answer.status_code == 303
        kiosk = city.app.test_client()
        answer = kiosk.post(OPEN, data={"acting": token}, headers=SAME_SITE)
        assert answer.status_code == 401  # the clerk's own token is over as well
    elif end == "clerk signed out":
        clerk.client.delete("/api/v1/staff/sessions/current", headers=clerk.headers)
    elif end == "time":
        time_travel.shift(timedelta(minutes=16))
    else:
        found = clerk.find(phone=citizen.phone)
        clerk.client.delete(f"{CITIZENS}/{found}/presence", headers=clerk.headers)
    assert kiosk.get(PLACES).status_code == 303  # to the sign-in
    assert "served-end" not in kiosk.get(OPEN).text


def test_a_citizens_own_token_or_another_site_opens_nothing(city: City, clerk: Clerk) -> None:
    citizen = city.citizen()
    own = citizen.token if hasattr(citizen, "token") else ""
    kiosk = city.app.test_client()
    assert kiosk.post(OPEN, data={"acting": own or "x"}, headers=SAME_SITE).status_code in (401, 403)
    token = served(clerk, citizen)
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert kiosk.post(OPEN, data={"acting": token}, headers=elsewhere).status_code == 403
    assert "served-end" not in kiosk.get(OPEN).text


def test_a_form_from_elsewhere_does_not_end_it(city: City, clerk: Clerk) -> None:
    kiosk = opened(city, served(clerk, city.citizen()))
    assert kiosk.post(f"{OPEN}/end", data={"csrf_token": "x"}, headers=SAME_SITE).status_code == 403
    assert "served-end" in kiosk.get(OPEN).text
