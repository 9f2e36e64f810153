"""Sealed columns: they open in their own place only, and no plain text lies in the database."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, select, text, update

from citizen_app.citizens import personal
from citizen_app.citizens.documents import DocumentTaken, Source, documents_of, proof_of
from citizen_app.citizens.models import Citizen
from citizen_app.citizens.operations import set_real_name
from citizen_app.citizens.queries import citizen_by_id, citizen_by_phone
from citizen_app.citizens.registration import create_citizen
from citizen_app.demo.people import invented_number
from citizen_app.identity.documents import Document, DocumentKind
from citizen_app.secrecy.vault import SealBroken
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction

PHONE, NAME = "13911112222", "王小明"
BORN = date(1990, 3, 7)
PROOF = proof_of(Document(DocumentKind.RESIDENT_ID, invented_number(BORN, 123), BORN), Source.DESK)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_sealed_field_moved_to_another_row_or_column_does_not_open(app: Flask) -> None:
    with app.app_context(), transaction():
        one = create_citizen(PHONE, name=NAME)
        other = create_citizen("13911113333", name="李四")
        assert one.name_sealed is not None
        assert personal.unseal(one.id, "name_sealed", one.name_sealed) == NAME
        for citizen_id, column in ((other.id, "name_sealed"), (one.id, "phone_sealed")):
            with pytest.raises(SealBroken):
                personal.unseal(citizen_id, column, one.name_sealed)
        changed = one.name_sealed[:-1] + bytes([one.name_sealed[-1] ^ 1])
        with pytest.raises(SealBroken):
            personal.unseal(one.id, "name_sealed", changed)


def test_a_row_with_anothers_sealed_phone_is_an_error_and_not_anothers_phone(
    app: Flask, client: FlaskClient, sign_in: Any
) -> None:
    tokens = sign_in(PHONE)
    with app.app_context(), transaction():
        other = create_citizen("13911113333")
        db.session.execute(update(Citizen).values(phone_sealed=other.phone_sealed))
    answer = client.get("/api/v1/me", headers=bearer(tokens.access_token))
    assert answer.status_code == 500
    assert "3333" not in answer.text


def test_no_plain_text_in_the_database(app: Flask, ask: Any, sign_in: Any) -> None:
    sign_in(PHONE)
    ask("13911114444")
    with app.app_context(), transaction():
        citizen = citizen_by_phone(f"+86{PHONE}")
        assert citizen is not None
        set_real_name(citizen.id, NAME, PROOF)
    stored = everything_stored(app)
    assert citizen.id.replace("-", "").encode() in stored.replace(b"-", b""), (
        "negative control: ids are found"
    )
    for secret in (PHONE, "13911114444", NAME, PROOF.number, str(PROOF.born)):
        assert secret.encode() not in stored
        assert secret.encode().hex().encode() not in stored


def everything_stored(app: Flask) -> bytes:
    """The bytes of the SQLite files, or every row of every table of PostgreSQL as text."""
    with app.app_context():
        path = db.engine.url.database
        if db.engine.dialect.name == "sqlite":
            assert path is not None
            return b"".join(part.read_bytes() for part in Path(path).parent.glob(Path(path).name + "*"))
        with db.engine.connect() as connection:
            return "\n".join(
                str(row)
                for table in inspect(connection).get_table_names()
                for row in connection.execute(text(f'SELECT t::text FROM "{table}" t'))
            ).encode()


def test_a_real_name_raises_the_level_and_belongs_to_one_account(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        with transaction():
            one, other = create_citizen(PHONE).id, create_citizen("13911113333").id
            set_real_name(one, NAME, PROOF)
        with transaction(reading=True):
            citizen = citizen_by_id(one)
            assert citizen is not None
            assert citizen.assurance_level == 2
            assert citizen.name_sealed is not None
            assert (citizen.name, citizen.born) == (NAME, "1990-03-07")
            assert [document.number for document in documents_of(one)] == [PROOF.number]
        with pytest.raises(DocumentTaken), transaction():
            set_real_name(other, "别人", PROOF)
        with transaction(reading=True):
            levels = dict(db.session.execute(select(Citizen.id, Citizen.assurance_level)).all())
            assert levels == {one: 2, other: 1}
