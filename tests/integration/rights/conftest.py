"""Somebody who has lived in the city for a while: seen by services, paid, looked at, told, looked after."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import time_machine
from sqlalchemy import inspect, select

from citizen_app.audit.operations import Actor
from citizen_app.citizens.challenges import start_challenge
from citizen_app.citizens.models import Citizen, CitizenDocument
from citizen_app.ids import new_id
from citizen_app.jobs.outbox import send_due
from citizen_app.notices.models import CitizenEmail
from citizen_app.payments import charging, purses, transfers
from citizen_app.rights.asking import make_copies
from citizen_app.rights.steps import run_steps
from citizen_app.secrecy.sealing import SealedText
from citizen_app.secrecy.vault import current_vault
from citizen_app.storage.orm import Model, db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk
from citizen_app.usage.looks import Reading, note_look
from tests.integration.delegations.conftest import delegate, person

NAME, EMAIL = "欧阳不二", "ouyang.buer@example.org"
SERVICES = ("bus", "pass")
ME = "/api/v1/me"


@dataclass
class Resident:
    """A citizen with a life, and the kiosks where it is lived."""

    citizen: TestCitizen
    carer: TestCitizen
    kiosks: dict[str, TestKiosk]
    city: City

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """A request of theirs."""
        return self.citizen.call(method, f"{ME}{path}", **more)

    def ride(self) -> Any:
        """Get on a bus."""
        kiosk = self.kiosks["bus"]
        return kiosk.scan(self.citizen.code(), kiosk.purposes[0], context=kiosk.context).get_json()

    def copy(self) -> zipfile.ZipFile:
        """Ask for a copy, and fetch it."""
        asked = self.ask("POST", "/export")
        assert asked.status_code == 202, asked.text
        work(self.city)
        fetched = self.ask("GET", "/export")
        assert fetched.status_code == 200, fetched.text
        return zipfile.ZipFile(io.BytesIO(fetched.data))

    def needles(self) -> set[object]:
        """All by which they could be told: in words, as bytes of an index, and as services know them."""
        phone, number = self.citizen.phone, self.citizen.id_number
        with self.city.app.app_context(), transaction(reading=True):
            row = db.session.get_one(Citizen, self.citizen.id)
            document = CitizenDocument.number_index
            found = select(document).where(CitizenDocument.citizen_id == row.id)
            indexes = {row.phone_index, row.name_index, *db.session.scalars(found)} - {None}
            vault, born = current_vault(), row.born
            refs = {
                ref
                for service in SERVICES
                for ref in (
                    vault.citizen_ref(service, row.id),
                    vault.contact_ref(service, phone),
                    vault.identity_ref(service, "resident_id", number),
                )
            }
            assert born is not None
            return {NAME, EMAIL, phone, phone[3:], number, number[-6:], born, *refs, *indexes}


def work(city: City) -> None:
    """What the jobs process does about requests."""
    with city.app.app_context():
        make_copies()
        run_steps()


def forget_all(city: City, time_travel: time_machine.Traveller) -> None:
    """Both passes of every step, and messages on their way."""
    work(city)
    time_travel.shift(61)
    work(city)
    with city.app.app_context():
        send_due()


def erase(someone: Resident) -> Any:
    """Close the account, as meant."""
    return someone.ask("DELETE", "?confirm=true")


def stored(city: City) -> list[tuple[str, object]]:
    """Every value in the database, sealed ones opened, with its table and column."""
    found: list[tuple[str, object]] = []
    with city.app.app_context(), transaction(reading=True):
        present = set(inspect(db.engine).get_table_names())
        for mapper in Model.registry.mappers:
            model = mapper.class_
            if model.__tablename__ not in present:
                continue  # of a sample service of another test
            sealed = [
                name
                for base in model.__mro__
                for name, one in vars(base).items()
                if isinstance(one, SealedText)
            ]
            for row in db.session.scalars(select(model)):
                found += [
                    (f"{model.__tablename__}.{column.key}", getattr(row, column.key))
                    for column in mapper.column_attrs
                ]
                found += [(f"{model.__tablename__}.{name}", getattr(row, name)) for name in sealed]
    return found


def places_of(city: City, needles: set[object]) -> set[str]:
    """Where in the database any of these stands."""
    words = [one for one in needles if isinstance(one, str)]
    raw = [one for one in needles if isinstance(one, bytes)]
    found = set()
    for place, value in stored(city):
        if isinstance(value, bytes):
            hit = value in raw
        else:
            said = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
            hit = any(word in said for word in words)
        if hit:
            found.add(place)
    return found


@pytest.fixture
def resident(city: City) -> Resident:
    """Somebody of whom every room keeps something."""
    citizen = city.card_holder(date(1951, 10, 1), NAME, with_phone=True)
    carer = person(city, name="赵小四")
    bus, gate = city.kiosk("bus", "board", context={"line": "1路"}), city.seed("pass")[0]
    someone = Resident(citizen, carer, {"bus": bus, "pass": gate}, city)
    citizen.call("PUT", f"{ME}/consents/pass", json={"scopes": ["contact_ref", "identity_ref"]})
    delegate(city, carer, citizen)
    someone.ride()
    gate.scan(citizen.code(), gate.purposes[0], context=gate.context)
    with city.app.app_context(), transaction():
        row = db.session.get_one(Citizen, citizen.id)
        row.born = "1951-10-01"
        mail = CitizenEmail(id=new_id(), citizen_id=citizen.id)
        mail.address = EMAIL
        db.session.add(mail)
        purse = purses.opened(citizen.id)
        transfers.receive(purse.id, 500, provider="simulated", key=new_id())
        charging.charge(citizen.id, 500, service="bus", key=new_id())
        reading = Reading("pass", "核对名单", Actor("staff", new_id(), "guard.wang"))
        start_challenge(citizen.phone, "127.0.0.1")
    with city.app.app_context(), transaction(reading=True):
        note_look(reading, [citizen.ref("pass"), "Z" * 22], "pass.list")
    return someone


@pytest.fixture
def settle(city: City) -> Callable[[TestCitizen], None]:
    """Pay what somebody owes and leave the purse empty."""

    def pay(citizen: TestCitizen) -> None:
        with city.app.app_context(), transaction():
            purse = purses.opened(citizen.id)
            if purse.owed:
                transfers.receive(purse.id, purse.owed, provider="simulated", key=new_id())

    return pay
