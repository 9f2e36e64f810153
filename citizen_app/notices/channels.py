"""Sending a routed notice: whatever is personal is read at the moment it leaves, so that a message waiting
for its hour holds no number, and nothing is sent to whoever has gone meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from citizen_app.citizens.queries import citizen_by_id
from citizen_app.jobs.email import Letter, hand_over
from citizen_app.jobs.sms import sms_adapter
from citizen_app.notices.emails import address_of
from citizen_app.notices.models import InboxNotice
from citizen_app.notices.preferences import Speech, preferences_of, spoken
from citizen_app.notices.wording import Worded
from citizen_app.settings import current_settings
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from citizen_app.usage.offices import CITY
from citizen_app.usage.titles import service_title

FRAME: Final = Text("【{city}】{words}", "[{city}] {words}")
SUBJECT: Final = Text("【{city}】{title}", "[{city}] {title}")
LETTER: Final = Text(
    "{words}\n\n全文在市民码的“我的消息”里。{city}的邮件不含链接，也不会索要验证码；要更换或停用这个邮箱，请到“通知设置”。",
    "{words}\n\nThe whole stands in the inbox of your citizen code. Mail from {city} has no links and never asks for a code; to change or remove this address see How I am told.",
)
OF_SERVICE: Final = Text("{service}：{words}", "{service}: {words}")


@dataclass(frozen=True, slots=True)
class _Message:
    """A notice on its way: to whom, and in which words."""

    citizen_id: str
    title: Text
    words: Text
    language: Speech


def send_by_sms(message_id: str, payload: Mapping[str, Any]) -> None:
    """Sender of outbox messages of kind `notice.sms`."""
    with transaction(reading=True):
        message = _opened(payload["notice"])
        citizen = None if message is None else citizen_by_id(message.citizen_id)
        phone = payload.get("phone") or (citizen.phone if citizen is not None else None)
    if message is not None and phone is not None:
        framed = FRAME.fill(city=current_settings().city, words=message.words)
        sms_adapter(current_settings()).send(message_id, phone, spoken(framed, message.language))


def send_by_email(message_id: str, payload: Mapping[str, Any]) -> None:
    """Sender of outbox messages of kind `notice.email`."""
    with transaction(reading=True):
        message = _opened(payload["notice"])
        address = payload.get("email") or (address_of(message.citizen_id) if message is not None else None)
    if message is not None and address is not None:
        city = current_settings().city
        subject = spoken(SUBJECT.fill(city=city, title=message.title), message.language)
        text = spoken(LETTER.fill(city=city, words=message.words), message.language, "\n\n")
        hand_over(message_id, Letter(address, subject, text))


def _opened(notice_id: str) -> _Message | None:
    row = db.session.get(InboxNotice, notice_id)
    if row is None:
        return None
    said = Worded.from_json(InboxNotice.said.open(row.id, row.said_sealed))
    words = said.leaves
    if row.service != CITY:
        words = OF_SERVICE.fill(service=service_title(row.service), words=words)
    return _Message(row.citizen_id, said.title, words, preferences_of(row.citizen_id).language)
