"""People without a phone, documents that are replaced, and the dead."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, text

from citizen_app.backup.sealed import unopened
from citizen_app.citizens.documents import EID, Proof, Source, documents_of, proof_of, store_proof
from citizen_app.citizens.models import Citizen, CitizenDocument
from citizen_app.citizens.operations import reinstate_citizen
from citizen_app.citizens.registration import create_citizen
from citizen_app.citizens.traits import AssuranceLevel, CitizenStatus
from citizen_app.demo.people import invented_number
from citizen_app.factory import CitizenFlask
from citizen_app.identity.documents import DocumentKind, read_document
from citizen_app.registry import lineages
from citizen_app.registry.modules import current_registry
from citizen_app.secrecy.vault import Vault
from citizen_app.storage.dialects import standalone_engine
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen
from citizen_app.usage.pending_looks import indexes_of
from citizen_app.wire.problems import Problem

BORN = date(1950, 10, 1)
TODAY = date(2026, 11, 28)


def card(sequence: int = 1) -> Proof:
    document = read_document(DocumentKind.RESIDENT_ID, invented_number(BORN, sequence), TODAY)
    return proof_of(document, Source.DESK, AssuranceLevel.IN_PERSON)


def passport(number: str) -> Proof:
    return Proof(DocumentKind.PASSPORT, number, AssuranceLevel.REAL_NAME, Source.DESK)


def without_phone(city: City) -> TestCitizen:
    with city.app.app_context(), transaction():
        made = create_citizen(None, name="李秀英", document=card())
        return city.present(made, "")


def test_whoever_has_no_phone_is_known_by_a_document(city: City) -> None:
    citizen = without_phone(city)
    me = citizen.get("/api/v1/me").get_json()
    assert me["masked_phone"] is None
    assert (me["masked_name"], me["assurance_level"]) == ("李*英", 3)
    (document,) = me["documents"]
    assert document["kind"] == "resident_id"
    assert document["masked_number"] == "329***********" + card().number[-4:]


def test_scopes_of_a_phone_tell_that_there_is_none(city: City) -> None:
    """`pass` compares the reference of the phone: it finds nobody, and nothing breaks."""
    kiosk, citizen = city.kiosk("pass"), without_phone(city)
    decision = kiosk.scan(citizen.code(), "enter")
    assert decision.status_code == 200
    assert decision.get_json()["decision"] == "deny"
    with city.app.app_context(), transaction(reading=True):
        row = db.session.get_one(Citizen, citizen.id)
        assert len(indexes_of(row.id, row.phone_sealed, frozenset({"pass"}))) == 2, "by account and by card"
    assert citizen.get("/api/v1/me/looks").get_json()["items"] == []


def test_two_accounts_may_be_without_a_phone(city: City) -> None:
    with city.app.app_context(), transaction():
        assert create_citizen(None).id != create_citizen(None).id


def test_a_new_document_of_a_kind_takes_the_place_of_the_old_one(city: City) -> None:
    with city.app.app_context(), transaction():
        citizen = create_citizen(None, document=passport("E12345678"))
        store_proof(citizen, passport("E87654321"))
        assert [one.number for one in documents_of(citizen.id)] == ["E87654321"]
        other = create_citizen(None, document=passport("E12345678"))
        assert other.assurance_level == AssuranceLevel.REAL_NAME


def test_a_document_that_proves_less_does_not_lower_the_level(city: City) -> None:
    with city.app.app_context(), transaction():
        citizen = create_citizen(None, document=card())
        store_proof(citizen, passport("E12345678"))
        assert citizen.assurance_level == AssuranceLevel.IN_PERSON
        assert citizen.born == BORN.isoformat()


def test_an_eid_leaves_no_number(city: City) -> None:
    with city.app.app_context(), transaction():
        citizen = create_citizen(None, document=Proof(EID, "opaque", AssuranceLevel.IN_PERSON, Source.EID))
        (document,) = documents_of(citizen.id)
        assert document.number_sealed is None


def test_the_dead_are_not_reinstated(city: City) -> None:
    citizen = without_phone(city)
    with city.app.app_context(), transaction():
        db.session.get_one(Citizen, citizen.id).status = CitizenStatus.DECEASED
    with city.app.app_context(), pytest.raises(Problem, match="conflict"), transaction():
        reinstate_citizen(citizen.id)
    kiosk = city.kiosk("pass")
    assert kiosk.scan(citizen.code(), "enter").get_json()["reason"] == "suspended"


def test_a_backup_opened_with_other_keys_is_told_by_documents_too(city: City) -> None:
    without_phone(city)
    with city.app.app_context(), transaction(reading=True):
        assert unopened(db.session.connection()) == []
        other = replace(city.app.extensions["settings"], field_keys={1: bytes(range(32))})
        kept, city.app.extensions["vault"] = city.app.extensions["vault"], Vault(other)
        try:
            faults = unopened(db.session.connection())
        finally:
            city.app.extensions["vault"] = kept
    assert "a document does not open with field key 1" in faults
    assert not any("citizen" in fault for fault in faults), "nobody here has a phone"


def test_documents_go_with_their_account(city: City) -> None:
    citizen = without_phone(city)
    with city.app.app_context(), transaction():
        db.session.delete(db.session.get_one(Citizen, citizen.id))
    assert city.count("citizen_documents") == 0


def test_the_change_of_the_table_loses_nobody_and_nothing_that_refers_to_them(app: CitizenFlask) -> None:
    """SQLite makes the table anew: sessions and references went with the old one by cascade, if nobody saw to
    it."""
    with app.app_context():
        city = City(app)
        with_phone, phoneless = city.citizen(), without_phone(city)
        engine = standalone_engine(app.extensions["settings"])
        try:
            lineages.downgrade(engine, current_registry(), "core", "core_0006")
            with transaction():
                kept = db.session.scalars(text("SELECT id FROM citizens")).all()
                assert len(kept) == 1
                assert db.session.scalar(text("SELECT count(*) FROM sign_in_sessions")) == 1
            lineages.upgrade(engine, current_registry())
        finally:
            engine.dispose()
        assert with_phone.get("/api/v1/me").status_code == 200
        assert city.count("sign_in_sessions") == 1
        with transaction(reading=True):
            assert db.session.get(Citizen, phoneless.id) is None
            assert db.session.scalars(select(CitizenDocument)).all() == []
        with transaction():
            create_citizen(None)
