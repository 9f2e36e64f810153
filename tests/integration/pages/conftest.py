"""A citizen in a browser: the cookies of a sign-in, and what a browser says of where a form comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from citizen_app.citizens.models import Citizen
from citizen_app.citizens.page_sessions import page_token
from citizen_app.citizens.sessions import Tokens, start_session, stated_session
from citizen_app.factory import CitizenFlask
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Browser:
    """A client that holds the cookies of one citizen's session."""

    app: CitizenFlask
    citizen: TestCitizen
    client: FlaskClient = field(init=False)
    tokens: Tokens = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()
        with self.app.app_context(), transaction():
            self.tokens = start_session(db.session.get_one(Citizen, self.citizen.id))
            self.cookie = page_token(self.session_id)
        self.client.set_cookie("citizen-page", self.cookie)

    @property
    def session_id(self) -> str:
        """The session that the cookies belong to."""
        return stated_session(self.tokens.refresh_token) or ""

    def get(self, path: str, **headers: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path, headers={"Accept": "text/html", **headers})

    def form_token(self, path: str) -> str:
        """The token in the form of a page."""
        found = TOKEN.search(self.get(path).text)
        assert found is not None, path
        return found[1]

    def send(
        self, path: str, values: dict[str, Any] | None = None, *, token: str | None = None, **headers: str
    ) -> TestResponse:
        """Send the form of a page, as its own page does unless something else is said."""
        own = {"csrf_token": self.form_token(path) if token is None else token}
        return self.client.post(
            path, data={**own, **(values or {})}, headers={"Accept": "text/html", **SAME_SITE, **headers}
        )


@pytest.fixture
def browser(app: CitizenFlask, city: City) -> Browser:
    """Somebody who is signed in in a browser."""
    return Browser(app, city.citizen())
