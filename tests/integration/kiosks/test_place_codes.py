"""Posters: printed, printed anew, voided, from the command line and from the console."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from functools import partial
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from sqlalchemy import select

from citizen_app.ids import new_id
from citizen_app.kiosks import posters
from citizen_app.kiosks.models import Kiosk, PlaceCode
from citizen_app.registry.contract import Purpose
from citizen_app.registry.modules import Registry
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from citizen_app.toolkit.testing import City
from citizen_app.toolkit.testing.races import before_commit
from tests.integration.kiosks.conftest import module

NEW = ("--service", "ferry", "--name", "售票处", "--place-zh", "西码头", "--place-en", "West pier")
BODY = {
    "service": "ferry",
    "name": "售票处",
    "purpose": "queue",
    "place": {"zh": "西码头", "en": "West pier"},
}
PATH = "/api/v1/admin/place-codes"


@pytest.fixture(autouse=True)
def with_a_queue(services: Registry, monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    """`ferry` has a purpose that accepts place codes."""
    ferry = services.get("ferry")
    assert ferry is not None
    queue = Purpose("queue", Text("排队", "Queue"), kinds=("place",))
    more = module("ferry", *ferry.descriptor.purposes, queue)
    monkeypatch.setitem(app.extensions, "registry", Registry({"ferry": more, "pool": services.get("pool")}))


def run(app: Flask, *arguments: str):
    return app.test_cli_runner().invoke(args=["place-codes", *arguments])


def create(app: Flask, *arguments: str) -> dict:
    result = run(app, "create", *NEW, "--purpose", "queue", "--json", *arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.output)["place_code"]


def test_the_poster_says_the_address_of_the_city_whoever_asks(app: Flask, tmp_path: Path) -> None:
    picture = tmp_path / "poster.svg"
    made = create(app, "--svg", str(picture))
    public_url = app.extensions["settings"].public_url
    assert made["address"].startswith(f"{public_url}/p/")
    words = "".join(ET.fromstring(picture.read_bytes()).itertext())
    for expected in ("排队", "Queue", "西码头", "West pier", public_url.partition("//")[2]):
        assert expected in words
    operator = City(app).operator(None, "system_admin")
    forged = operator.get(f"{PATH}/{made['id']}", Host="evil.example", **{"X-Forwarded-Host": "evil.example"})
    assert forged.get_json()["address"] == made["address"]


def test_the_pdf_says_the_same_and_its_code_is_read(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "poster.pdf"
    made = create(app, "--pdf", str(file))
    operator = City(app).operator(None, "system_admin")
    answer = operator.get(f"{PATH}/{made['id']}/poster.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="place-1.pdf"'
    for content in (file.read_bytes(), answer.data):
        page = pypdfium2.PdfDocument(content)[0]
        assert [round(side * 25.4 / 72) for side in page.get_size()] == [148, 210]
        words = page.get_textpage().get_text_range()
        for expected in ("排队", "Queue", "西码头", "West pier"):
            assert expected in words
        (read,) = zxingcpp.read_barcodes(page.render(scale=3).to_pil())
        assert read.text == made["address"]
    assert operator.call("POST", f"{PATH}/{made['id']}/void").status_code == 200
    assert operator.get(f"{PATH}/{made['id']}/poster.pdf").status_code == 410


def test_a_new_print_voids_the_one_before(app: Flask) -> None:
    made = create(app)
    again = json.loads(run(app, "print", made["id"], "--json").output)["place_code"]
    assert again["id"] == made["id"]
    assert again["address"] != made["address"]
    assert [one["address"] for one in json.loads(run(app, "list", "--json").output)["place_codes"]] == [
        again["address"]
    ]
    assert run(app, "void", made["id"]).output == "the poster of place 1 is void\n"
    assert run(app, "void", made["id"]).exit_code == 0
    assert json.loads(run(app, "list", "--json").output)["place_codes"] == []
    assert run(app, "print", made["id"]).exit_code == 0, "it can hang again"
    assert run(app, "print", new_id()).exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--purpose", "board"), "takes no place codes; these do: queue"),
        (("--purpose", "fly"), "not a purpose of this service"),
        ((), "either a purpose or a page"),
        (("--purpose", "queue", "--page", "stops"), "either a purpose or a page"),
        (("--page", "stops", "--title-zh", "站", "--title-en", "Stop"), "no such public page"),
        (("--page", "../../code", "--title-zh", "站", "--title-en", "Stop"), "no such public page"),
        (("--purpose", "queue", "--context", '{"x": 1}'), "not a context field"),
        (("--purpose", "queue", "--title-zh", "队"), "together"),
    ],
)
def test_mistakes_are_told(app: Flask, arguments: tuple[str, ...], words: str) -> None:
    result = run(app, "create", *NEW, *arguments)
    assert result.exit_code != 0
    assert words in result.output


def test_a_virtual_kiosk_gets_no_token_and_is_never_silent(app: Flask) -> None:
    made = create(app)
    operator = City(app).operator(None, "system_admin")
    answer = operator.call("POST", f"/api/v1/admin/kiosks/{made['id']}/activation-code")
    assert answer.status_code == 409
    shown = operator.get(f"/api/v1/admin/kiosks/{made['id']}").get_json()["kiosk"]
    assert (shown["virtual"], shown["state"], shown["last_seen_at"]) == (True, "active", None)
    assert operator.call("POST", f"/api/v1/admin/kiosks/{made['id']}/revoke").status_code == 200
    assert operator.get(f"{PATH}/{made['id']}").get_json()["is_void"] is True
    assert operator.call("POST", f"{PATH}/{made['id']}/print").status_code == 409
    assert operator.get(f"{PATH}/{made['id']}/poster").status_code == 410


def test_the_console_prints_and_an_operator_sees_their_own(app: Flask) -> None:
    city = City(app)
    admin, watcher = city.operator(None, "system_admin"), city.operator("pool")
    made = admin.call("POST", PATH, json=BODY, headers={"Idempotency-Key": "poster-1"})
    assert made.status_code == 201, made.text
    again = admin.call("POST", PATH, json=BODY, headers={"Idempotency-Key": "poster-1"})
    assert again.get_json() == made.get_json()
    assert [one["id"] for one in admin.get(PATH).get_json()["items"]] == [made.get_json()["id"]]
    poster = admin.get(f"{PATH}/{made.get_json()['id']}/poster")
    assert (poster.status_code, poster.mimetype) == (200, "image/svg+xml")
    if watcher.get(PATH).status_code == 200:
        assert watcher.get(PATH).get_json()["items"] == []
    assert watcher.get(f"{PATH}/{made.get_json()['id']}").status_code in (403, 404)
    assert city.count("audit_events", "action = 'place_code.print'") == 1


def test_two_prints_at_once_leave_one_that_hangs(app: Flask) -> None:
    place = create(app)["id"]
    printing = partial(posters.print_anew, place)
    assert not isinstance(before_commit(app, printing, printing), str)
    assert hanging(app, place) == 1


def test_control_without_the_lock_the_second_print_fails(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The row of the place makes two prints take turns; without it the index stops the second."""
    if app.extensions["settings"].on_sqlite:
        pytest.skip("SQLite has one writer at a time")
    place = create(app)["id"]
    monkeypatch.setattr(posters, "lock_row", lambda model, key: db.session.get(Kiosk, key))
    printing = partial(posters.print_anew, place)
    with pytest.raises(Exception, match="uq_place_codes_hanging"):
        before_commit(app, printing, printing)
    assert hanging(app, place) == 1


def hanging(app: Flask, place: str) -> int:
    with app.app_context(), transaction(reading=True):
        rows = select(PlaceCode.id).where(PlaceCode.kiosk_id == place, PlaceCode.voided_at.is_(None))
        return len(db.session.scalars(rows).all())
