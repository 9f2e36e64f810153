"""Rules that change: versions of a policy, each in force from a moment on, and never edited.

RULES = Rulebook(HospitalPolicy, "hospital:rules", Rules.of)
version = RULES.in_force(scopes_of((department_id, hospital_id), kind), now())
booking.policy_id, opens_at = version.id, version.rules.opens_at(day)
RULES.of(booking.policy_id)                     # the rules that it was made under
RULES.publish(values, by=officer.name, moment=now(), scope=department_id, after=seen)

A booking keeps the id of the version under which it was made, so a later change of the rules neither takes
away nor gives what was agreed. Of several versions the most particular speaks: that of its first scope.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import Connection, func, select

from citizen_app.booking.columns import PolicyColumns
from citizen_app.ids import new_id
from citizen_app.storage.cached_values import CachedValue, invalidate
from citizen_app.storage.orm import db, table_of
from citizen_app.storage.statements import upsert
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

Policy = TypeVar("Policy", bound=PolicyColumns)
Rules = TypeVar("Rules")

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
    **columns: Any,
) -> Policy:
    """Add the next version of a scope's rules, in force from `valid_from` (now); `columns` are the service's
    own. With `after`, the version that the author has seen, a change made meanwhile is a conflict."""
    latest = latest_version(policies, scope)
    if after is not None and after != latest:
        raise Problem("conflict", CHANGED_MEANWHILE)
    made = {
        **columns,
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


def latest_version(policies: type[Policy], scope: str) -> int:
    """The number of the last version of a scope; 0 where there is none."""
    return db.session.scalar(select(func.max(policies.version)).where(policies.scope == scope)) or 0


def in_force(policies: type[Policy], moment: datetime, scope: str = EVERYWHERE) -> Policy | None:
    """The newest version that is in force at a moment: of the scope, or else of everywhere."""
    newest = (
        select(policies)
        .where(policies.scope.in_({scope, EVERYWHERE}), policies.valid_from <= moment)
        .order_by((policies.scope == EVERYWHERE), policies.version.desc())
        .limit(1)
    )
    return db.session.scalar(newest)


@dataclass(frozen=True, slots=True)
class Version(Generic[Rules]):
    """One version of a policy, as rules; without an id, what is usual where nobody has said anything."""

    id: str | None
    valid_from: datetime | None
    rules: Rules


def scopes_of(places: Iterable[str | None], *respects: str | None) -> list[str]:
    """The scopes that may speak of something, the most particular first: of each place, from the narrowest
    on to everywhere, `place:respect:…` with all of the respects down to none. The place weighs most, then
    the first respect: `scopes_of(("east", "library"), "student", "dvd")` begins `east:student:dvd`,
    `east:student`, `east:dvd`, `east`, `library:student:dvd`."""
    narrowed = [(respect, None) if respect else (None,) for respect in respects]
    of = product((*places, EVERYWHERE), *narrowed)
    return [":".join(part for part in parts if part) for parts in of if parts[0]]


class Rulebook(Generic[Policy, Rules]):
    """The versions of a table of policies, in every worker's memory, each read as rules by `read`; what it
    makes of an empty document is what holds where no version does. `topic` is that of a `CachedValue`."""

    def __init__(
        self, policies: type[Policy], topic: str, read: Callable[[Mapping[str, Any]], Rules]
    ) -> None:
        self.policies, self.topic, self.read = policies, topic, read
        self._usual: Version[Rules] = Version(None, None, read({}))
        self._kept = CachedValue(topic, self._load)

    def in_force(self, scopes: Sequence[str], moment: datetime) -> Version[Rules]:
        """The newest version in force at a moment of the first scope that has one."""
        return self._chosen(self._kept.get()[0], scopes, moment)

    def as_stored(self, scopes: Sequence[str], moment: datetime) -> Version[Rules]:
        """The same as the present unit of work has it: what it has published counts already."""
        return self._chosen(self._load(db.session.connection(), scopes)[0], scopes, moment)

    def of(self, policy_id: str | None) -> Rules:
        """The rules of a version, as what was made under it keeps its id."""
        return self._kept.get()[1].get(policy_id, self._usual).rules

    def latest_version(self, scope: str) -> int:
        """The number of the last version of a scope, to publish `after` it; 0 where there is none."""
        return latest_version(self.policies, scope)

    def publish(self, rules: Mapping[str, Any], **said: Any) -> Policy:
        """Add a version as `policies.publish` does; every worker has it when the unit of work is over."""
        made = publish(self.policies, rules, **said)
        invalidate(self.topic)
        return made

    def _load(
        self, connection: Connection, scopes: Sequence[str] | None = None
    ) -> tuple[dict[str, list[Version[Rules]]], dict[str | None, Version[Rules]]]:
        """Versions by scope, the newest first, and by id."""
        table = table_of(self.policies)
        wanted = select(table).order_by(table.c.version.desc())
        if scopes is not None:
            wanted = wanted.where(table.c.scope.in_(scopes))
        by_scope: dict[str, list[Version[Rules]]] = {}
        by_id: dict[str | None, Version[Rules]] = {}
        for row in connection.execute(wanted):
            by_id[row.id] = Version(row.id, row.valid_from, self.read(row.rules))
            by_scope.setdefault(row.scope, []).append(by_id[row.id])
        return by_scope, by_id

    def _chosen(
        self, by_scope: Mapping[str, list[Version[Rules]]], scopes: Sequence[str], moment: datetime
    ) -> Version[Rules]:
        for scope in scopes:
            for version in by_scope.get(scope, ()):
                if version.valid_from is None or version.valid_from <= moment:
                    return version
        return self._usual
