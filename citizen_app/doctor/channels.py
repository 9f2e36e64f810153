"""Checks of what leaves by other ways than text messages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select

from citizen_app import clock
from citizen_app.doctor.findings import Check, Fault, failure, warning
from citizen_app.jobs.email import EmailNotSent, email_adapter, email_offered
from citizen_app.notices.models import CitizenEmail
from citizen_app.notices.webhook_models import NoticeWebhook
from citizen_app.process.egress import in_words
from citizen_app.settings import current_settings
from citizen_app.storage.orm import db
from citizen_app.text import Text, counted

LONG: Final = timedelta(minutes=15)


def mail_server() -> Iterator[Fault]:
    """The mail server answers, encrypts and lets us sign in."""
    adapter = email_adapter(current_settings())
    if adapter is None:
        return
    try:
        adapter.look()
    except EmailNotSent as error:
        yield failure(
            Text(
                f"邮件服务器不可用（{error.safe_words}）",
                f"The mail server does not work ({error.safe_words})",
            ),
            Text(
                "通知不会以邮件发出，24 小时后放弃。",
                "Notices do not leave by e-mail and are given up after 24 hours.",
            ),
            Text(
                "查看 CITIZEN_SMTP_URL、CITIZEN_SMTP_USER 和服务器证书。",
                "See CITIZEN_SMTP_URL, CITIZEN_SMTP_USER and the server's certificate.",
            ),
        )


def email_has_a_way() -> Iterator[Fault]:
    """Whoever gave an address gets e-mail."""
    if email_offered():
        return
    has = CitizenEmail.address_sealed.is_not(None)
    waiting = db.session.scalar(select(func.count()).select_from(CitizenEmail).where(has)) or 0
    if waiting:
        yield warning(
            Text(
                f"{waiting} 位市民确认了邮箱，但没有设置邮件服务器",
                f"{counted(waiting, 'citizen')} confirmed an address, but no mail server is set",
            ),
            Text("他们以为会收到邮件。", "They expect e-mail."),
            Text(
                "设置 CITIZEN_SMTP_URL 和 CITIZEN_EMAIL_FROM。",
                "Set CITIZEN_SMTP_URL and CITIZEN_EMAIL_FROM.",
            ),
        )


def webhooks() -> Iterator[Fault]:
    """Departments' systems take what they are sent."""
    since = clock.now() - LONG
    failing = select(NoticeWebhook).where(
        NoticeWebhook.enabled.is_(True), NoticeWebhook.failing_since < since
    )
    for row in db.session.scalars(failing.order_by(NoticeWebhook.id)):
        yield warning(
            Text(
                f"推送“{row.name}”（{row.service}）失败：{in_words(row.last_error or '?').zh}",
                f"The webhook {row.name!r} of {row.service} fails: {row.last_error}",
            ),
            Text(
                "部门系统收不到通知引用，24 小时后放弃。",
                "The department's system hears nothing; given up after 24 hours.",
            ),
            Text(
                "在控制台“通知推送”中发送测试请求，并联系该系统的负责人。",
                "Send a test request from Webhooks in the console, and call whoever runs the system.",
            ),
        )


CHECKS: Final = (
    Check("mail_server", Text("邮件服务器", "Mail server"), mail_server, asks_database=False),
    Check("email", Text("邮件通知", "E-mail"), email_has_a_way),
    Check("webhooks", Text("通知推送", "Webhooks"), webhooks),
)
