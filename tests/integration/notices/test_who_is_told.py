"""Who is told, in which words, and by which channel: one's own phone, or those who look after somebody."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import delete

from citizen_app.citizens.acting import ActingKind
from citizen_app.citizens.models import Citizen
from citizen_app.notices.catalogue import CODE_GOES_ON, CODE_STOPPED, LOOKED_AT, NEW_PHONE
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from citizen_app.toolkit.testing import City
from tests.integration.delegations.conftest import delegate, person
from tests.integration.notices.people import INBOX, Gateway, chosen, told

Leave = Callable[[], None]


def inbox(citizen: object) -> list[dict[str, object]]:
    items: list[dict[str, object]] = citizen.get(INBOX).get_json()["items"]  # type: ignore[attr-defined]
    return items


def test_who_has_a_phone_is_told_there_and_nobody_else(city: City, gateway: Gateway, leave: Leave) -> None:
    elder, daughter = person(city, 75), person(city)
    delegate(city, daughter, elder)
    leave()
    gateway.sent.clear()
    told(city, elder.id, CODE_GOES_ON)
    leave()
    [(phone, text)] = gateway.sent
    assert phone == elder.phone
    assert "】您的市民码已在窗口恢复使用。 [" in text
    assert [one["notice"] for one in inbox(elder)] == ["code_goes_on", "delegation_begun"]
    assert "code_goes_on" not in [one["notice"] for one in inbox(daughter)]


def test_who_has_none_is_told_through_those_in_whose_care_they_are(
    city: City, gateway: Gateway, leave: Leave
) -> None:
    elder, daughter, errand = person(city, 75, phone=False), person(city), person(city)
    delegate(city, daughter, elder)
    delegate(city, errand, elder, ActingKind.AGENT, "sample", valid_to=None)
    leave()
    gateway.sent.clear()
    told(city, elder.id, CODE_STOPPED)
    leave()
    [(phone, text)] = gateway.sent
    assert phone == daughter.phone
    assert "致您照看的人：您的市民码已应请求停用" in text
    assert "To the person in your care: Your citizen code was stopped" in text
    newest = inbox(daughter)[0]
    assert (newest["notice"], newest["in_care"]) == ("code_stopped", True)
    assert inbox(elder)[0]["in_care"] is False
    assert "code_stopped" not in [one["notice"] for one in inbox(errand)]


def test_a_notice_to_somebody_alone_stays_in_their_inbox(city: City, gateway: Gateway, leave: Leave) -> None:
    elder = person(city, 75, phone=False)
    told(city, elder.id, CODE_STOPPED)
    leave()
    assert gateway.sent == []
    assert [one["notice"] for one in inbox(elder)] == ["code_stopped"]


def test_the_phone_that_an_account_loses_is_the_one_that_is_told(
    city: City, gateway: Gateway, leave: Leave
) -> None:
    elder = person(city)
    told(city, elder.id, NEW_PHONE, phone="+8613900000000")
    leave()
    assert [phone for phone, _ in gateway.sent] == ["+8613900000000"]


def test_security_leaves_by_what_there_is_and_the_rest_as_chosen(
    city: City, gateway: Gateway, leave: Leave
) -> None:
    citizen = person(city)
    chosen(city, citizen.id, sms=False, email=False, language="en")
    told(city, citizen.id, LOOKED_AT, office=Text("公交", "Bus"), by=Text("员工", "staff"))
    leave()
    assert gateway.sent == [], "declared for e-mail only, and not about security"
    told(city, citizen.id, CODE_STOPPED)
    leave()
    [(_, text)] = gateway.sent
    assert text.endswith("come to a service counter.")
    assert "您" not in text


def test_a_repetition_is_one_notice(city: City, gateway: Gateway, leave: Leave) -> None:
    citizen, other = person(city), person(city)
    first = told(city, citizen.id, CODE_STOPPED, key="1")
    assert told(city, citizen.id, CODE_STOPPED, key="1") == first
    assert told(city, citizen.id, CODE_STOPPED, key="2") != first
    assert told(city, other.id, CODE_STOPPED, key="1") != first
    leave()
    leave()
    assert len(gateway.sent) == 3


def test_what_is_erased_meanwhile_is_not_sent(city: City, gateway: Gateway, leave: Leave) -> None:
    citizen = person(city)
    told(city, citizen.id, CODE_STOPPED)
    with city.app.app_context(), transaction():
        db.session.execute(delete(Citizen).where(Citizen.id == citizen.id))
    leave()
    assert gateway.sent == []
    assert city.count("inbox_notices") == 0
    assert city.count("outbox_messages", "state = 'sent'") == 1


def test_nothing_personal_waits_in_plain_text(city: City) -> None:
    citizen = person(city)
    told(city, citizen.id, CODE_STOPPED)
    assert city.count("inbox_notices", "CAST(said_sealed AS TEXT) LIKE '%停用%'") == 0
