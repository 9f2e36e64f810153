"""A copy: complete, in two forms, for whoever has just proved who they are, and for nobody else."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from citizen_app.files.models import StoredFile, StoredPiece
from citizen_app.files.operations import forget_expired_files
from citizen_app.registry import state
from citizen_app.rights import asking
from citizen_app.rights.holdings import HOLDINGS
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City
from tests.integration.delegations.conftest import person
from tests.integration.rights.conftest import EMAIL, ME, NAME, Resident, work


def table(copy: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(copy.read(f"{name}.json"))
    return rows


def test_it_has_every_table_twice_and_says_so(resident: Resident) -> None:
    copy = resident.copy()
    manifest = json.loads(copy.read("manifest.json"))
    assert (manifest["format"], manifest["missing"]) == ("citizen-copy/1", [])
    promised = {f"city/{one.copy}" for one in HOLDINGS.values() if one.copy}
    told = {f"{one['owner']}/{one['name']}": one for one in manifest["tables"]}
    assert promised <= told.keys()
    for place, one in told.items():
        rows = table(copy, place)
        sheet = list(csv.reader(io.StringIO(copy.read(f"{place}.csv").decode("utf-8-sig"))))
        assert (len(rows), len(sheet)) == (one["rows"], one["rows"] + 1)
        assert sheet[0] == one["columns"] == (list(rows[0]) if rows else [])
    assert set(copy.namelist()) == {
        "README.txt", "manifest.json", *(f"{place}.{form}" for place in told for form in ("json", "csv"))
    }  # fmt: skip


def test_it_tells_what_is_kept(resident: Resident) -> None:
    copy = resident.copy()
    (account,) = table(copy, "city/account")
    assert (account["name"], account["phone"]) == (NAME, resident.citizen.phone)
    assert [one["number"] for one in table(copy, "city/documents")] == [resident.citizen.id_number]
    assert [one["address"] for one in table(copy, "city/email")] == [EMAIL]
    uses = table(copy, "city/uses")
    assert [one["service"] for one in uses][-2:] == ["pass", "bus"]
    assert uses[-1]["title"]["en"] == "Welcome aboard"
    assert [one["reason"]["zh"] for one in table(copy, "city/looks")] == ["核对名单"]
    assert [one["amount"] for one in table(copy, "city/statement")]
    assert [one["line_zh"] for one in table(copy, "bus/boardings")]


def test_others_stand_in_it_masked(resident: Resident) -> None:
    copy = resident.copy()
    whole = "\n".join(copy.read(name).decode() for name in copy.namelist())
    assert "赵小四" not in whole
    assert resident.carer.id not in whole
    assert resident.carer.phone not in whole
    (carer,) = table(copy, "city/delegations")
    assert carer["masked_name"] == "赵*四"
    assert "guard.wang" not in whole, "a look names the office, nobody who works there"


def test_nobody_fetches_what_they_did_not_ask_for(city: City, resident: Resident) -> None:
    none = resident.ask("GET", "/export")
    assert (none.status_code, none.get_json()["next_step"]) == (404, "/api/v1/me/export")
    asked = resident.ask("POST", "/export").get_json()
    assert resident.ask("POST", "/export").get_json()["id"] == asked["id"], "while it is made, the same"
    assert "Retry-After" in resident.ask("GET", "/export").headers
    work(city)
    told = [one["notice"] for one in resident.ask("GET", "/notices").get_json()["items"]]
    assert told.count("copy_ready") == 1
    assert city.citizen().get(f"{ME}/export").status_code == 404
    (told,) = resident.ask("GET", "/requests").get_json()["items"]
    assert (told["id"], told["state"]) == (asked["id"], "ready")


def test_it_needs_a_fresh_proof(resident: Resident, time_travel: time_machine.Traveller) -> None:
    time_travel.shift(301)
    for method, path in (("POST", "/export"), ("GET", "/export"), ("DELETE", "?confirm=true")):
        refused = resident.ask(method, path)
        assert (refused.status_code, refused.get_json()["max_age"]) == (401, 300)


def test_it_is_sealed_and_goes_after_a_week(
    city: City, resident: Resident, time_travel: time_machine.Traveller
) -> None:
    resident.copy()
    with city.app.app_context(), transaction(reading=True):
        (piece,) = db.session.scalars(select(StoredPiece.sealed)).all()
    assert piece[:2] != b"PK"
    second = resident.copy()
    assert second.testzip() is None
    assert city.count("stored_files") == 1, "one copy at a time"
    time_travel.shift(timedelta(days=7, seconds=1))
    with city.app.app_context():
        with transaction():
            asking.forget_over()
        forget_expired_files()
        with transaction(reading=True):
            assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 0
    assert city.count("rights_requests", "state = 'over'") == 2


def test_a_service_that_fails_is_asked_again_then_named(
    city: City, resident: Resident, time_travel: time_machine.Traveller
) -> None:
    with city.app.app_context(), transaction():
        state.disable("bus")
    resident.ask("POST", "/export")
    work(city)
    assert city.count("rights_requests", "state = 'waiting' AND last_error IS NOT NULL") == 1
    time_travel.shift(asking.WHOLE_WITHIN + timedelta(seconds=1))
    work(city)
    assert city.count("rights_requests", "state = 'ready'") == 1
    with city.app.app_context(), transaction(reading=True):
        ready = asking.copy_that_is_ready(resident.citizen.id)
        assert ready is not None
        assert ready.missing == ["bus"]


@pytest.mark.parametrize(("age", "status"), [(9, 202), (15, 403)])
def test_a_guardian_asks_for_a_child_below_fourteen(city: City, age: int, status: int) -> None:
    guardian, child = person(city), person(city, age, "周小宝", phone=False)
    acting = city.acting(guardian, child, "guardian")
    assert acting.call("POST", f"{ME}/export").status_code == status
    assert acting.get(f"{ME}/erasure").status_code == (200 if status == 202 else 403)


def test_a_carer_may_not(city: City) -> None:
    old = person(city, 80, "周老太")
    acting = city.acting(person(city), old, "carer")
    for method, path in (("POST", "/export"), ("GET", "/export"), ("DELETE", "?confirm=true")):
        assert acting.call(method, f"{ME}{path}").status_code == 403
