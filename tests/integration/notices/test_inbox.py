"""The inbox over HTTP: read, marked, objected to; by oneself and by whoever acts for somebody."""

from __future__ import annotations

from collections.abc import Callable

from citizen_app.citizens.acting import ActingKind
from citizen_app.citizens.sessions import Tokens
from citizen_app.notices.catalogue import CODE_STOPPED
from citizen_app.notices.models import InboxNotice
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City
from tests.integration.delegations.conftest import delegate, person, token_of, with_token
from tests.integration.notices.people import INBOX, told


def test_a_notice_is_read_once_and_by_nobody_else(city: City) -> None:
    citizen, other = person(city), person(city)
    first, second = (told(city, citizen.id, CODE_STOPPED) for _ in range(2))
    page = citizen.get(INBOX).get_json()
    assert (page["unread"], [one["id"] for one in page["items"]]) == (2, [second, first])
    assert page["items"][0]["title"] == "市民码已停用"
    assert page["items"][0]["service"] == "city"
    assert other.get(INBOX).get_json() == {"unread": 0, "items": [], "next_cursor": None}
    for act in ("read", "dispute"):
        assert other.call("POST", f"{INBOX}/{first}/{act}").status_code == 404
    read = citizen.call("POST", f"{INBOX}/{first}/read").get_json()
    assert read["read_at"] == citizen.call("POST", f"{INBOX}/{first}/read").get_json()["read_at"]
    assert [one["id"] for one in citizen.get(f"{INBOX}?unread=true").get_json()["items"]] == [second]
    assert citizen.call("POST", f"{INBOX}/read", json={"through": first}).status_code == 204
    assert citizen.get(INBOX).get_json()["unread"] == 1, "what came after the page was shown stays unread"
    assert citizen.call("POST", f"{INBOX}/read", json={"through": second}).status_code == 204
    assert citizen.call("POST", f"{INBOX}/read", json={}).status_code == 422
    assert citizen.get(INBOX).get_json()["unread"] == 0


def test_an_objection_stands_in_the_audit_log_once(city: City) -> None:
    citizen = person(city)
    notice = told(city, citizen.id, CODE_STOPPED)
    for _ in range(2):
        said = citizen.call("POST", f"{INBOX}/{notice}/dispute").get_json()
        assert said["disputed_at"] is not None
        assert said["advice"].startswith("已记下")
    assert city.count("audit_events", "action = 'notices.dispute'") == 1


def test_not_me_ends_the_session_of_a_sign_in_and_no_other(
    city: City, sign_in: Callable[..., Tokens]
) -> None:
    phone = "13911112222"
    mine, theirs = sign_in(phone), sign_in(phone)
    headers = {"Authorization": f"Bearer {mine.access_token}"}
    (notice,) = city.client.get(INBOX, headers=headers).get_json()["items"]
    assert notice["notice"] == "signed_in", "the first sign-in of an account is told to nobody"
    said = city.client.post(f"{INBOX}/{notice['id']}/dispute", headers=headers).get_json()
    assert "退出登录" in said["advice"]
    for tokens, status in ((mine, 200), (theirs, 401)):
        body = {"refresh_token": tokens.refresh_token}
        assert city.client.post("/api/v1/auth/tokens", json=body).status_code == status


def test_preferences_are_kept_whole(city: City) -> None:
    citizen = person(city)
    usual = citizen.get(f"{INBOX}/preferences").get_json()
    assert (usual["sms"], usual["quiet_from"], usual["quiet_to"], usual["muted"]) == (True, 22, 7, [])
    wanted = {**usual, "sms": False, "quiet_from": 20, "language": "en", "muted": ["bus"]}
    assert citizen.call("PUT", f"{INBOX}/preferences", json=wanted).get_json() == wanted
    assert citizen.get(f"{INBOX}/preferences").get_json() == wanted
    for wrong in ({"quiet_from": 24}, {"language": "fr"}, {"muted": ["No Service"]}, {"sms": "yes"}):
        refused = citizen.call("PUT", f"{INBOX}/preferences", json={**wanted, **wrong})
        assert refused.status_code == 422, wrong


def test_whoever_acts_sees_the_services_of_the_delegation(city: City) -> None:
    elder, daughter = person(city, 75), person(city)
    notice = told(city, elder.id, CODE_STOPPED)
    held = token_of(daughter, delegate(city, daughter, elder, ActingKind.CARER, "bus"))
    assert with_token(city, held, "GET", INBOX).get_json()["items"] == []
    assert with_token(city, held, "GET", f"{INBOX}?service=pass").status_code == 403
    with city.app.app_context(), transaction():
        db.session.get_one(InboxNotice, notice).service = "bus"
    (seen,) = with_token(city, held, "GET", INBOX).get_json()["items"]
    assert with_token(city, held, "POST", f"{INBOX}/{seen['id']}/read").status_code == 200
