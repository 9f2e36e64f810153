"""Consent: the notice, what citizens have agreed to, and the ledger of it.

Whoever has used a service before there was consent loses nothing by the upgrade: what the service was allowed
to see of them is carried over as of this moment, marked as such in the ledger and to the citizen, who takes
it back like any other. Nobody else has agreed to anything.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import sqlalchemy as sa
from alembic import op

from citizen_app.storage.append_only import append_only_statements, drop_append_only_statements
from citizen_app.storage.columns import Id, Json, UtcDateTime

revision = "core_0009"
down_revision = "core_0008"
branch_labels = None
depends_on = None

TABLES: Final = ("privacy_notices", "consent_events", "notice_acceptances", "citizen_consents")
MARK: Final = "carried_over"
RANDOM_HEX: Final = {
    "sqlite": "lower(hex(randomblob(16)))",
    "postgresql": "md5(random()::text || r.citizen_ref)",
}


def upgrade() -> None:
    for name, columns in (("citizen_consents", _consents()), ("notice_acceptances", _acceptances())):
        op.create_table(
            name,
            *columns,
            sa.ForeignKeyConstraint(
                ["citizen_id"],
                ["citizens.id"],
                name=op.f(f"fk_{name}_citizen_id_citizens"),
                ondelete="CASCADE",
            ),
        )
    op.create_table(
        "consent_events",
        sa.Column("id", Id, nullable=False),
        sa.Column("subject_key", Id, nullable=False),
        sa.Column("service", sa.String(length=20), nullable=True),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("scopes", Json, nullable=False),
        sa.Column("notice", sa.String(length=20), nullable=True),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("actor", sa.String(length=10), nullable=False),
        sa.Column("delegation_id", Id, nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "act IN ('given', 'withdrawn', 'carried_over')", name=op.f("ck_consent_events_act")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_events")),
    )
    op.create_index(op.f("ix_consent_events_subject_key_id"), "consent_events", ["subject_key", "id"])
    op.create_table(
        "privacy_notices",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("summary", Json, nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_privacy_notices")),
    )
    _carry_over()
    for statement in append_only_statements("consent_events", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in drop_append_only_statements("consent_events", op.get_bind().dialect.name):
        op.execute(statement)
    for table in TABLES:
        op.drop_table(table)


def _consents() -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("citizen_id", Id, nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("agreed", Json, nullable=False),
        sa.Column("refused", Json, nullable=False),
        sa.Column("notice", sa.String(length=20), nullable=True),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("citizen_id", "service", name=op.f("pk_citizen_consents")),
    )


def _acceptances() -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("citizen_id", Id, nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("accepted_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("citizen_id", name=op.f("pk_notice_acceptances")),
    )


def _carry_over() -> None:
    """What each service was granted, to it of everybody whom it has met: one statement for a service and a
    table, however many they are."""
    bind, moment = op.get_bind(), datetime.now(UTC)
    states = sa.table("service_states", sa.column("service", sa.String), sa.column("granted_scopes", Json))
    known = sa.select(states.c.service, states.c.granted_scopes)
    for service, granted in bind.execute(known).all():
        if granted:
            _carry_over_of(service, sorted(granted), moment)


def _carry_over_of(service: str, granted: list[str], moment: datetime) -> None:
    bind = op.get_bind()
    since = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    values = {
        "service": service,
        "agreed": {name: {"since": since, "by_name": False, "carried_over": True} for name in granted},
        "scopes": granted,
        "none": [],
        "at": moment,
        "time": f"{int(moment.timestamp() * 1000):012x}",
    }
    types = [
        sa.bindparam("agreed", type_=Json),
        sa.bindparam("scopes", type_=Json),
        sa.bindparam("none", type_=Json),
        sa.bindparam("at", type_=UtcDateTime()),
    ]
    consents = """
        INSERT INTO citizen_consents (citizen_id, service, agreed, refused, channel, changed_at)
        SELECT r.citizen_id, r.service, :agreed, :none, 'upgrade', :at
        FROM citizen_refs r WHERE r.service = :service GROUP BY r.citizen_id, r.service
    """
    # An id that is a UUIDv7 of this moment, made by the database.
    of_row = RANDOM_HEX[bind.dialect.name]
    event_id = f"(CAST(:time AS varchar) || '7' || substr({of_row}, 1, 3) || '8' || substr({of_row}, 4, 15))"
    event_id = f"CAST({event_id} AS uuid)" if bind.dialect.name == "postgresql" else event_id
    events = f"""
        INSERT INTO consent_events (id, subject_key, service, act, scopes, channel, actor, at)
        SELECT {event_id}, c.log_key, r.service, '{MARK}', :scopes, 'upgrade', 'system', :at
        FROM citizen_refs r JOIN citizens c ON c.id = r.citizen_id WHERE r.service = :service
    """  # noqa: S608 - words of ours
    for statement in (consents, events):
        used = [p for p in types if f":{p.key}" in statement]
        given = {name: value for name, value in values.items() if f":{name}" in statement}
        bind.execute(sa.text(statement).bindparams(*used), given)
