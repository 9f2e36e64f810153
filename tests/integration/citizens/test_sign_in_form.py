"""Signing in by the plain form, where the number may have passed to somebody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from citizen_app.citizens.documents import Source, proof_of
from citizen_app.citizens.operations import set_real_name
from citizen_app.citizens.registration import create_citizen
from citizen_app.demo.people import invented_number
from citizen_app.identity.documents import Document, DocumentKind
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City

PHONE = "+8613911112222"
BORN = date(1990, 3, 7)
NUMBER = invented_number(BORN, 7)
SUFFIX = NUMBER[-4:]
IDLE = timedelta(days=91)


@pytest.fixture
def owner(city: City) -> str:
    """The id of somebody with a proved name who registered today."""
    with city.app.app_context(), transaction():
        proof = proof_of(Document(DocumentKind.RESIDENT_ID, NUMBER, BORN), Source.LOCAL)
        return set_real_name(create_citizen(PHONE).id, "张晓明", proof).id


def test_the_plain_form_asks_for_the_end_of_the_document_only_then(
    client: FlaskClient,
    owner: str,
    ask: Callable[..., str],
    newest_otp: Callable[[], str],
    time_travel: time_machine.Traveller,
) -> None:
    time_travel.shift(IDLE)
    challenge, otp = ask(PHONE), newest_otp()
    address, same_site = f"/sign-in/otp?challenge={challenge}", {"Sec-Fetch-Site": "same-origin"}
    assert 'id="field-id_suffix"' not in client.get(address).text
    sent = {"challenge_id": challenge, "otp": otp, "id_suffix": "", "new_account": ""}
    asked = client.post(address, data=sent, headers=same_site)
    assert asked.status_code == 401
    assert 'id="field-id_suffix"' in asked.text
    wrong = client.post(address, data={**sent, "id_suffix": "9999"}, headers=same_site)
    assert (wrong.status_code, "还可以试 2 次" in wrong.text) == (401, True)
    opened = client.post(address, data={**sent, "id_suffix": SUFFIX}, headers=same_site)
    assert (opened.status_code, opened.location) == (303, "/")
    mistyped = client.post(address, data={**sent, "otp": "999999"}, headers=same_site)
    assert (mistyped.status_code, 'id="field-otp"' in mistyped.text) == (401, True)
