"""A field key is replaced: everything it has sealed is sealed anew, of core and services, and it can go."""

from __future__ import annotations

import base64
import io
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import LargeBinary, inspect, select, text

from citizen_app.backup.sealed import unopened
from citizen_app.codes.keys import key_ring
from citizen_app.factory import CitizenFlask
from citizen_app.files.operations import Incoming, store_file
from citizen_app.files.reading import opened
from citizen_app.ids import new_id
from citizen_app.jobs.outbox import enqueue
from citizen_app.resealing.walk import reseal
from citizen_app.secrecy.vault import Vault
from citizen_app.storage.cached_values import invalidate
from citizen_app.storage.orm import Model, db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestKiosk

FEED = b"PK\x03\x04" + os.urandom(300_000)
SecondKey = Callable[..., None]


@pytest.fixture
def use_keys(app: CitizenFlask, monkeypatch: pytest.MonkeyPatch) -> SecondKey:
    """From now on the settings have these field keys: the first is the one that there was."""
    settings = app.extensions["settings"]
    (first,) = settings.field_keys.values()
    keys = {1: first, 2: os.urandom(32)}

    def use(*numbers: int) -> None:
        chosen = replace(settings, field_keys={number: keys[number] for number in numbers})
        monkeypatch.setitem(app.extensions, "vault", Vault(chosen))
        with app.app_context(), transaction():
            invalidate("signing_keys")

    assert list(settings.field_keys) == [1]
    return use


def sealed_by(app: CitizenFlask) -> dict[str, Counter[int]]:
    """Of every column that calls itself sealed, and of sealed members of JSON: how many by which key; read
    from the tables as they are, not by the list that is tested."""
    found: dict[str, Counter[int]] = {}
    with app.app_context(), transaction(reading=True):
        present = set(inspect(db.session.connection()).get_table_names())
        for table in Model.metadata.sorted_tables:
            if table.name not in present:
                continue
            for row in db.session.execute(select(table)).mappings():
                for column in table.columns:
                    value = row[column.name]
                    if isinstance(column.type, LargeBinary) and "sealed" in column.name and value:
                        found.setdefault(f"{table.name}.{column.name}", Counter())[value[1]] += 1
                    elif isinstance(value, dict) and "sealed" in value:
                        key = base64.b64decode(value["sealed"])[1]
                        found.setdefault(f"{table.name}.{column.name}", Counter())[key] += 1
    return found


@pytest.fixture
def kiosk(city: City) -> TestKiosk:
    """A city in which much is sealed: people, lists, scans, looks, files, messages, kept answers."""
    gate = city.seed("pass")[0]
    citizen = city.citizen("王秀兰")
    city.give_document(citizen, city.unused_id_number())
    operator = city.operator("pass")
    operator.call(
        "POST",
        "/api/v1/services/pass/operator/places",
        json={"kind": "compound", "name": {"zh": "花园", "en": "Gardens"}},
        headers={"Idempotency-Key": new_id()},
    )
    place = operator.get("/api/v1/services/pass/operator/places").get_json()["items"][-1]["id"]
    assert operator.get(f"/api/v1/services/pass/operator/places/{place}/members").status_code == 200
    with city.app.app_context():
        sent = Incoming("feed.zip", "application/zip", io.BytesIO(FEED))
        store_file(sent, "bus", endings=(".zip",), most_bytes=2**20)
        with transaction():
            enqueue("test", {"phone": "+8613912345678"})
    return gate


def test_everything_is_sealed_anew_and_the_old_key_can_go(
    city: City, kiosk: TestKiosk, use_keys: SecondKey
) -> None:
    code, scan_id = city.citizen().code(), new_id()
    first = kiosk.scan(code, kiosk.purposes[0], scan_id=scan_id)
    assert first.status_code == 200, first.text
    before = sealed_by(city.app)
    assert {1} == {key for counts in before.values() for key in counts}
    assert {
        "citizens.name_sealed",
        "citizen_documents.number_sealed",
        "pass_members.name_sealed",
        "signing_keys.secret_sealed",
        "signing_keys.sealing_key_sealed",
        "kept_answers.answer_sealed",
        "scan_answers.answer",
        "stored_file_pieces.sealed",
        "usage_looks.reason_sealed",
        "outbox_messages.payload_sealed",
    } <= before.keys()

    use_keys(1, 2)
    told = city.app.test_cli_runner().invoke(args=["keys", "reseal", "--json"])
    assert told.exit_code == 0, told.output
    said = json.loads(told.stdout)
    after = sealed_by(city.app)
    fixed = {name for name in before if name.startswith("usage_looks.")}
    assert {name: set(counts) for name, counts in after.items()} == {
        name: {1} if name in fixed else {2} for name in before
    }
    assert (said["still_needed"], said["closed"], said["missed"]) == ([1], {}, 0)
    assert said["left"]["usage_looks"]["1"] >= 1
    assert city.count("audit_events", "action = 'keys.reseal'") == 1

    use_keys(2)  # nothing but the looks of before needs the first key
    with city.app.app_context():
        with db.engine.connect() as connection:
            assert unopened(connection) == []
        with transaction(reading=True):
            file_id = db.session.scalar(text("SELECT id FROM stored_files"))
        with opened(_id(str(file_id))) as file:
            assert file.stream.read() == FEED
        assert key_ring().active("codes") is not None
    again = kiosk.scan(code, kiosk.purposes[0], scan_id=scan_id)
    assert again.get_json()["usage_id"] == first.get_json()["usage_id"]
    assert {**again.get_json(), "server_time": ""} == {**first.get_json(), "server_time": ""}


def _id(stored: str) -> str:
    return (
        stored
        if "-" in stored
        else f"{stored[:8]}-{stored[8:12]}-{stored[12:16]}-{stored[16:20]}-{stored[20:]}"
    )


def test_interrupted_it_goes_on_where_it_was(city: City, kiosk: TestKiosk, use_keys: SecondKey) -> None:
    use_keys(1, 2)
    units = iter(range(100))

    @contextmanager
    def breaking() -> Iterator[None]:
        with transaction():
            yield
            if next(units) == 4:
                raise KeyboardInterrupt

    with city.app.app_context():
        with pytest.raises(KeyboardInterrupt):
            reseal(breaking, lambda *_: None)
        half = {key for counts in sealed_by(city.app).values() for key in counts}
        assert half == {1, 2}
        found = reseal(transaction, lambda *_: None)
        assert found.missed == 0
        once_more = reseal(transaction, lambda *_: None)
    assert once_more.done.total() == 0
    assert {key for counts in sealed_by(city.app).values() for key in counts if key == 2} == {2}


def test_what_does_not_open_is_told_and_the_rest_is_done(
    city: City, kiosk: TestKiosk, use_keys: SecondKey
) -> None:
    with city.app.app_context(), transaction():
        db.session.execute(
            text(
                "UPDATE outbox_messages SET payload_sealed = (SELECT name_sealed FROM citizens"
                " WHERE name_sealed IS NOT NULL LIMIT 1)"
            )
        )
    use_keys(1, 2)
    with city.app.app_context():
        found = reseal(transaction, lambda *_: None)
    assert found.closed == Counter({"outbox_messages": found.closed.total()})
    assert found.closed.total() >= 1
    assert sealed_by(city.app)["citizens.name_sealed"].keys() == {2}


def test_whoever_looks_after_the_keys_starts_it_in_the_background(
    city: City, kiosk: TestKiosk, use_keys: SecondKey
) -> None:
    admin = city.operator(None, "security_admin")
    use_keys(1, 2)
    sent = admin.call("POST", "/api/v1/admin/tasks/reseal")
    assert sent.status_code == 202
    assert city.run_tasks() == ["done"]
    ended = admin.get(f"/api/v1/admin/tasks/reseal/{sent.get_json()['id']}").get_json()
    assert ended["report"]["newest"] == 2
    assert "仍需保留的旧密钥：1" in ended["said"]
    assert city.operator(None, "system_admin").call("POST", "/api/v1/admin/tasks/reseal").status_code == 403
