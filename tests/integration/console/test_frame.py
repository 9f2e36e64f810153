"""The frame of the console: signing in by a cookie, forms from our own pages only, limits of a session."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from citizen_app import clock
from citizen_app.extensions import limiter
from citizen_app.factory import CitizenFlask
from citizen_app.staff import operations, sessions
from citizen_app.storage.transactions import transaction
from tests.integration.staff.people import FORM_TOKEN, Person, hire

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
HOME = "/console/"
SIGN_IN = "/console/sign-in"


@pytest.fixture
def person(app: Flask) -> Person:
    return hire(app, "wang.fang", "auditor")


@pytest.fixture
def unhashed() -> Iterator[None]:
    """A password is right when it is the one of the tests; `test_signing_in` hashes."""
    with patch.object(sessions, "verify_password", lambda stored, given: given == "quiet-lantern-river"):
        yield


def test_three_fields_open_the_console(client: FlaskClient, person: Person, unhashed: None) -> None:
    first = client.get("/console/audit/")
    assert first.status_code == 303
    assert first.location == "/console/sign-in?next=%2Fconsole%2Faudit%2F"
    assert client.get(first.location).status_code == 200
    answer = client.post(first.location, data=person.body(), headers=SAME_SITE)
    assert (answer.status_code, answer.location) == (303, "/console/audit/")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("console=")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    page = client.get("/console/audit/")
    assert page.status_code == 200
    assert "staff.sign_in" in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_under_tls_the_cookie_is_bound_to_the_host(
    client: FlaskClient, person: Person, unhashed: None
) -> None:
    answer = client.post(SIGN_IN, data=person.body(), headers=SAME_SITE, base_url="https://localhost")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-console=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_each_sign_in_has_a_token_of_its_own(client: FlaskClient, person: Person) -> None:
    first = person.browser().cookie
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=False):
        second = person.browser().cookie
    assert first != second


@pytest.mark.parametrize("fault", ["username", "password", "totp"])
def test_whatever_is_wrong_looks_the_same(
    client: FlaskClient, person: Person, unhashed: None, fault: str
) -> None:
    wrong = {"username": "li.lei", "password": "wrong-lantern-river", "totp": "000000"}[fault]
    answer = client.post(SIGN_IN, data=person.body(**{fault: wrong}), headers=SAME_SITE)
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers
    assert 'role="alert"' in answer.text
    assert "lantern-river" not in answer.text
    again = client.post(SIGN_IN, data=person.body(**{fault: wrong}), headers={**SAME_SITE})
    assert FORM_TOKEN.sub("", again.text) == FORM_TOKEN.sub("", answer.text)


def test_five_wrong_passwords_lock_the_account_and_end_no_session(
    client: FlaskClient, person: Person, unhashed: None
) -> None:
    browser = person.browser()
    limiter.reset()
    for _ in range(5):
        client.post(SIGN_IN, data=person.body(password="wrong-lantern-river"), headers=SAME_SITE)
    with time_machine.travel(clock.now() + timedelta(minutes=1), tick=False):
        assert client.post(SIGN_IN, data=person.body(), headers=SAME_SITE).status_code == 401
        assert browser.get(HOME).status_code == 200
    limiter.reset()
    with time_machine.travel(clock.now() + timedelta(minutes=16), tick=False):
        assert client.post(SIGN_IN, data=person.body(), headers=SAME_SITE).status_code == 303


def test_a_form_comes_from_a_page_of_this_session(app: Flask, person: Person) -> None:
    browser, other = person.browser(), hire(app, "li.lei", "auditor").browser()
    leave = "/console/sign-out"
    right = {"csrf_token": browser.form_token}
    for headers, fields in (
        ({"Sec-Fetch-Site": "cross-site"}, right),
        ({"Origin": "https://elsewhere.example"}, right),
        (SAME_SITE, {}),
        (SAME_SITE, {"csrf_token": other.form_token}),
    ):
        assert browser.client.post(leave, data=fields, headers=headers).status_code == 403
    assert browser.get(HOME).status_code == 200
    assert browser.post(leave).status_code == 303
    assert browser.get(HOME).status_code == 303
    browser.client.set_cookie("console", browser.cookie)
    assert browser.get(HOME).status_code == 303, "the session has ended, not only the cookie"


def test_page_and_api_do_not_take_each_others_proof(client: FlaskClient, person: Person) -> None:
    headers, browser = person.sign_in(), person.browser()
    bearer = {"Authorization": f"Bearer {browser.cookie}"}
    assert client.get("/api/v1/staff/sessions/current", headers=bearer).status_code == 401
    assert client.get(HOME, headers=headers).status_code == 303
    client.set_cookie("console", headers["Authorization"].removeprefix("Bearer "))
    assert client.get(HOME).status_code == 303


def test_who_leaves_is_signed_out_though_the_page_looks_by_itself(person: Person) -> None:
    browser = person.browser()
    for minutes in (5, 10, 15.6):
        with time_machine.travel(clock.now() + timedelta(minutes=minutes), tick=False):
            looked = browser.get(HOME, **{"HX-Request": "true"})
    assert looked.status_code == 204
    assert looked.headers["HX-Redirect"].startswith("/console/sign-in?")


def test_who_works_stays_until_eight_hours(person: Person) -> None:
    browser, began = person.browser(), clock.now()
    for quarter in range(1, 35):
        with time_machine.travel(began + timedelta(minutes=14 * quarter), tick=False):
            status = browser.get(HOME).status_code
            assert status == (200 if 14 * quarter <= 8 * 60 else 303), quarter


@pytest.mark.parametrize("ended_by", ["disable", "revoke"])
def test_an_end_is_an_end_on_every_worker(person: Person, other_worker: CitizenFlask, ended_by: str) -> None:
    browser = person.browser()
    elsewhere = other_worker.test_client()
    elsewhere.set_cookie("console", browser.cookie)
    assert elsewhere.get("/console/audit/").status_code == 200
    with person.app.app_context(), transaction():
        if ended_by == "disable":
            operations.disable(person.id)
        else:
            operations.revoke_role(person.id, "auditor")
    assert elsewhere.get("/console/audit/").status_code == {"disable": 303, "revoke": 403}[ended_by]


def test_the_next_page_is_one_of_the_console(client: FlaskClient, person: Person, unhashed: None) -> None:
    moment = clock.now()
    for wanted in ("https://elsewhere.example/", "//elsewhere.example", "/services/bus/", "/console/\\x"):
        limiter.reset()
        moment = moment + timedelta(minutes=1)
        with time_machine.travel(moment, tick=False):
            answer = client.post(f"{SIGN_IN}?next={wanted}", data=person.body(), headers=SAME_SITE)
        assert answer.location == HOME


def test_the_navigation_shows_what_one_may_open(app: Flask, person: Person) -> None:
    assert "/console/audit/" in person.browser().get(HOME).text
    clerk = hire(app, "li.lei", "desk_clerk").browser()
    assert "/console/audit/" not in clerk.get(HOME).text
    refused = clerk.get("/console/audit/")
    assert refused.status_code == 403
    assert "audit.read" in refused.text


def test_pages_speak_english_and_the_policy_is_strict(person: Person) -> None:
    page = person.browser().get("/console/audit/?lang=en&look=dark")
    assert "Audit log" in page.text
    assert 'data-bs-theme="dark"' in page.text
    assert "unsafe" not in page.headers["Content-Security-Policy"]
