"""Who hands out keys of partners, and how: over the API, in the console, on the command line."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from time_machine import Traveller
from werkzeug.test import TestResponse

from citizen_app import clock
from citizen_app.audit.models import AuditEvent
from citizen_app.doctor.partners import partner_keys
from citizen_app.factory import CitizenFlask
from citizen_app.ids import new_id
from citizen_app.partners import operations
from citizen_app.partners.models import PartnerSystem
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing.people import TestOperator
from citizen_app.wire.problems import Problem
from tests.office_services.archive.tests.archive import Archive
from tests.office_services.archive.tests.partners import (
    OWN_PAGE,
    PARTNERS,
    call,
    handed_out,
    wanted,
)


def test_only_who_runs_the_systems_hands_out_keys(archive: Archive, admin: TestOperator) -> None:
    partner_id, _ = handed_out(archive, admin)
    for role in ("service_operator", "auditor"):
        reader = archive.city.operator(None, role)
        assert reader.get(PARTNERS).status_code == 200
        assert reader.call("POST", PARTNERS, json=wanted(archive)).status_code == 403
        assert reader.call("POST", f"{PARTNERS}/{partner_id}/revoke").status_code == 403
    for role in ("security_admin", "desk_clerk"):
        assert archive.city.operator(None, role).get(PARTNERS).status_code == 403
    elsewhere = archive.city.operator("another_service", "system_admin")
    assert elsewhere.get(PARTNERS).get_json()["items"] == []
    assert elsewhere.get(f"{PARTNERS}/{partner_id}").status_code == 404
    assert elsewhere.call("POST", f"{PARTNERS}/{partner_id}/revoke").status_code == 404
    assert elsewhere.call("POST", PARTNERS, json=wanted(archive)).status_code == 403


def test_the_doctor_names_keys_that_have_ended_or_lie_idle(
    app: CitizenFlask, archive: Archive, admin: TestOperator, time_travel: Traveller
) -> None:
    soon = clock.rfc3339(clock.now() + timedelta(days=1))
    handed_out(archive, admin, name="会过期", expires_at=soon)
    revoked, _ = handed_out(archive, admin, name="已吊销")
    admin.call("POST", f"{PARTNERS}/{revoked}/revoke")
    _, used = handed_out(archive, admin, name="在用")
    handed_out(archive, admin, name="闲置")

    def found() -> list[str]:
        with app.app_context(), transaction(reading=True):
            return [fault.what.zh for fault in partner_keys()]

    assert found() == []
    time_travel.shift(timedelta(days=92))
    assert call(app, used).status_code == 200
    assert found() == [
        "系统“会过期”（archive）的密钥已过期",
        "系统“闲置”（archive）的密钥 90 天没有使用",
    ]


def test_in_the_console_a_key_is_handed_out_replaced_and_revoked(
    app: CitizenFlask, archive: Archive, admin: TestOperator
) -> None:
    browser, console = admin.browser(), "/console/partners/"

    def send(path: str, **fields: Any) -> TestResponse:
        data = {"csrf_token": admin.form_token(), **fields}
        return browser.post(f"{console}{path}", data=data, headers=OWN_PAGE)

    assert "还没有接入系统" in browser.get(console).text
    assert f'href="{console}new/archive"' in browser.get(f"{console}new").text
    form = browser.get(f"{console}new/archive").text
    assert "查看房间" in form
    assert "东馆" in form
    fields = {
        "name": "东馆系统",
        "unit": archive.east,
        "scopes": ["rooms"],
        "per_minute": "60",
        "expires_at": "",
    }
    made = send("new/archive", **fields)
    assert made.status_code == 200, made.text
    assert made.headers["Cache-Control"] == "no-store"
    key = made.text.partition('id="secret">')[2].partition("<")[0]
    assert call(app, key).status_code == 200
    assert key not in browser.get(console).text
    assert "东馆系统" in browser.get(console).text
    with app.app_context(), transaction(reading=True):
        partner_id = db.session.scalars(select(PartnerSystem.id)).one()
    one = browser.get(f"{console}{partner_id}").text
    assert "东馆 · " in one
    assert "查看房间" in one
    changed = send(
        f"{partner_id}/change", name="新名", scopes=["rooms", "notes"], per_minute="5", expires_at=""
    )
    assert changed.status_code == 303, changed.text
    assert "新名" in browser.get(changed.location).text
    new = send(f"{partner_id}/rotate", keep_hours="0").text.partition('id="secret">')[2].partition("<")[0]
    assert [call(app, one).status_code for one in (key, new)] == [401, 200]
    assert "永久吊销 新名？" in browser.get(f"{console}{partner_id}/revoke").text
    gone = send(f"{partner_id}/revoke")
    assert gone.status_code == 303
    assert "已吊销" in browser.get(gone.location).text
    assert call(app, new).status_code == 401
    auditor = archive.city.operator(None, "auditor")
    assert "新名" in auditor.browser().get(console).text
    assert f"{console}new" not in auditor.browser().get(console).text


def test_on_the_command_line(app: CitizenFlask, archive: Archive) -> None:
    runner = app.test_cli_runner()

    def run(*arguments: str) -> tuple[int, str]:
        done = runner.invoke(args=["partners", *arguments])
        return done.exit_code, done.output

    asked = ["create", "--service", "archive", "--name", "HIS", "--scope", "rooms", "--unit"]
    code, said = run(*asked, "nowhere")
    assert (code, "--unit" in said) == (1, True), said
    code, said = run(*asked, archive.east, "--days", "30", "--json")
    assert code == 0, said
    made = json.loads(said)
    assert call(app, made["key"]).status_code == 200
    code, said = run("rotate", made["partner"]["id"], "--keep-hours", "1")
    new = said.partition("key, shown once: ")[2].partition("\n")[0]
    assert (code, "until" in said) == (0, True)
    assert call(app, new).status_code == 200
    code, said = run("list")
    assert (code, made["partner"]["id"] in said, made["key"] in said) == (0, True, False)
    assert json.loads(run("list", "--json")[1])["partners"][0]["name"] == "HIS"
    assert run("revoke", made["partner"]["id"]) == (0, "HIS is revoked\n")
    assert call(app, new).status_code == 401
    assert run("revoke", new_id())[0] == 1


def test_a_service_that_is_retired_takes_its_keys_along(
    app: CitizenFlask, archive: Archive, admin: TestOperator, tmp_path: Any
) -> None:
    partner_id, _ = handed_out(archive, admin)
    target = tmp_path / "archive.zip"
    done = app.test_cli_runner().invoke(
        args=["services", "retire", "archive", "--export", str(target), "--yes"]
    )
    assert done.exit_code == 0, done.output
    assert admin.get(f"{PARTNERS}/{partner_id}").get_json()["state"] == "revoked"


def test_enough_is_enough(archive: Archive, app: CitizenFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MOST_OF_SERVICE", 1)
    with app.app_context(), transaction():
        operations.create("archive", archive.east, "一", ["rooms"], 60)
        with pytest.raises(Problem) as refused:
            operations.create("archive", archive.east, "二", ["rooms"], 60)
    assert refused.value.kind.slug == "conflict"


@pytest.mark.parametrize(
    ("wrong", "status", "pointer"),
    [
        ({"scopes": ["everything"]}, 422, "/scopes/0"),
        ({"scopes": []}, 422, "/scopes"),
        ({"unit": "north"}, 422, "/unit"),
        ({"unit": new_id()}, 422, "/unit"),
        ({"per_minute": 0}, 422, "/per_minute"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, 422, "/expires_at"),
        ({"name": " "}, 422, "/name"),
        ({"key": "mine"}, 422, "/key"),
        ({"service": "nowhere"}, 404, None),
    ],
)
def test_what_cannot_be_handed_out(
    archive: Archive, admin: TestOperator, wrong: dict[str, Any], status: int, pointer: str | None
) -> None:
    refused = admin.call("POST", PARTNERS, json=wanted(archive, **wrong))
    assert refused.status_code == status, refused.text
    if pointer is not None:
        assert [one["pointer"] for one in refused.get_json()["errors"]] == [pointer]


def test_a_closed_unit_gets_no_key_and_keeps_those_it_has(
    app: CitizenFlask, archive: Archive, admin: TestOperator
) -> None:
    _, key = handed_out(archive, admin)
    assert (
        archive.head.call(
            "POST", f"/api/v1/services/archive/operator/branches/{archive.east}/close"
        ).status_code
        == 200
    )
    assert admin.call("POST", PARTNERS, json=wanted(archive)).status_code == 422
    assert call(app, key).status_code == 200


def test_a_key_is_shown_once_and_kept_as_a_hash(
    app: CitizenFlask, archive: Archive, admin: TestOperator
) -> None:
    partner_id, key = handed_out(archive, admin)
    shown = admin.get(f"{PARTNERS}/{partner_id}").get_json()
    assert key not in json.dumps(shown)
    assert (shown["state"], shown["unit"], shown["per_minute"]) == ("active", archive.east, 600)
    assert [one["id"] for one in admin.get(f"{PARTNERS}?service=archive").get_json()["items"]] == [partner_id]
    assert call(app, key).status_code == 200
    with app.app_context(), transaction(reading=True):
        rows = [
            *db.session.execute(select(PartnerSystem.__table__)),
            *db.session.execute(select(AuditEvent.__table__)),
        ]
        assert key not in repr(rows)
        assert key.encode() not in repr(rows).encode()
    assert archive.city.count("audit_events", "action = 'partner.create'") == 1
