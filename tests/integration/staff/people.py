"""People of the city for tests: an account with roles, and the headers of somebody who has signed in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from unittest.mock import patch

import pyotp
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from citizen_app import clock
from citizen_app.staff import operations, sessions
from citizen_app.staff.page_forms import form_token
from citizen_app.staff.passwords import hash_password
from citizen_app.storage.transactions import transaction

PASSWORD = "quiet-lantern-river"
hashed_once = cache(hash_password)
"""A hash takes a tenth of a second by design; `test_signing_in` has the tests in which it counts."""


FORM_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class ConsoleBrowser:
    """A browser in which a person is signed in to the console."""

    client: FlaskClient
    form_token: str
    cookie: str

    def get(self, path: str, **headers: str) -> TestResponse:
        """A page."""
        return self.client.get(path, headers=headers)

    def post(self, path: str, **fields: str | list[str]) -> TestResponse:
        """A form of a page, with what a browser says of where it comes from."""
        sent = {"csrf_token": self.form_token, **fields}
        return self.client.post(path, data=sent, headers={"Sec-Fetch-Site": "same-origin"})


@dataclass
class Person:
    """An account of which the test knows everything."""

    app: Flask
    id: str
    username: str
    totp_secret: str
    password: str = PASSWORD

    def one_time_password(self, steps: int = 0) -> str:
        """The six digits, of an earlier or later step if wanted."""
        return str(pyotp.TOTP(self.totp_secret).at(clock.timestamp() + 30 * steps))

    def sign_in(self) -> dict[str, str]:
        """The headers of a fresh session."""
        unhashed = patch.object(sessions, "verify_password", lambda stored, password: True)
        with unhashed, self.app.app_context(), transaction():
            token = sessions.sign_in(self.username, self.password, self.one_time_password()).token
        return {"Authorization": f"Bearer {token}"}

    def browser(self) -> ConsoleBrowser:
        """A browser with a fresh session."""
        unhashed = patch.object(sessions, "verify_password", lambda stored, password: True)
        later = time_machine.travel(clock.now() + timedelta(seconds=30), tick=False)
        with later, unhashed, self.app.app_context(), transaction():  # not the digits of `sign_in`
            opened = sessions.sign_in(
                self.username, self.password, self.one_time_password(), kind="staff-page"
            )
            caller = sessions.staff_of_page(opened.token, in_use=True)
            assert caller.session_id is not None
            token = form_token(caller.session_id)
        client = self.app.test_client()
        client.set_cookie("console", opened.token)
        return ConsoleBrowser(client, token, opened.token)

    def body(self, **changed: str) -> dict[str, str]:
        """What the person sends to sign in."""
        right = {"username": self.username, "password": self.password, "totp": self.one_time_password()}
        return {**right, **changed}


def hire(app: Flask, username: str, *grants: str) -> Person:
    """A new account; each grant is `role`, `role:service` or `role:service:unit`."""
    given = [[part or None for part in grant.split(":")] for grant in grants]
    with patch.object(operations, "hash_password", hashed_once), app.app_context(), transaction():
        made = operations.create(username, PASSWORD, given)
        return Person(app, made.staff.id, username, made.totp_secret)
