"""Every kind of secret that lets somebody in has at least 128 unpredictable bits, and is another one after
each sign-in (ASVS V7.2.3, V7.2.4). What people type has fewer, and a limit of tries."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Final, get_args

import pytest
from flask import Flask

from citizen_app.citizens import page_sessions
from citizen_app.citizens.models import Citizen
from citizen_app.citizens.sessions import refresh_session, start_session
from citizen_app.citizens.tokens import SignedInCitizen, issue_access_token
from citizen_app.ids import new_id
from citizen_app.kiosks import activation, posters
from citizen_app.notices import webhooks
from citizen_app.secrecy.bearers import BearerKind, is_ours, mint, successor
from citizen_app.staff import page_forms
from citizen_app.staff.invitations import set_up_token
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City
from tests.integration.staff.people import hire
from tests.randomness import digits_of, random_bits

SAMPLES: Final = 400
NEEDED: Final = 128
Make = Callable[[], str]


def _access_token() -> str:
    return issue_access_token(SignedInCitizen(new_id(), 1, new_id(), 1, datetime(2026, 11, 1, tzinfo=UTC)))


def _webhook_secret() -> str:
    return webhooks._new_secret().removeprefix("whsec_").replace("+", "-").replace("/", "_")


def _signature(token: str) -> str:
    """The part of a signed text that only the signer makes."""
    return token.rpartition(".")[2]


BEARERS: Final[tuple[BearerKind, ...]] = get_args(BearerKind)
MADE: Final[dict[str, Make]] = {
    **{kind: partial(mint, kind) for kind in BEARERS},
    "the next kiosk token": lambda: successor("kiosk", mint("kiosk")),
    "a citizen's access token": lambda: _signature(_access_token()),
    "a citizen's page cookie": lambda: _signature(page_sessions.page_token(new_id())),
    "the cookie of who acts": lambda: _signature(page_sessions.acting_page_token(new_id())),
    "a citizen's form token": lambda: _signature(page_sessions.form_token(new_id())),
    "a form token of the console": lambda: _signature(page_forms.form_token(new_id())),
    "a poster": lambda: secrets.token_urlsafe(posters.TOKEN_BYTES),
    "a webhook's secret": _webhook_secret,
}


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    with app.app_context(), transaction():
        yield


def test_each_kind_has_bits_enough(inside: None) -> None:
    assert len(BEARERS) >= 5
    for kind, make in MADE.items():
        made = [make() for _ in range(SAMPLES)]
        assert len(set(made)) == SAMPLES, kind
        assert random_bits([digits_of(one) for one in made]) >= NEEDED, kind
    assert is_ours("staff-invitation", set_up_token()), "the token of the first start is one of these"


def test_negative_control_a_code_that_is_typed_has_sixty(inside: None) -> None:
    codes = [activation.new_activation_code() for _ in range(SAMPLES)]
    found = random_bits([digits_of(code, activation.ALPHABET) for code in codes])
    assert found == 5 * activation.LENGTH < NEEDED


def test_each_sign_in_and_each_step_makes_another(city: City) -> None:
    citizen_id = city.citizen().id
    with city.app.app_context(), transaction():
        citizen = db.session.get_one(Citizen, citizen_id)
        opened = [start_session(citizen) for _ in range(SAMPLES)]
        went_on = refresh_session(opened[0].refresh_token)
    refresh = [one.refresh_token for one in opened]
    assert random_bits([digits_of(_signature(token)) for token in refresh]) >= NEEDED
    assert went_on.refresh_token not in refresh
    assert len({one.access_token for one in opened} | {went_on.access_token}) >= SAMPLES
    person = hire(city.app, "wang.fang", "auditor")
    assert person.sign_in() != {"Authorization": f"Bearer {person.browser().cookie}"}
