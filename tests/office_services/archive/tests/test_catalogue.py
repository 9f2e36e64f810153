"""The catalogue: whatever is asked below its path is answered in its form; a key opens one branch."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from citizen_app.extensions import limiter
from citizen_app.factory import CitizenFlask
from citizen_app.ids import new_id
from citizen_app.partners import operations as partners
from citizen_app.registry import state
from citizen_app.secrecy.vault import current_vault
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City
from citizen_app.wire.problems import Problem
from tests.office_services.archive.tests.archive import Archive

MEDIA = "application/catalogue+json"
ROOT = "/api/v1/services/archive/catalogue"
SCOPES = ("notes", "rooms")


@pytest.fixture
def key(archive: Archive) -> dict[str, str]:
    """A system of the east branch that may do everything."""
    return archive.city.partner_headers("archive", archive.east, SCOPES, name="东馆系统")


def fault(answer: TestResponse) -> tuple[int, str]:
    """Status and problem of an answer in the catalogue's form, and nothing of ours around it."""
    assert answer.content_type == MEDIA, (answer.status_code, answer.content_type, answer.text)
    said = answer.get_json()
    assert set(said) == {"fault", "code", "wrong"}
    assert said["code"] == answer.status_code
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    return answer.status_code, said["fault"]


def test_every_error_below_the_path_is_said_in_its_form(
    client: FlaskClient, archive: Archive, key: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    note = f"{ROOT}/notes"
    unsigned = client.get(f"{ROOT}/readers/x")
    assert fault(unsigned) == (401, "sign-in-required")
    assert unsigned.headers["WWW-Authenticate"] == "Bearer"
    poor = archive.city.partner_headers("archive", archive.east, ["rooms"])
    assert fault(client.post(note, json={"text": "x"}, headers=poor)) == (403, "not-permitted")
    for unknown in (ROOT, f"{ROOT}/", f"{ROOT}/nothing", f"{ROOT}/branches/{new_id()}/rooms/x"):
        assert fault(client.get(unknown, headers=key)) == (404, "not-found")
    assert fault(client.get(f"{ROOT}/branches/{archive.west}/rooms", headers=key)) == (404, "not-found")
    wrong_method = client.delete(note, headers=key)
    assert fault(wrong_method) == (405, "method-not-allowed")
    assert "POST" in wrong_method.headers["Allow"]
    plain = client.post(note, data="text=x", content_type="text/plain", headers=key)
    assert fault(plain) == (415, "unsupported-media-type")
    assert fault(client.post(note, data="{", content_type=MEDIA, headers=key)) == (400, "bad-request")
    refused = client.post(note, json={"text": "", "other": 1}, headers=key)
    assert fault(refused) == (400, "invalid-input")
    assert sorted(refused.get_json()["wrong"]) == ["/other", "/text"]
    huge = client.post(note, data=b"x" * 800_000, content_type=MEDIA, headers=key)
    assert fault(huge) == (413, "body-too-large")
    assert fault(client.get(f"{ROOT}/about?x=%00", headers=key)) == (400, "bad-request")
    for failure, said in (
        (RuntimeError("broken"), (500, "internal-error")),
        (Problem("unavailable", headers={"Retry-After": "5"}), (503, "unavailable")),
    ):
        monkeypatch.setattr("archive.routes.catalogue.calling_partner_or_none", raising(failure))
        assert fault(client.get(f"{ROOT}/about", headers=key)) == said
    with archive.city.app.app_context(), transaction():
        state.switch_off("archive")
    assert fault(client.get(f"{ROOT}/about", headers=key)) == (503, "service-disabled")


def raising(error: Exception) -> Any:
    """A function that fails so."""

    def fail() -> None:
        raise error

    return fail


def test_elsewhere_nothing_has_changed(client: FlaskClient, archive: Archive, key: dict[str, str]) -> None:
    for path in ("/api/v1/services/archive/catalogues", "/api/v1/services/archive", "/api/v1/nothing"):
        assert client.get(path, headers=key).content_type == "application/problem+json"
    rooms = client.get("/api/v1/services/archive/operator/rooms", headers=key)
    assert (rooms.status_code, rooms.content_type) == (401, "application/problem+json")
    assert "接入系统" in rooms.get_json()["detail"], "of a valid key of the wrong kind the mistake is named"
    staff = client.get(f"{ROOT}/readers/x", headers={"Authorization": f"Bearer {archive.head.token}"})
    assert fault(staff) == (401, "sign-in-required")


def test_a_form_that_fails_itself_leaves_a_problem(
    client: FlaskClient, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = client.application.blueprints["archive_catalogue"].dialect  # type: ignore[attr-defined]
    monkeypatch.setattr(type(broken), "said", lambda dialect, document: {}["nothing"])
    answer = client.get(f"{ROOT}/nothing")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_what_succeeds_has_the_media_type_and_the_query_is_lenient(
    client: FlaskClient, archive: Archive, key: dict[str, str]
) -> None:
    archive.room(archive.east, "A1", seats=2)
    archive.room(archive.east, "A2", seats=20, kind="reading")
    archive.room(archive.west, "W1")
    path = f"{ROOT}/branches/{archive.east}/rooms"
    asked = client.get(f"{path}?least-seats=10&_pretty=1&_pretty=2&least=3", headers=key)
    assert (asked.status_code, asked.content_type) == (200, MEDIA), asked.text
    assert asked.get_json() == {"codes": ["A2"]}
    both = client.get(f"{path}?room-kind=reading&room-kind=store", headers=key)
    assert both.get_json() == {"codes": ["A1", "A2"]}
    assert fault(client.get(f"{path}?least-seats=1&least-seats=2", headers=key)) == (400, "invalid-input")
    assert fault(client.get(f"{path}?least-seats=many", headers=key)) == (400, "invalid-input")
    for media in ("application/json", MEDIA):
        sent = client.post(f"{ROOT}/notes", data='{"text": "a"}', content_type=media, headers=key)
        assert (sent.status_code, sent.content_type) == (201, MEDIA)
        assert sent.get_json() == {"text": "a", "by": "东馆系统", "unit": archive.east}


def test_a_note_is_handed_in_once(client: FlaskClient, key: dict[str, str]) -> None:
    headers = {**key, "Idempotency-Key": "note-0001"}
    first, again = (client.post(f"{ROOT}/notes", json={"text": "a"}, headers=headers) for _ in range(2))
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (again.get_json(), again.content_type) == (first.get_json(), MEDIA)
    other = client.post(f"{ROOT}/notes", json={"text": "b"}, headers=headers)
    assert fault(other) == (400, "idempotency-conflict")


def test_what_is_open_is_open_to_strangers_but_a_key_must_be_good(
    client: FlaskClient, archive: Archive, key: dict[str, str]
) -> None:
    about = f"{ROOT}/about"
    assert client.get(about).get_json() == {"branches": 2, "partner": None}
    assert client.get(about, headers=key).get_json() == {"branches": 2, "partner": "东馆系统"}
    scopeless = archive.city.partner_headers("archive", archive.east, ["notes"])
    assert client.get(about, headers=scopeless).status_code == 200, "told no less than a stranger"
    for header in ("Bearer nonsense", "Bearer", "Basic eA==", ""):
        assert fault(client.get(about, headers={"Authorization": header})) == (401, "sign-in-required")


def test_a_partner_is_limited_as_a_whole_and_a_route_for_each(
    client: FlaskClient, archive: Archive, key: dict[str, str]
) -> None:
    limiter.reset()
    answers = [client.post(f"{ROOT}/notes", json={"text": "a"}, headers=key) for _ in range(31)]
    assert [answer.status_code for answer in answers] == [201] * 30 + [429]
    assert fault(answers[-1]) == (429, "too-many-requests")
    assert int(answers[-1].headers["Retry-After"]) > 0
    beside = archive.city.partner_headers("archive", archive.east, SCOPES)
    assert client.post(f"{ROOT}/notes", json={"text": "a"}, headers=beside).status_code == 201
    with archive.city.app.app_context(), transaction():
        slow = partners.create("archive", archive.east, "慢系统", ["rooms"], per_minute=2)
    headers = {"Authorization": f"Bearer {slow.key}"}
    paths = (f"{ROOT}/about", f"{ROOT}/readers/x", f"{ROOT}/about")
    assert [client.get(path, headers=headers).status_code for path in paths] == [200, 200, 429]


def test_a_citizen_finds_the_look_of_a_system_under_its_name(
    client: FlaskClient, city: City, archive: Archive, key: dict[str, str], app: CitizenFlask
) -> None:
    citizen = city.citizen()
    city.kiosk("archive").scan(citizen.code(), "enter")
    with app.app_context():
        ref = current_vault().citizen_ref("archive", citizen.id)
    assert client.get(f"{ROOT}/readers/{ref}", headers=key).status_code == 200
    looks = citizen.get("/api/v1/me/looks").get_json()["items"]
    assert [(one["by"], one["reason"]) for one in looks] == [("系统“东馆系统”", "核对读者")]
    english = citizen.get("/api/v1/me/looks", **{"Accept-Language": "en"}).get_json()["items"]
    assert english[0]["by"] == "The system “东馆系统”"
    named = "action = 'archive.look' AND actor_kind = 'system' AND actor_name = '东馆系统'"
    assert city.count("audit_events", named) == 1


def test_the_document_says_what_is_answered(client: FlaskClient) -> None:
    document = client.get("/api/openapi.json").get_json()
    paths = {path.removeprefix(ROOT): item for path, item in document["paths"].items() if ROOT in path}
    note = paths["/notes"]["post"]
    assert note["security"] == [{"partner": []}]
    assert set(note["responses"]) == {
        "201", "400", "401", "403", "404", "413", "415", "429", "500", "503", "507",
    }  # fmt: skip
    assert set(note["requestBody"]["content"]) == {"application/json", MEDIA}
    assert set(note["responses"]["201"]["content"]) == {MEDIA}
    wrong = document["components"]["responses"][note["responses"]["400"]["$ref"].rpartition("/")[2]]
    examples = wrong["content"][MEDIA]["examples"]
    assert {"bad-request", "invalid-input"} <= set(examples)
    assert examples["invalid-input"]["value"] == {"fault": "invalid-input", "code": 400, "wrong": ["/phone"]}
    assert paths["/about"]["get"]["security"] == [{}, {"partner": []}]
    assert document["components"]["securitySchemes"]["partner"]["scheme"] == "bearer"
