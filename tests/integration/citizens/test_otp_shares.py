"""Rate limits on messages to a phone, for concurrent requests too; and on refreshes."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from citizen_app.citizens.challenges import MOST_UNUSED_PER_NETWORK, MOST_UNUSED_PER_PHONE, network_index
from citizen_app.citizens.models import OtpChallenge
from citizen_app.jobs.models import OutboxMessage
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction

PHONE = "13911112222"


def messages(app: Flask) -> int:
    """How many went into the outbox."""
    with app.app_context(), transaction(reading=True):
        return db.session.scalar(select(func.count()).select_from(OutboxMessage)) or 0


def test_one_network_does_not_use_up_a_phones_share(app: Flask, client: FlaskClient) -> None:
    def ask_from(address: str) -> int:
        before = messages(app)
        answer = client.post(
            "/api/v1/auth/challenges", json={"phone": PHONE}, environ_overrides={"REMOTE_ADDR": address}
        )
        assert answer.status_code == 202
        sent = messages(app) - before
        assert answer.json["sent"] is bool(sent)
        return sent

    assert sum(ask_from("127.0.0.1") for _ in range(7)) == MOST_UNUSED_PER_NETWORK
    assert sum(ask_from("127.0.0.2") for _ in range(7)) == MOST_UNUSED_PER_NETWORK
    assert ask_from("127.0.0.3") == 0, "the phone's share in all is used up"
    assert messages(app) == MOST_UNUSED_PER_PHONE


def test_a_network_is_an_ipv4_address_or_a_subscriber_of_ipv6(app: Flask) -> None:
    with app.app_context():
        assert network_index(PHONE, "2001:db8::1") == network_index(PHONE, "2001:db8::ffff")
        different = ("2001:db8::1", "2001:db8:0:1::1", "192.0.2.1", "192.0.2.2", "")
        assert len({network_index(PHONE, address) for address in different}) == len(different)
        assert network_index(PHONE, "192.0.2.1") != network_index("13911113333", "192.0.2.1")


def test_concurrent_requests_stay_within_the_bound(app: Flask, concurrently: Any) -> None:
    """Each locks the phone's row before it counts."""
    body = {"phone": PHONE}
    assert (
        concurrently(lambda: app.test_client().post("/api/v1/auth/challenges", json=body).status_code, 10)
        == [202] * 10
    )
    assert messages(app) == MOST_UNUSED_PER_NETWORK


def test_control_counting_without_the_lock_passes_the_bound(
    app: Flask, concurrently: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if app.extensions["settings"].on_sqlite:
        pytest.skip("SQLite has one writer at a time, so counting before writing is safe there")
    all_have_counted = threading.Barrier(10)

    def count_alone(index: bytes, network: bytes, moment: object) -> tuple[list[Any], list[Any]]:
        mine = select(OtpChallenge.created_at).where(OtpChallenge.phone_index == index)
        sent = list(db.session.scalars(mine))
        all_have_counted.wait(10)
        return sent, sent

    monkeypatch.setattr("citizen_app.citizens.challenges._unused_messages", count_alone)
    concurrently(lambda: app.test_client().post("/api/v1/auth/challenges", json={"phone": PHONE}), 10)
    assert messages(app) > MOST_UNUSED_PER_NETWORK


@pytest.mark.usefixtures("as_slow_as_it_takes")
def test_refreshes_of_one_address_are_counted_per_session(client: FlaskClient, sign_in: Any) -> None:
    """Behind a carrier's NAT thousands share an address; what is refused is counted per address."""
    tokens = [sign_in(f"1391111{n:04}").refresh_token for n in range(5)]
    statuses = []
    for _ in range(26):
        answers = [client.post("/api/v1/auth/tokens", json={"refresh_token": token}) for token in tokens]
        statuses += [answer.status_code for answer in answers]
        tokens = [answer.json["refresh_token"] for answer in answers]
    assert statuses == [200] * 130
    more = [client.post("/api/v1/auth/tokens", json={"refresh_token": tokens[0]}) for _ in range(5)]
    assert {answer.status_code for answer in more} == {200, 429}
    invented = "01a200a3-a9a6-72a5-a0c0-{0:012x}.1.AAAA"
    refused = [
        client.post("/api/v1/auth/tokens", json={"refresh_token": invented.format(n)}).status_code
        for n in range(125)
    ]
    assert refused[0] == 401 and refused[-1] == 429
    assert refused.count(401) <= 120
