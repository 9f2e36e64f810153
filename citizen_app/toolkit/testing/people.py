"""People and kiosks of a city for tests, who call the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from citizen_app import clock
from citizen_app.citizens.page_sessions import form_token, page_token
from citizen_app.citizens.tokens import SignedInCitizen, issue_access_token
from citizen_app.codes.format import Kind
from citizen_app.codes.issuing import issue_online_code
from citizen_app.codes.keys import issuing_key
from citizen_app.factory import CitizenFlask
from citizen_app.ids import new_id
from citizen_app.secrecy.vault import current_vault
from citizen_app.staff.models import Staff
from citizen_app.staff.page_forms import form_token as staff_form_token
from citizen_app.staff.sessions import open_session, staff_of_page
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction


@dataclass
class TestKiosk:
    """An activated kiosk."""

    __test__ = False

    id: str
    token: str
    client: FlaskClient
    purposes: tuple[str, ...] = ()
    context: Mapping[str, Any] = field(default_factory=dict)

    def scan(
        self, code: str | None, purpose: str, *, scan_id: str | None = None, **more: Any
    ) -> TestResponse:
        """POST /scans; `more` is what else the kiosk tells: `context={…}`, `answer={…}`, `session=…`."""
        body = {
            "scan_id": scan_id or new_id(),
            "purpose": purpose,
            **({"code": code} if code is not None else {}),
            **more,
        }
        return self.post("/api/v1/scans", body)

    def answer(self, asked: Mapping[str, Any], given: Mapping[str, Any]) -> TestResponse:
        """Answer the decision `needs_input` that a scan got."""
        return self.post(f"/api/v1/scans/{asked['scan_id']}/answer", given)

    def get(self, path: str, **query: Any) -> TestResponse:
        """GET with the kiosk's token."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.client.get(path, query_string=query, headers=headers)

    def post(self, path: str, body: Mapping[str, Any], **headers: str) -> TestResponse:
        """POST with the kiosk's token."""
        return self.client.post(path, json=body, headers={"Authorization": f"Bearer {self.token}", **headers})


@dataclass(frozen=True)
class TestPoster:
    """A poster that a citizen's phone reads: the id of its place, and the token."""

    __test__ = False

    kiosk_id: str
    token: str


@dataclass
class TestCitizen:
    """A registered, signed-in citizen, who stays signed in when the clock is moved."""

    __test__ = False

    id: str
    subject_number: int
    signed_in: SignedInCitizen
    app: CitizenFlask = field(repr=False)
    phone: str
    id_number: str = ""

    @property
    def access_token(self) -> str:
        """A token of the citizen's session, fresh at each call: one lives five minutes, and `time_travel`
        moves further."""
        with self.app.app_context():
            return issue_access_token(self.signed_in)

    def code(self, at: int | None = None) -> str:
        """A fresh online code, issued at `at` (seconds); of somebody who acts for the citizen, theirs."""
        acting, kind = self.signed_in.acting, Kind.ONLINE
        number = self.subject_number
        if acting is not None and acting.code_number is not None:
            number, kind = acting.code_number, Kind.DELEGATE
        with self.app.app_context():
            return issue_online_code(number, issuing_key(), at or clock.timestamp(), kind=kind).text

    def ref(self, service: str) -> str:
        """How a service knows the citizen: what it finds as `scan.citizen.ref`."""
        with self.app.app_context():
            return current_vault().citizen_ref(service, self.id)

    def get(self, path: str, **headers: str) -> TestResponse:
        """GET as the citizen."""
        return self.call("GET", path, headers=headers)

    def call(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> TestResponse:
        """A request as the citizen; `more` as for a Werkzeug client (`json={…}`)."""
        sent = {"Authorization": f"Bearer {self.access_token}", **(headers or {})}
        return self.app.test_client().open(path, method=method, headers=sent, **more)

    def scan_place(self, poster: TestPoster, *, scan_id: str | None = None, **more: Any) -> TestResponse:
        """POST /me/scans: the citizen's phone reads a poster."""
        body = {"scan_id": scan_id or new_id(), "place_code": poster.token, **more}
        return self.call("POST", "/api/v1/me/scans", json=body)

    def answer_place(
        self, poster: TestPoster, asked: Mapping[str, Any], given: Mapping[str, Any]
    ) -> TestResponse:
        """Answer the decision `needs_input` that reading a poster got."""
        path = f"/api/v1/me/scans/{asked['scan_id']}/answer?place_code={poster.token}"
        return self.call("POST", path, json=given)

    def agree(self, service: str, *scopes: str) -> None:
        """Let a service see these fields, and no others that need consent; none takes all consent back."""
        path, body = f"/api/v1/me/consents/{service}", {"scopes": list(scopes)}
        answer = self.call("PUT", path, json=body) if scopes else self.call("DELETE", path)
        assert answer.status_code < 300, answer.text

    def browser(self) -> FlaskClient:
        """A client that asks for pages, with the cookie of the citizen's session."""
        client = self.app.test_client()
        with self.app.app_context():
            client.set_cookie("citizen-page", page_token(self.signed_in.session_id))
        return client

    def form_token(self) -> str:
        """What the forms of the citizen's pages carry."""
        with self.app.app_context():
            return form_token(self.signed_in.session_id)

    def usage(self) -> list[dict[str, Any]]:
        """The citizen's log."""
        answer = self.get("/api/v1/me/usage?limit=100")
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.get_json()["items"]
        return items


@dataclass
class TestOperator:
    """A member of staff with one role, who calls with a personal access token: it outlives a clock that is
    moved. In the console they have a session, which a moved clock ends."""

    __test__ = False

    token: str
    client: FlaskClient
    staff_id: str
    app: CitizenFlask = field(repr=False)
    session: tuple[str, str] | None = field(default=None, repr=False)

    def get(self, path: str, **headers: str) -> TestResponse:
        """GET as the operator."""
        return self.call("GET", path, headers=headers)

    def call(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> TestResponse:
        """A request as the operator; `more` as for a Werkzeug client (`json={…}`)."""
        sent = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        return self.client.open(path, method=method, headers=sent, **more)

    def browser(self) -> FlaskClient:
        """A client that asks for pages of the console, with the cookie of the operator's session."""
        client = self.app.test_client()
        client.set_cookie("console", self._signed_in()[0])
        return client

    def form_token(self) -> str:
        """What the forms of the operator's pages carry."""
        with self.app.app_context():
            return staff_form_token(self._signed_in()[1])

    def _signed_in(self) -> tuple[str, str]:
        """The token and the id of a session, opened once."""
        if self.session is None:
            with self.app.app_context(), transaction():
                token = open_session(db.session.get_one(Staff, self.staff_id), "staff-page").token
                session_id = staff_of_page(token, in_use=True).session_id
            assert session_id is not None
            self.session = token, session_id
        return self.session
