"""Telling a citizen something: a declared notice in their inbox, written in the unit of work of what it
tells, and sent on after the commit.

A notice holds no name and no number: a telephone lies about. `key` makes a repetition harmless.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from sqlalchemy import select

from citizen_app.citizens.queries import citizen_of_ref
from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.jobs.outbox import enqueue
from citizen_app.notices.models import InboxNotice
from citizen_app.notices.routing import ROUTE, route
from citizen_app.notices.wording import worded
from citizen_app.registry.contract import Notice
from citizen_app.registry.state import module_of
from citizen_app.secrecy.vault import current_vault
from citizen_app.storage.orm import db, table_of
from citizen_app.storage.statements import upsert
from citizen_app.storage.transactions import write_after_read
from citizen_app.usage.offices import CITY

_INBOX: Final = table_of(InboxNotice)


def send(
    service: str, ref: str, notice: str, values: Mapping[str, Any] | None = None, *, key: str
) -> str | None:
    """Tell whom a service knows by `ref` one of its declared notices; returns the notice's id.

    None, and nothing is written, for whom the service has not met and for an account that is gone. A second
    call with the same `key` for this person writes nothing and returns the first notice's id. Raises
    `ValueError` for a notice or for values that are not declared.
    """
    declared = module_of(service).descriptor.notice(notice)
    if declared is None:
        raise ValueError(f"{service} declares no notice {notice!r}")
    said = worded(declared, values or {})
    citizen_id = citizen_of_ref(service, ref)
    if citizen_id is None:
        return None
    written, first = _store(citizen_id, service, declared, said.as_json(), key)
    if first:
        enqueue(ROUTE, {"notice": written})
    return written


def tell(
    citizen_id: str,
    notice: Notice,
    *,
    key: str | None = None,
    about: str | None = None,
    phone: str | None = None,
    email: str | None = None,
    **values: Any,
) -> str:
    """Tell a citizen a notice of the core; returns its id.

    The channels are chosen at once, by whom and what there is now, before anything else in this unit of work
    changes it; `phone` or `email` is one that the account is about to lose. `about` is the id of what an
    objection ends.
    """
    said = worded(notice, values).as_json()
    written, first = _store(citizen_id, CITY, notice, said, key, about)
    if first:
        route(written, phone=phone, email=email)
    return written


def tell_later(citizen_id: str, notice: Notice, *, key: str, **values: Any) -> None:
    """As `tell`, where many are told in one unit of work: the channels are chosen after the commit, so that
    no two units wait for each other."""
    written, first = _store(citizen_id, CITY, notice, worded(notice, values).as_json(), key)
    if first:
        enqueue(ROUTE, {"notice": written})


def tell_after_read(citizen_id: str, notice: Notice, *, key: str, **values: Any) -> None:
    """As `tell_later`, from a unit that may be reading."""
    write_after_read(partial(tell_later, citizen_id, notice, key=key, **values))


def _store(
    citizen_id: str, service: str, notice: Notice, said: str, key: str | None, about: str | None = None
) -> tuple[str, bool]:
    """The id under which a notice stands, and whether it was written now. Of two calls with one key the
    second waits for the first."""
    index = None
    if key is not None:
        index = current_vault().blind_index("notice", f"{service} {citizen_id} {notice.id} {key}")
    notice_id = new_id()
    row = {
        "id": notice_id,
        "citizen_id": citizen_id,
        "service": service,
        "notice": notice.id,
        "security": notice.security,
        "about": about,
        "key_index": index,
        "said_sealed": InboxNotice.said.seal(notice_id, said),
        "created_at": now(),
    }
    stored = upsert(_INBOX).values(row).on_conflict_do_nothing(index_elements=["key_index"])
    if db.session.scalar(stored.returning(_INBOX.c.id)) is not None:
        return notice_id, True
    return str(db.session.scalar(select(_INBOX.c.id).where(_INBOX.c.key_index == index))), False
