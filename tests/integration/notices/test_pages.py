"""The inbox on pages: read, marked, objected to, and how one is told."""

from __future__ import annotations

from sqlalchemy import update

from citizen_app.jobs.models import OutboxMessage
from citizen_app.notices.catalogue import CODE_STOPPED
from citizen_app.notices.models import InboxNotice
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City
from tests.integration.notices.people import INBOX, told
from tests.integration.pages.conftest import Browser

NOTHING = "00000000-0000-0000-0000-000000000001"


def test_an_unread_notice_is_counted_read_and_objected_to(city: City) -> None:
    citizen, other = city.citizen(), city.citizen()
    notice = told(city, citizen.id, CODE_STOPPED)
    browser = Browser(city.app, citizen)
    assert ">1<" in browser.get("/mine").text
    listed = browser.get("/mine/notices").text
    assert "市民码已停用" in listed
    assert "1 条未读" in listed
    assert Browser(city.app, other).get(f"/mine/notices/{notice}").status_code == 404
    opened = browser.get(f"/mine/notices/{notice}").text
    assert "这不是我" in opened
    assert citizen.get(INBOX).get_json()["unread"] == 0, "opened, it is read"
    sent = browser.send(f"/mine/notices/{notice}/dispute", {})
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/mine/notices/{notice}")
    assert "您已说明" in browser.get(f"/mine/notices/{notice}").text
    with city.app.app_context(), transaction(reading=True):
        assert db.session.get_one(InboxNotice, notice).disputed_at is not None


def test_everything_shown_is_marked_as_read(city: City) -> None:
    citizen = city.citizen()
    newest = [told(city, citizen.id, CODE_STOPPED) for _ in range(3)][-1]
    assert Browser(city.app, citizen).send("/mine/notices", {"through": newest}).status_code == 303
    assert citizen.get(INBOX).get_json()["unread"] == 0


def test_how_one_is_told_is_chosen_by_a_form(city: City) -> None:
    citizen = city.citizen()
    form = Browser(city.app, citizen).get("/mine/notices/settings").text
    assert "免打扰" in form
    chosen = {"email": "true", "quiet_from": "20", "quiet_to": "8", "language": "en"}
    assert Browser(city.app, citizen).send("/mine/notices/settings", chosen).status_code == 303
    kept = citizen.get(f"{INBOX}/preferences").get_json()
    assert (kept["sms"], kept["email"], kept["quiet_from"], kept["language"]) == (False, True, 20, "en")
    refused = Browser(city.app, citizen).send("/mine/notices/settings", {**chosen, "quiet_from": "25"})
    assert refused.status_code == 422


def test_dead_letters_are_listed_and_sent_again(city: City) -> None:
    citizen = city.citizen()
    told(city, citizen.id, CODE_STOPPED)
    with city.app.app_context(), transaction():
        db.session.execute(update(OutboxMessage).values(state="given_up", last_error="gateway answered 500"))
    run = city.app.test_cli_runner().invoke
    listed = run(args=["jobs", "dead-letters"]).output
    assert "notice.sms" in listed
    assert "gateway answered 500" in listed
    assert citizen.phone not in listed
    assert run(args=["jobs", "dead-letters", "--retry", NOTHING]).exit_code == 1
    assert run(args=["jobs", "dead-letters", "--retry-all"]).output == "1 message to be sent again\n"
    assert city.count("outbox_messages", "state = 'waiting'") == 1
    assert city.count("audit_events", "action = 'jobs.send_again'") == 2
