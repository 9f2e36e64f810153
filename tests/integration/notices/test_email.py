"""A citizen's e-mail address: confirmed before use, told when it changes, sealed, gone when they say so."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select
from time_machine import Traveller

from citizen_app.jobs.email import EmailNotSent, Letter
from citizen_app.jobs.models import OutboxMessage
from citizen_app.notices import channels
from citizen_app.notices.catalogue import LOOKED_AT
from citizen_app.notices.emails import LIFETIME, MOST_CODES_A_DAY, MOST_TRIES, confirm
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City
from citizen_app.toolkit.testing.people import TestCitizen
from citizen_app.wire.problems import Problem
from tests.integration.notices.people import CODE_STOPPED, EMAIL, NOON, Gateway, chosen, sent_code, told
from tests.integration.pages.conftest import Browser

ADDRESS = "li.si@example.org"


class Letters:
    """Keeps what would go to the mail server, and fails as long as told to."""

    def __init__(self) -> None:
        self.sent: list[Letter] = []
        self.failure: Exception | None = None

    def __call__(self, message_id: str, letter: Letter) -> None:
        if self.failure is not None:
            raise self.failure
        self.sent.append(letter)


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> Iterator[Letters]:
    kept = Letters()
    monkeypatch.setattr(channels, "hand_over", kept)
    return kept


def confirmed(city: City, citizen: TestCitizen, address: str = ADDRESS) -> None:
    asked = citizen.call("PUT", EMAIL, json={"address": address})
    assert asked.status_code == 202, asked.text
    answer = citizen.call("POST", f"{EMAIL}/confirmation", json={"code": sent_code(city)})
    assert answer.status_code == 200, answer.text


def test_an_address_is_used_once_its_code_came_back(
    city: City, gateway: Gateway, letters: Letters, leave: Callable[[], None]
) -> None:
    citizen = city.citizen()
    asked = citizen.call("PUT", EMAIL, json={"address": ADDRESS}).get_json()
    assert (asked["address"], asked["pending"]) == (None, "l***@example.org")
    told(city, citizen.id, CODE_STOPPED)
    leave()
    assert letters.sent == [], "nothing but the code goes to an address that nobody has confirmed"
    confirmed(city, citizen)
    assert citizen.get(EMAIL).get_json()["address"] == "l***@example.org"
    told(city, citizen.id, CODE_STOPPED)
    leave()
    (letter,) = letters.sent
    assert letter.to == ADDRESS
    assert "市民码已停用" in letter.subject
    assert "http" not in letter.text


def test_the_address_is_sealed_where_it_lies_and_where_it_waits(city: City) -> None:
    citizen = city.citizen()
    confirmed(city, citizen)
    assert citizen.call("PUT", EMAIL, json={"address": "other@example.org"}).status_code == 202
    with city.app.app_context(), transaction(reading=True):
        connection = db.session.connection()
        for table in ("citizen_emails", "outbox_messages", "audit_events", "inbox_notices"):
            rows = connection.exec_driver_sql(f"SELECT * FROM {table}").all()
            assert "example.org" not in repr(rows), table
            assert b"example.org" not in b"".join(
                bytes(value) for row in rows for value in row if isinstance(value, bytes | memoryview)
            )


def test_a_change_is_told_by_phone_and_to_the_address_before(
    city: City, gateway: Gateway, letters: Letters, leave: Callable[[], None]
) -> None:
    citizen = city.citizen()
    confirmed(city, citizen)
    confirmed(city, citizen, "new@Example.ORG")
    leave()
    assert [one.to for one in letters.sent] == [ADDRESS], "the first address is told to the phone alone"
    assert len(gateway.sent) == 2
    assert citizen.call("DELETE", EMAIL).status_code == 204
    leave()
    assert letters.sent[-1].to == "new@example.org"
    gone = citizen.get(EMAIL).get_json()
    assert (gone["address"], gone["pending"]) == (None, None)
    assert city.count("citizen_emails", "address_sealed IS NULL AND pending_sealed IS NULL") == 1


def test_guesses_and_codes_are_counted(city: City, time_travel: Traveller) -> None:
    citizen = city.citizen()
    assert citizen.call("PUT", EMAIL, json={"address": ADDRESS}).status_code == 202
    code = sent_code(city)
    wrong = {"code": f"{(int(code) + 1) % 10**6:06d}"}
    for left in range(MOST_TRIES - 1, -1, -1):
        refused = citizen.call("POST", f"{EMAIL}/confirmation", json=wrong)
        assert refused.status_code == 409
        assert (str(left) if left else "失效") in refused.get_json()["detail"]
    assert citizen.call("POST", f"{EMAIL}/confirmation", json={"code": code}).status_code == 409
    for _ in range(MOST_CODES_A_DAY - 1):
        assert citizen.call("PUT", EMAIL, json={"address": ADDRESS}).status_code == 202
    late = citizen.call("PUT", EMAIL, json={"address": "another@example.org"})
    assert (late.status_code, late.get_json()["type"]) == (429, "/problems/too-many-requests")
    time_travel.move_to(NOON + LIFETIME + timedelta(seconds=1))
    assert citizen.call("POST", f"{EMAIL}/confirmation", json={"code": sent_code(city)}).status_code == 409


def test_of_many_guesses_at_once_none_is_left_out(city: City) -> None:
    citizen = city.citizen()
    assert citizen.call("PUT", EMAIL, json={"address": ADDRESS}).status_code == 202
    code = sent_code(city)
    start, seen = Barrier(MOST_TRIES + 3), list[bool]()

    def guess() -> None:
        start.wait()
        with city.app.app_context():
            try:
                with transaction():
                    confirm(citizen.id, f"{(int(code) + 1) % 10**6:06d}")
            except Problem as problem:
                seen.append("没有等待" in problem.detail.zh)

    threads = [Thread(target=guess) for _ in range(MOST_TRIES + 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [False] * MOST_TRIES + [True] * 3


def test_an_old_sign_in_changes_no_address(city: City, time_travel: Traveller) -> None:
    citizen = city.citizen()
    browser = Browser(city.app, citizen)
    time_travel.move_to(NOON + timedelta(minutes=6))
    for method, body in (("PUT", {"address": ADDRESS}), ("DELETE", None)):
        refused = citizen.call(method, EMAIL, **({"json": body} if body else {}))
        assert refused.status_code in (401, 403), refused.text
    token = browser.form_token("/mine/notices/settings")
    asked = browser.send("/mine/notices/email", {"address": ADDRESS}, token=token)
    assert (asked.status_code, asked.headers["Location"].partition("?")[0]) == (303, "/mine/confirm")
    assert city.count("citizen_emails") == 0


@pytest.mark.parametrize("address", ["a@b.cn\nBcc: c@d.cn", "a@b.cn\n", "a b@c.cn", "a@localhost", "李@b.cn"])
def test_no_address_is_more_than_one(city: City, address: str) -> None:
    refused = city.citizen().call("PUT", EMAIL, json={"address": address})
    assert (refused.status_code, refused.get_json()["errors"][0]["pointer"]) == (422, "/address")


def test_it_is_tried_again_and_given_up_where_the_mailbox_is_none(
    city: City, gateway: Gateway, letters: Letters, leave: Callable[[], None], time_travel: Traveller
) -> None:
    citizen = city.citizen()
    confirmed(city, citizen)
    chosen(city, citizen.id, sms=False)
    letters.failure = EmailNotSent("mail server answered 451")
    told(city, citizen.id, LOOKED_AT, office="市民服务中心", by="窗口")
    leave()
    assert _message(city) == ("waiting", "mail server answered 451")
    letters.failure = EmailNotSent("mail server refused the recipient: 550", for_good=True)
    time_travel.move_to(NOON + timedelta(minutes=1))
    leave()
    assert _message(city) == ("given_up", "mail server refused the recipient: 550")


def _message(city: City) -> tuple[str, str | None]:
    with city.app.app_context(), transaction(reading=True):
        row = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "notice.email")).one()
        return row.state, row.last_error


def test_the_pages_lead_from_an_address_to_its_code_and_away(city: City) -> None:
    browser = Browser(city.app, city.citizen())
    assert "添加邮箱" in browser.get("/mine/notices/settings").text
    refused = browser.send("/mine/notices/email", {"address": "li@"})
    assert refused.status_code == 422
    assert "例如 name@example.com" in refused.text
    assert browser.send("/mine/notices/email", {"address": ADDRESS}).headers["Location"].endswith("/code")
    assert "l***@example.org" in browser.get("/mine/notices/email/code").text
    done = browser.send("/mine/notices/email/code", {"code": sent_code(city)})
    assert done.headers["Location"] == "/mine/notices/settings?done=email_set"
    assert "通知发到 l***@example.org" in browser.get("/mine/notices/settings").text
    assert browser.get("/mine/notices/email/code").status_code == 303
    assert browser.send("/mine/notices/email/remove", {}).status_code == 303
    assert "l***" not in browser.get("/mine/notices/settings").text


class TestACityWithoutAMailServer:
    """It offers none."""

    @pytest.fixture
    def app_settings(self) -> dict[str, str]:
        key = b64encode(bytes(range(32))).decode()
        return {
            "CITIZEN_DEMO": "0",
            "CITIZEN_SECRET_KEYS": key,
            "CITIZEN_FIELD_KEYS": f"1:{key}",
            "CITIZEN_PSEUDONYM_KEY": key,
            "CITIZEN_PUBLIC_URL": "https://city.example.org",
            "CITIZEN_SMS_URL": "https://sms.example.org",
            "CITIZEN_SMS_SECRET": "a secret of the gateway, long enough",
        }

    def test_no_address_is_asked_for(self, city: City) -> None:
        citizen = city.citizen()
        assert citizen.get(EMAIL).get_json()["offered"] is False
        assert citizen.call("PUT", EMAIL, json={"address": ADDRESS}).status_code == 404
        assert "邮箱" not in Browser(city.app, citizen).get("/mine/notices/settings").text
