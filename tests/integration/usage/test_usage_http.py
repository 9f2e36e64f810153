"""The usage log over HTTP and on the command line: everyone sees their own, and no more."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from citizen_app import clock
from citizen_app.audit.models import AuditEvent
from citizen_app.citizens.tokens import SignedInCitizen, issue_access_token
from citizen_app.ids import new_id
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.usage.schemas import UsageItemSchema
from citizen_app.usage.statistics import today
from citizen_app.web.admin_api import usage as routes
from tests.integration.staff.people import hire
from tests.integration.usage.filling import Person, citizen, event, stand, write

MINE = "/api/v1/me/usage"
LOOKS = "/api/v1/me/looks"
STATISTICS = "/api/v1/admin/usage/statistics"
EXPORT = "/api/v1/admin/usage/export"


def signed_in(app: Flask, person: Person, language: str = "zh-CN") -> dict[str, str]:
    with app.app_context():
        token = issue_access_token(SignedInCitizen(person.id, 1, new_id(), 1, clock.now()))
    return {"Authorization": f"Bearer {token}", "Accept-Language": language}


def audited(app: Flask, action: str) -> list[dict[str, Any]]:
    with app.app_context(), transaction(reading=True):
        rows = db.session.scalars(select(AuditEvent).where(AuditEvent.action == action)).all()
        return [{"actor": row.actor_name, "target": row.target_id, **row.details} for row in rows]


def test_a_citizen_sees_each_use_in_their_language(app: Flask, client: FlaskClient) -> None:
    person, kiosk = citizen(app), stand(app)
    places: dict[str, Any] = {"kiosk_id": kiosk.kiosk_id, "placement_id": kiosk.placement_id}
    write(
        app,
        event(person.log_key, service="no_longer_here", purpose="enter", disclosed=["masked_name"], **places),
        event(person.log_key, decision="deny", reason="replayed", **places),
    )
    answer = client.get(MINE, headers=signed_in(app, person, "en"))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    refused, allowed = answer.get_json()["items"]
    assert set(refused) == set(UsageItemSchema().fields)
    assert (refused["reason_text"], refused["title"]) == ("Code already used", "Code already used")
    assert (refused["place"], refused["kiosk"], refused["lines"]) == ("People's Square", "12 路 3 号车", [])
    assert (allowed["service_title"], allowed["purpose_title"]) == ("no_longer_here", "enter")
    assert allowed["disclosed"] == [{"name": "masked_name", "title": "Name, partly hidden", "answer": None}]
    assert allowed["occurred_at"].endswith("Z")
    in_chinese = client.get(MINE, headers=signed_in(app, person)).get_json()["items"][0]
    assert in_chinese["reason_text"] == "此码已使用"
    assert person.log_key not in answer.get_data(as_text=True)


def test_pages_over_http(app: Flask, client: FlaskClient) -> None:
    person = citizen(app)
    events = [event(person.log_key) for _ in range(5)]
    write(app, *events)
    headers, found = signed_in(app, person), []
    cursor: str | None = ""
    while cursor is not None:
        answer = client.get(f"{MINE}?limit=2{cursor and '&cursor=' + cursor}", headers=headers).get_json()
        found += [item["id"] for item in answer["items"]]
        cursor = answer["next_cursor"]
    assert found == [e.id for e in reversed(events)]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=x", "cursor=forged", "colour=red", "service=Bus!", "limit=1&limit=2"]
)
def test_a_malformed_query_is_refused(app: Flask, client: FlaskClient, query: str) -> None:
    answer = client.get(f"{MINE}?{query}", headers=signed_in(app, citizen(app)))
    assert answer.status_code == 422
    assert answer.get_json()["errors"]


def test_a_citizen_disputes_their_own_use_only(app: Flask, client: FlaskClient) -> None:
    person, other = citizen(app), citizen(app)
    written = event(person.log_key)
    write(app, written)
    address = f"{MINE}/{written.id}/dispute"
    assert client.post(address, headers=signed_in(app, other)).status_code == 404
    assert client.post(address).status_code == 401
    for _ in range(2):
        answer = client.post(address, headers=signed_in(app, person))
        assert answer.status_code == 200
        assert [mark["kind"] for mark in answer.get_json()["marks"]] == ["disputed"]
    assert client.post(f"{MINE}/{new_id()}/dispute", headers=signed_in(app, person)).status_code == 404


def test_statistics_are_exact_and_grouped(app: Flask, client: FlaskClient) -> None:
    staff = hire(app, "li.hua", "auditor").sign_in()
    write(
        app,
        *[event(new_id()) for _ in range(3)],
        event(new_id(), service="library", decision="deny", reason="expired"),
    )
    answer = client.get(STATISTICS, headers=staff).get_json()
    assert answer["total"] == 4
    assert [(i["service"], i["decision"], i["events"]) for i in answer["items"]] == [
        ("bus", "allow", 3),
        ("library", "deny", 1),
    ]
    by_day = client.get(f"{STATISTICS}?group=day&service=bus&from={today_in(app)}", headers=staff).get_json()
    assert by_day["items"] == [{"day": today_in(app), "events": 3}]


def test_a_workbook_is_not_made_for_more_than_one_can_wait_for(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "MOST_IN_WORKBOOK", 2)
    write(app, *[event(new_id()) for _ in range(3)])
    staff = hire(app, "li.hua", "auditor").sign_in()
    refused = client.get(f"{EXPORT}?format=xlsx", headers=staff)
    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["pointer"] == "?format"
    assert client.get(f"{EXPORT}?format=csv", headers=staff).status_code == 200


def today_in(app: Flask) -> str:
    with app.app_context():
        return str(today())


@pytest.mark.parametrize(
    "query", ["from=2026-11-02&to=2026-11-01", "from=2020-01-01", "group=colour", "to=0001-01-01"]
)
def test_a_period_that_makes_no_sense_is_refused(app: Flask, client: FlaskClient, query: str) -> None:
    staff = hire(app, "li.hua", "auditor").sign_in()
    assert client.get(f"{STATISTICS}?{query}", headers=staff).status_code == 422


def test_an_operator_sees_only_their_own_service(app: Flask, client: FlaskClient) -> None:
    person = citizen(app, "bus", "library")
    ours, theirs = event(person.log_key), event(person.log_key, service="library")
    write(app, ours, theirs)
    staff = hire(app, "zhang.wei", "service_operator:bus").sign_in()
    with app.app_context():
        bus_ref, library_ref = person.ref("bus"), person.ref("library")

    assert client.get(STATISTICS, headers=staff).get_json()["total"] == 1
    assert client.get(f"{STATISTICS}?service=library", headers=staff).status_code == 403
    exported = client.get(f"{EXPORT}?format=csv", headers=staff).get_data(as_text=True)
    assert ours.id in exported
    assert theirs.id not in exported
    assert client.get(f"{EXPORT}?format=csv&service=library", headers=staff).status_code == 403

    def uses(service: str, ref: str) -> Any:
        body = {"citizen_ref": ref, "reason": "Complaint 2026-118"}
        return client.post(f"/api/v1/admin/services/{service}/usage/looks", json=body, headers=staff)

    answer = uses("bus", bus_ref)
    assert [item["id"] for item in answer.get_json()["items"]] == [ours.id]
    assert person.log_key not in answer.get_data(as_text=True)
    assert uses("library", library_ref).status_code == 404
    assert uses("bus", library_ref).status_code == 404
    assert [row["citizen_ref"] for row in audited(app, "usage.read_citizen")] == [bus_ref]


def test_whoever_sees_all_counts_sees_no_single_citizen(app: Flask, client: FlaskClient) -> None:
    person = citizen(app, "bus")
    with app.app_context():
        ref = person.ref("bus")
    for number, role in enumerate(("system_admin", "auditor", "service_operator")):
        staff = hire(app, f"person.{number}", role).sign_in()
        body = {"citizen_ref": ref, "reason": "Complaint 2026-118"}
        answer = client.post("/api/v1/admin/services/bus/usage/looks", json=body, headers=staff)
        assert answer.status_code == 403
    assert client.get(LOOKS, headers=signed_in(app, person)).get_json()["items"] == []


@pytest.mark.parametrize("reason", [None, "", "    ", "x", "a" * 201])
def test_nobody_looks_without_a_reason(app: Flask, client: FlaskClient, reason: str | None) -> None:
    person = citizen(app, "bus")
    staff = hire(app, "zhang.wei", "service_operator:bus").sign_in()
    with app.app_context():
        body = {"citizen_ref": person.ref("bus"), **({} if reason is None else {"reason": reason})}
    refused = client.post("/api/v1/admin/services/bus/usage/looks", json=body, headers=staff)
    assert refused.status_code == 422
    assert {error["pointer"] for error in refused.get_json()["errors"]} == {"/reason"}
    assert client.get(LOOKS, headers=signed_in(app, person)).get_json()["items"] == []


def test_every_look_is_shown_to_the_citizen_and_to_nobody_else(app: Flask, client: FlaskClient) -> None:
    people = [citizen(app, "bus") for _ in range(100)]
    write(app, *[event(person.log_key) for person in people])
    operator = hire(app, "zhang.wei", "service_operator:bus")
    staff = operator.sign_in()
    for number, person in enumerate(people):
        with app.app_context():
            body = {"citizen_ref": person.ref("bus"), "reason": f"Complaint {number} of 13800138000"}
        looked = client.post("/api/v1/admin/services/bus/usage/looks", json=body, headers=staff)
        assert looked.status_code == 200
    for number, person in enumerate(people):
        (look,) = client.get(LOOKS, headers=signed_in(app, person, "en")).get_json()["items"]
        assert (look["service"], look["reason"], look["events"]) == (
            "bus",
            f"Complaint {number} of 13800138000",
            1,
        )
        assert look["owner"]
        assert "zhang.wei" not in json.dumps(look)
    rows = audited(app, "usage.read_citizen")
    assert [row["actor"] for row in rows] == ["zhang.wei"] * 100
    assert look["id"] in {row["look"] for row in rows}
    with app.app_context(), transaction(reading=True):
        stored = db.session.execute(text("SELECT reason_sealed FROM usage_looks")).scalars().all()
    assert not any(b"13800138000" in bytes(sealed) for sealed in stored)
    for change in ("UPDATE usage_looks SET events = 0", "DELETE FROM usage_looks"):
        with app.app_context(), pytest.raises(DBAPIError), transaction():
            db.session.execute(text(change))


def test_an_export_is_streamed_audited_and_refused_without_permission(
    app: Flask, client: FlaskClient
) -> None:
    write(app, *[event(new_id()) for _ in range(2500)])
    admin, auditor = hire(app, "li.hua", "system_admin"), hire(app, "wang.fang", "auditor")
    assert client.get(f"{EXPORT}?format=csv", headers=admin.sign_in()).status_code == 403
    headers = auditor.sign_in()
    answer = client.get(f"{EXPORT}?format=csv", headers={**headers, "Accept-Language": "en"})
    assert answer.is_streamed
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment; filename=" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert len(rows) == 2500
    assert {row["Result"] for row in rows} == {"Allowed"}
    book = client.get(f"{EXPORT}?format=xlsx&service=bus", headers=headers)
    assert load_workbook(io.BytesIO(book.get_data())).worksheets[0].max_row == 2501
    assert [
        (row["actor"], row["target"], row["format"], row["events"]) for row in audited(app, "usage.export")
    ] == [
        ("wang.fang", None, "csv", 2500),
        ("wang.fang", "bus", "xlsx", 2500),
    ]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_export_on_the_command_line(app: Flask, tmp_path: Path, kind: str) -> None:
    write(
        app,
        *[event(new_id(), datetime(2026, 11, 20, 4, tzinfo=UTC) + timedelta(seconds=n)) for n in range(7)],
    )
    out = tmp_path / "out" / f"usage.{kind}"
    out.parent.mkdir()
    period = ["--from", "2026-11-20", "--to", "2026-11-20"]
    done = app.test_cli_runner().invoke(
        args=["usage", "export", "--format", kind, *period, "--out", str(out)]
    )
    assert done.exit_code == 0, done.output
    assert done.stdout == ""
    assert "7 events" in done.stderr
    assert [path.name for path in out.parent.iterdir()] == [out.name]
    if kind == "csv":
        assert len(out.read_text("utf-8-sig").splitlines()) == 8
    else:
        assert load_workbook(out).worksheets[0].max_row == 8
    assert [row["events"] for row in audited(app, "usage.export")] == [7]


def test_counts_on_the_command_line_before_and_after_a_rollup(app: Flask) -> None:
    old = clock.now() - timedelta(hours=1)
    write(app, *[event(new_id(), old + timedelta(seconds=n)) for n in range(5)], event(new_id()))
    run = app.test_cli_runner().invoke
    for rolled_up in ("5 events counted", "0 events counted"):
        found = json.loads(run(args=["usage", "statistics", "--json", "--group", "service"]).stdout)
        assert found["items"] == [{"events": 6, "service": "bus"}]
        assert rolled_up in run(args=["usage", "rollup"]).stdout


def test_a_misspelt_service_on_the_command_line(app: Flask, tmp_path: Path) -> None:
    write(app, event(new_id()))
    run = app.test_cli_runner().invoke
    out = tmp_path / "usage.csv"
    period = ["--from", "2026-11-20", "--to", "2026-11-20", "--out", str(out)]
    for command in (["statistics"], ["export", *period]):
        refused = run(args=["usage", *command, "--service", "buss"])
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert "did you mean 'bus'?" in refused.stderr
    assert not out.exists()
    assert run(args=["usage", "statistics", "--service", "bus"]).exit_code == 0
