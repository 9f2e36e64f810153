"""Reading the audit log."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from citizen_app.audit.models import AuditEvent
from citizen_app.storage.keyset import Page, page


def audit_page(
    *,
    limit: int,
    cursor: str | None = None,
    action: str | None = None,
    actor_id: str | None = None,
    target_kind: str | None = None,
    target_id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Page[AuditEvent]:
    """One page of events, newest first; every filter narrows. `since` is included, `until` is not."""
    query = select(AuditEvent)
    for column, wanted in (
        (AuditEvent.action, action),
        (AuditEvent.actor_id, actor_id),
        (AuditEvent.target_kind, target_kind),
        (AuditEvent.target_id, target_id),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    if since is not None:
        query = query.where(AuditEvent.at >= since)
    if until is not None:
        query = query.where(AuditEvent.at < until)
    return page(query, AuditEvent.id, limit, cursor)
