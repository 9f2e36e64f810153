"""Rules about money as versioned rows: the limits of purses, refund ladders of services.

    in_force(CITY, "limits", moment)                # {"1": {"balance": …, "top_up": …, "owed": …}, …}
    set_policy("tourism", "refund", {"steps": [[172800, 100], [86400, 50]]}, since=moment)

A rule is never changed; the next one follows it. What is charged or refunded is judged by the rule of its own
moment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from marshmallow import ValidationError, fields, validate
from sqlalchemy import Connection, select

from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.payments.ladders import Ladder
from citizen_app.payments.models import PaymentPolicy
from citizen_app.storage.cached_values import CachedValue, invalidate
from citizen_app.storage.orm import db, table_of
from citizen_app.text import Text
from citizen_app.wire.inputs import StrictInteger, StrictSchema
from citizen_app.wire.problems import Problem

CITY: Final = "core.purse"
"""Whose the city's own rules and postings are; no service can have this id."""
LIMITS: Final = "limits"
REFUND: Final = "refund"
ALONE: Final = "alone"
YUAN: Final = 100
MOST: Final = 1_000_000 * YUAN

DEFAULTS: Final[Mapping[tuple[str, str], Mapping[str, Any]]] = {
    (CITY, LIMITS): {
        "1": {"balance": 500 * YUAN, "top_up": 200 * YUAN, "owed": 20 * YUAN},
        "2": {"balance": 5_000 * YUAN, "top_up": 1_000 * YUAN, "owed": 100 * YUAN},
        "3": {"balance": 5_000 * YUAN, "top_up": 1_000 * YUAN, "owed": 100 * YUAN},
    },
    (CITY, ALONE): {"refund": 200 * YUAN},
}
"""Until the city says otherwise. An account that only a phone proves has the small purse of a class I payment
account (PBOC, Measures for Online Payment, art. 11)."""
NOT_A_RULE: Final = Text("规则内容不正确：{words}", "This is no such rule: {words}")


class LimitSchema(StrictSchema):
    """The limits of one level of assurance, in 分."""

    balance = StrictInteger(required=True, validate=validate.Range(0, MOST))
    top_up = StrictInteger(required=True, validate=validate.Range(0, MOST))
    owed = StrictInteger(required=True, validate=validate.Range(0, MOST))


class LimitsSchema(StrictSchema):
    """Limits by level of assurance."""

    level_1 = fields.Nested(LimitSchema, required=True, data_key="1")
    level_2 = fields.Nested(LimitSchema, required=True, data_key="2")
    level_3 = fields.Nested(LimitSchema, required=True, data_key="3")


class AloneSchema(StrictSchema):
    """What one member of staff may give back of one payment, in 分; more takes a second person."""

    refund = StrictInteger(required=True, validate=validate.Range(0, MOST))


def _load(connection: Connection) -> Mapping[tuple[str, str], list[tuple[datetime, Mapping[str, Any]]]]:
    table = table_of(PaymentPolicy)
    found = defaultdict[tuple[str, str], list[tuple[datetime, Mapping[str, Any]]]](list)
    query = select(table.c.service, table.c.name, table.c.since, table.c.document)
    for service, name, since, document in connection.execute(query.order_by(table.c.since, table.c.id)):
        found[service, name].append((since, document))
    return dict(found)


POLICIES: Final = CachedValue("payments:policies", _load)


def in_force(service: str, name: str, at: datetime) -> Mapping[str, Any] | None:
    """The rule of a service (or `CITY`) at a moment; None where there is none."""
    rules = [document for since, document in POLICIES.get().get((service, name), ()) if since <= at]
    return rules[-1] if rules else DEFAULTS.get((service, name))


def limits_of(level: int, at: datetime) -> Mapping[str, int]:
    """What a purse may hold (`balance`), take in at once (`top_up`) and owe, for a level of assurance."""
    rules = in_force(CITY, LIMITS, at)
    assert rules is not None, "the city has a rule from the beginning"
    limits: Mapping[str, int] = rules[str(min(max(level, 1), 3))]
    return limits


def refund_alone(at: datetime) -> int:
    """How much of one payment one member of staff may give back."""
    rule = in_force(CITY, ALONE, at)
    assert rule is not None, "the city has a rule from the beginning"
    most: int = rule["refund"]
    return most


def ladder_of(service: str, at: datetime) -> Ladder | None:
    """The refund ladder of a service at a moment."""
    rule = in_force(service, REFUND, at)
    return None if rule is None else Ladder.of(rule)


def set_policy(service: str, name: str, document: Mapping[str, Any], since: datetime | None = None) -> str:
    """Add a rule, from a moment on (now) that is not past; returns its id. Raises a 422 for what is no such
    rule."""
    moment = now()
    _check(name, document)
    row = PaymentPolicy(
        id=new_id(),
        service=service,
        name=name,
        document=dict(document),
        since=max(since or moment, moment),
        made_at=moment,
    )
    db.session.add(row)
    db.session.flush()
    invalidate(POLICIES.topic)
    return row.id


def _check(name: str, document: Mapping[str, Any]) -> None:
    try:
        if name == LIMITS:
            LimitsSchema().load(dict(document))
        elif name == ALONE:
            AloneSchema().load(dict(document))
        elif name == REFUND:
            Ladder.of(document)
    except (ValidationError, ValueError) as error:
        raise Problem("invalid-input", NOT_A_RULE.fill(words=str(error))) from error
