"""The session of pages: it names a sign-in session, has its rights as they are now, and ends with it."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from citizen_app.citizens.models import Citizen
from citizen_app.citizens.page_sessions import citizen_of_page, form_token
from citizen_app.citizens.sessions import IDLE, end_session
from citizen_app.factory import CitizenFlask
from citizen_app.secrecy.vault import current_vault
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City
from tests.integration.pages.conftest import Browser

MINE = "/services/bus/trips"


def led_to_sign_in(browser: Browser, path: str = MINE) -> bool:
    """Whether the page asks who is there."""
    answer = browser.get(path)
    return answer.status_code == 303 and answer.location.startswith("/sign-in?next=")


def test_a_page_knows_whose_it_is(browser: Browser) -> None:
    assert browser.get(MINE).status_code == 200


def test_the_cookie_stays_the_same(browser: Browser) -> None:
    """Two tabs at once, twice over: nothing rotates, nothing looks stolen."""
    for _ in range(2):
        for answer in (browser.get(MINE), browser.get("/services/pass/")):
            assert answer.status_code == 200
            assert not [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("citizen")]


def test_signing_in_on_the_code_page_opens_the_pages_too(client: FlaskClient, city: City) -> None:
    city.seed("bus")
    phone = {"phone": "13800000001"}
    challenge = client.post("/api/v1/auth/challenges", json=phone).get_json()["challenge_id"]
    body = {"challenge_id": challenge, "otp": "000000"}
    opened = client.post("/session", json=body, headers={"Sec-Fetch-Site": "same-origin"})
    cookies = {line.partition("=")[0]: line for line in opened.headers.getlist("Set-Cookie")}
    assert cookies.keys() == {"citizen", "citizen-page"}
    for line in cookies.values():
        assert "HttpOnly" in line
    assert "SameSite=Lax" in cookies["citizen-page"]
    assert client.get(MINE).status_code == 200
    client.delete("/session", headers={"Sec-Fetch-Site": "same-origin"})
    assert client.get(MINE).status_code == 303


def test_under_tls_the_cookie_is_bound_to_the_host(app: CitizenFlask, city: City) -> None:
    browser, client = Browser(app, city.citizen()), app.test_client()
    secure = {"base_url": "https://city.example"}
    client.set_cookie("__Host-citizen", browser.tokens.refresh_token, domain="city.example", secure=True)
    renewed = client.post("/session/refresh", headers={"Sec-Fetch-Site": "same-origin"}, **secure)
    line = next(line for line in renewed.headers.getlist("Set-Cookie") if "-page=" in line)
    assert line.startswith("__Host-citizen-page=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(line.split("; "))
    assert "Domain" not in line
    assert client.get(MINE, **secure).status_code == 200
    client.set_cookie("citizen-page", browser.cookie, domain="city.example")
    client.delete_cookie("__Host-citizen-page", domain="city.example")
    assert client.get(MINE, **secure).status_code == 303, "the plain name is for plain http alone"


def test_a_stolen_cookie_is_worth_nothing_after_signing_out(
    browser: Browser, app: CitizenFlask, other_worker: CitizenFlask
) -> None:
    thief = other_worker.test_client()
    thief.set_cookie("citizen-page", browser.cookie)
    assert thief.get(MINE).status_code == 200
    with app.app_context(), transaction():
        end_session(browser.tokens.refresh_token)
    ended = time.monotonic()
    assert thief.get(MINE).status_code == 303
    assert led_to_sign_in(browser)
    assert time.monotonic() - ended < 1


def test_signing_out_by_a_form(browser: Browser, app: CitizenFlask) -> None:
    with app.app_context():
        token = form_token(browser.session_id)
    assert 'action="/sign-out"' in browser.get(MINE).text
    assert 'action="/sign-out"' not in browser.get("/services/bus/").text
    left = browser.send("/sign-out", token=token)
    assert (left.status_code, left.location) == (303, "/")
    browser.client.set_cookie("citizen-page", browser.cookie)
    assert led_to_sign_in(browser)


def test_a_suspended_citizen_is_out_at_once(browser: Browser, app: CitizenFlask) -> None:
    with app.app_context(), transaction():
        db.session.get_one(Citizen, browser.citizen.id).status = "suspended"
    assert led_to_sign_in(browser)


def test_it_ends_when_the_session_has_rested_too_long(
    browser: Browser, time_travel: time_machine.Traveller
) -> None:
    time_travel.shift(IDLE - timedelta(minutes=1))
    assert browser.get(MINE).status_code == 200
    time_travel.shift(timedelta(minutes=2))
    assert led_to_sign_in(browser)


def test_a_level_that_rose_counts_at_once(browser: Browser, app: CitizenFlask) -> None:
    """Nothing of the citizen stands in the cookie: it is read with each page."""
    with app.app_context(), transaction():
        db.session.get_one(Citizen, browser.citizen.id).assurance_level = 3
    with app.app_context(), transaction(reading=True):
        found = citizen_of_page(browser.cookie)
    assert found is not None
    assert (found.assurance_level, found.citizen_id) == (3, browser.citizen.id)


@pytest.mark.parametrize("held", ["", "x", "W10.x.y", "…"])
def test_what_we_did_not_sign_is_nobody(browser: Browser, held: str) -> None:
    browser.client.set_cookie("citizen-page", held)
    assert led_to_sign_in(browser)


def test_texts_that_we_signed_for_something_else_are_nobody(browser: Browser, app: CitizenFlask) -> None:
    with app.app_context():
        signer = current_vault().signer
        others = [
            browser.citizen.access_token,
            signer("page-form.1").dumps([browser.session_id]),
            signer("page.1").dumps([browser.session_id, "more"]),
            signer("page.1").dumps(browser.session_id),
            signer("page.1").dumps([None]),
            signer("page.1").dumps({"session": browser.session_id}),
        ]
    for held in others:
        browser.client.set_cookie("citizen-page", held)
        assert led_to_sign_in(browser), held


def test_a_page_never_reads_a_bearer(browser: Browser, client: FlaskClient) -> None:
    answer = client.get(MINE, headers={"Authorization": f"Bearer {browser.citizen.access_token}"})
    assert answer.status_code == 303


@pytest.mark.parametrize(
    "path", ["/api/v1/me", "/api/v1/services/bus/trips", "/api/v1/services/pass/my/places"]
)
def test_the_api_never_reads_a_cookie(browser: Browser, path: str) -> None:
    browser.client.set_cookie("citizen", browser.tokens.refresh_token)
    assert browser.get(path).status_code == 401
    assert browser.client.post("/api/v1/services/pass/my/claims", json={}).status_code == 401


def test_the_way_back_stays_on_this_site(browser: Browser) -> None:
    for wanted in (
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\t/x",
        "",
    ):
        answer = browser.client.get("/sign-in", query_string={"next": wanted})
        assert (answer.status_code, answer.location) == (303, "/"), wanted
    answer = browser.client.get("/sign-in", query_string={"next": "/services/bus/stops?q=a%20b"})
    assert answer.location == "/services/bus/stops?q=a%20b"


def test_htmx_is_led_out_of_the_page(browser: Browser, client: FlaskClient) -> None:
    del browser
    answer = client.get(f"{MINE}?cursor=x", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == "/sign-in?next=%2Fservices%2Fbus%2Ftrips%3Fcursor%3Dx"
