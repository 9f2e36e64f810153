"""The inbox: read, marked as read, and "this is not me"."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import ColumnElement, func, select, update

from citizen_app.audit.operations import Actor, record
from citizen_app.citizens.sessions import citizen_of_session, revoke_sessions
from citizen_app.clock import now
from citizen_app.notices.catalogue import SIGNED_IN, declared_notice
from citizen_app.notices.models import InboxNotice
from citizen_app.notices.webhooks import forget_webhooks
from citizen_app.notices.wording import Worded
from citizen_app.storage.keyset import Page, page
from citizen_app.storage.locking import guarded_update
from citizen_app.storage.orm import db, table_of
from citizen_app.text import Text
from citizen_app.usage.offices import CITY
from citizen_app.usage.titles import service_title
from citizen_app.wire.problems import Problem

NOTED: Final = Text(
    "已记下。如果担心账户安全，请到市民服务窗口，或请窗口停用市民码。",
    "Noted. If you fear for your account, come to a service counter, or have your code stopped there.",
)
SIGNED_OUT: Final = Text(
    "已记下，那台设备已退出登录。请不要把验证码告诉任何人。",
    "Noted, and that device is signed out. Never tell anybody a code from a message.",
)
_INBOX: Final = table_of(InboxNotice)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Received:
    """A notice as its citizen reads it. `link` is a page of this city, or None; `in_care` says that it is
    about somebody whom they look after; `advice` is what to do after an objection."""

    id: str
    service: str
    notice: str
    title: Text
    body: Text
    security: bool
    in_care: bool
    link: str | None
    at: datetime
    read_at: datetime | None
    disputed_at: datetime | None

    @property
    def service_title(self) -> Text:
        """The title of the service, or of the office of the core."""
        return service_title(self.service)

    @property
    def advice(self) -> Text | None:
        """What was done about an objection, and what else can be."""
        if self.disputed_at is None:
            return None
        return SIGNED_OUT if (self.service, self.notice) in _ENDS else NOTED


def inbox_of(
    citizen_id: str,
    *,
    limit: int,
    cursor: str | None = None,
    service: str | None = None,
    unread: bool = False,
    within: Collection[str] | None = None,
) -> Page[Received]:
    """One page of somebody's notices, newest first, of these services only where somebody acts for them.
    Raises a 422 for a foreign cursor."""
    wanted = select(InboxNotice).where(*_theirs(citizen_id, within))
    if service is not None:
        wanted = wanted.where(InboxNotice.service == service)
    if unread:
        wanted = wanted.where(InboxNotice.read_at.is_(None))
    return page(wanted, InboxNotice.id, limit, cursor).map(_received)


def notice_of(citizen_id: str, notice_id: str) -> Received:
    """One notice. Raises a 404 for anybody else's."""
    return _received(_mine(citizen_id, notice_id, None))


def unread_count(citizen_id: str, within: Collection[str] | None = None) -> int:
    """How many notices nobody has marked as read."""
    waiting = select(func.count()).select_from(InboxNotice)
    found = db.session.scalar(waiting.where(*_theirs(citizen_id, within), InboxNotice.read_at.is_(None)))
    return found or 0


def mark_read(citizen_id: str, notice_id: str, within: Collection[str] | None = None) -> Received:
    """A notice was read; again changes nothing. Raises a 404 for anybody else's."""
    row = _mine(citizen_id, notice_id, within)
    if row.read_at is None:
        row.read_at = now()
        db.session.flush()
    return _received(row)


def mark_all_read(citizen_id: str, through: str, within: Collection[str] | None = None) -> int:
    """Every notice was read, up to the one with this id; returns how many were not."""
    seen = (*_theirs(citizen_id, within), InboxNotice.read_at.is_(None), InboxNotice.id <= through)
    marked = update(_INBOX).where(*seen).values(read_at=now()).returning(_INBOX.c.id)
    return len(db.session.scalars(marked).all())


def dispute(citizen_id: str, notice_id: str, within: Collection[str] | None = None) -> Received:
    """This was not me: what the notice speaks of ends where it can (the session of a sign-in), and it stands
    in the audit log. Saying it again changes nothing. Raises a 404 for anybody else's."""
    row, moment = _mine(citizen_id, notice_id, within), now()
    disputed = guarded_update(
        InboxNotice,
        InboxNotice.id == row.id,
        InboxNotice.disputed_at.is_(None),
        disputed_at=moment,
        read_at=row.read_at or moment,
    )
    if disputed is None:
        return _received(_mine(citizen_id, notice_id, within))
    ends = _ENDS.get((row.service, row.notice))
    if ends is not None and row.about is not None:
        ends(citizen_id, row.about)
    by = Actor("citizen", None, "citizen")
    record("notices.dispute", "notice", row.id, actor=by, service=row.service, notice=row.notice)
    log.warning("a citizen objects to a notice", service=row.service, notice=row.notice)
    return _received(disputed)


def forget_service(service: str) -> None:
    """Delete what a service told, and who heard of it."""
    forget_webhooks(service)
    db.session.execute(_INBOX.delete().where(_INBOX.c.service == service))


def _end_session(citizen_id: str, session_id: str) -> None:
    if citizen_of_session(session_id) == citizen_id:
        revoke_sessions([session_id])


_ENDS: Final[Mapping[tuple[str, str], Callable[[str, str], None]]] = {(CITY, SIGNED_IN.id): _end_session}
"""What an objection to a notice ends, given the citizen and what the notice is about."""


def _theirs(citizen_id: str, within: Collection[str] | None) -> list[ColumnElement[bool]]:
    mine: list[ColumnElement[bool]] = [InboxNotice.citizen_id == citizen_id]
    return mine if within is None else [*mine, InboxNotice.service.in_(within)]


def _mine(citizen_id: str, notice_id: str, within: Collection[str] | None) -> InboxNotice:
    wanted = select(InboxNotice).where(InboxNotice.id == notice_id, *_theirs(citizen_id, within))
    row = db.session.scalars(wanted).one_or_none()
    if row is None:
        raise Problem("not-found")
    return row


def _received(row: InboxNotice) -> Received:
    said = Worded.from_json(InboxNotice.said.open(row.id, row.said_sealed))
    declared = declared_notice(row.service, row.notice)
    link = f"/services/{row.service}/{declared.link}" if declared is not None and declared.link else None
    return Received(
        row.id,
        row.service,
        row.notice,
        said.title,
        said.body,
        row.security,
        row.ward_id is not None,
        link,
        row.created_at,
        row.read_at,
        row.disputed_at,
    )
