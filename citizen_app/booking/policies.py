"""Rules that change: versions of a policy, each in force from a moment on, and never edited.

A booking keeps the id of the version under which it was made, so a later change of the rules neither takes
away nor gives what was agreed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import func, select

from citizen_app.booking.columns import PolicyColumns
from citizen_app.ids import new_id
from citizen_app.storage.orm import db
from citizen_app.storage.statements import upsert
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

Policy = TypeVar("Policy", bound=PolicyColumns)

EVERYWHERE: Final = "*"
CHANGED_MEANWHILE: Final = Text(
    "规则刚刚被别人修改过，请先查看。", "Somebody has just changed these rules: look first."
)


def publish(
    policies: type[Policy],
    rules: Mapping[str, Any],
    *,
    by: str,
    moment: datetime,
    valid_from: datetime | None = None,
    scope: str = EVERYWHERE,
    after: int | None = None,
) -> Policy:
    """Add the next version of a scope's rules, in force from `valid_from` (now). With `after`, the version
    that the author has seen, a change made meanwhile is a conflict."""
    latest = db.session.scalar(select(func.max(policies.version)).where(policies.scope == scope)) or 0
    if after is not None and after != latest:
        raise Problem("conflict", CHANGED_MEANWHILE)
    made = {
        "id": new_id(),
        "scope": scope,
        "version": latest + 1,
        "valid_from": valid_from or moment,
        "rules": dict(rules),
        "made_by": by,
        "made_at": moment,
    }
    if (
        db.session.scalar(upsert(policies).values(made).on_conflict_do_nothing().returning(policies.id))
        is None
    ):
        raise Problem("conflict", CHANGED_MEANWHILE)
    policy = db.session.get(policies, made["id"])
    assert policy is not None
    return policy


def in_force(policies: type[Policy], moment: datetime, scope: str = EVERYWHERE) -> Policy | None:
    """The newest version that is in force at a moment: of the scope, or else of everywhere."""
    newest = (
        select(policies)
        .where(policies.scope.in_({scope, EVERYWHERE}), policies.valid_from <= moment)
        .order_by((policies.scope == EVERYWHERE), policies.version.desc())
        .limit(1)
    )
    return db.session.scalar(newest)
