"""Dead letters in the console: sent again, or dropped for a reason."""

from __future__ import annotations

from datetime import timedelta

from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.jobs.models import OutboxMessage
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City
from tests.integration.staff.people import hire

JOBS = "/console/jobs/"


def given_up(city: City, kind: str, *, erased: bool = False) -> str:
    """A message that was given up."""
    message_id, moment = new_id(), now()
    with city.app.app_context(), transaction():
        sealed = None if erased else OutboxMessage.payload.seal(message_id, "{}")
        db.session.add(
            OutboxMessage(
                id=message_id,
                kind=kind,
                payload_sealed=sealed,
                state="given_up",
                attempts=9,
                give_up_at=moment + timedelta(days=1),
                last_error="connection refused",
            )
        )
    return message_id


def test_a_message_is_sent_again_and_another_dropped(city: City) -> None:
    admin = hire(city.app, "wang.fang", "system_admin").browser()
    assert "没有发送失败的消息" in admin.get(JOBS).text
    again, gone = given_up(city, "notice.email"), given_up(city, "sms", erased=True)
    page = admin.get(JOBS).text
    assert "connection refused" in page
    assert "内容已清除，不能重发" in page
    assert admin.post(f"{JOBS}dead-letters/{again}/send-again").status_code == 303
    assert city.count("outbox_messages", "state = 'waiting' AND kind = 'notice.email'") == 1
    assert admin.post(f"{JOBS}dead-letters/{gone}/drop", reason="").status_code == 422
    assert admin.post(f"{JOBS}dead-letters/{gone}/drop", reason="号码已注销").status_code == 303
    assert city.count("outbox_messages", "state = 'given_up'") == 0
    assert city.count("audit_events", "action = 'jobs.drop_message'") == 1
    for late in ("send-again", "drop"):
        assert admin.post(f"{JOBS}dead-letters/{gone}/{late}", reason="再次").status_code == 404


def test_who_only_reads_changes_nothing(city: City) -> None:
    auditor, letter = hire(city.app, "li.lei", "auditor").browser(), given_up(city, "notice.email")
    page = auditor.get(JOBS).text
    assert "notice.email" in page
    assert "send-again" not in page
    assert auditor.post(f"{JOBS}dead-letters/{letter}/send-again").status_code == 403
