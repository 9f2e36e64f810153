"""Delegations, and the sessions of those who act for a citizen."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

from citizen_app.storage.columns import Id, Json, UtcDateTime

revision = "core_0010"
down_revision = "core_0007"
branch_labels = None
depends_on = None

OPEN: Final = sa.text("state <> 'ended'")


def upgrade() -> None:
    op.create_table(
        "delegations",
        sa.Column("id", Id, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("agent_id", Id, nullable=True),
        sa.Column("ward_id", Id, nullable=True),
        sa.Column("invited_index", sa.LargeBinary(length=32), nullable=True),
        sa.Column("invited_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("asked", sa.String(length=5), nullable=True),
        sa.Column("services", Json, nullable=True),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("valid_to", UtcDateTime(), nullable=True),
        sa.Column("uses", sa.Integer(), nullable=True),
        sa.Column("uses_left", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("proof", sa.String(length=10), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", sa.String(length=5), nullable=True),
        sa.Column("ended_why", sa.String(length=10), nullable=True),
        sa.CheckConstraint("kind IN ('guardian', 'carer', 'agent')", name=op.f("ck_delegations_kind")),
        sa.CheckConstraint("state IN ('invited', 'active', 'ended')", name=op.f("ck_delegations_state")),
        sa.CheckConstraint("agent_id <> ward_id", name=op.f("ck_delegations_two_people")),
        sa.CheckConstraint(
            "state <> 'active' OR (agent_id IS NOT NULL AND ward_id IS NOT NULL)",
            name=op.f("ck_delegations_both"),
        ),
        sa.CheckConstraint("uses_left >= 0", name=op.f("ck_delegations_uses_left")),
        *(_citizen("delegations", column) for column in ("agent_id", "ward_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
        sa.UniqueConstraint("number", name=op.f("uq_delegations_number")),
    )
    for column in ("agent_id", "ward_id", "invited_index", "valid_to"):
        op.create_index(op.f(f"ix_delegations_{column}"), "delegations", [column])
    op.create_index(
        "uq_delegations_agent_id_ward_id_kind",
        "delegations",
        ["agent_id", "ward_id", "kind"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "acting_sessions",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("citizen_id", Id, nullable=False),
        sa.Column("agent_id", Id, nullable=True),
        sa.Column("staff_id", Id, nullable=True),
        sa.Column("delegation_id", Id, nullable=True),
        sa.Column("bound_to", Id, nullable=False),
        sa.Column("services", Json, nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_why", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "kind IN ('guardian', 'carer', 'agent', 'clerk')", name=op.f("ck_acting_sessions_kind")
        ),
        sa.CheckConstraint(
            "(kind = 'clerk') = (staff_id IS NOT NULL)", name=op.f("ck_acting_sessions_staff")
        ),
        sa.CheckConstraint("(kind = 'clerk') = (agent_id IS NULL)", name=op.f("ck_acting_sessions_agent")),
        sa.CheckConstraint(
            "(kind = 'clerk') = (delegation_id IS NULL)", name=op.f("ck_acting_sessions_delegation")
        ),
        *(_citizen("acting_sessions", column) for column in ("citizen_id", "agent_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_acting_sessions_staff_id_staff")),
        sa.ForeignKeyConstraint(
            ["delegation_id"],
            ["delegations.id"],
            name=op.f("fk_acting_sessions_delegation_id_delegations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acting_sessions")),
    )
    for column in ("citizen_id", "agent_id", "delegation_id", "bound_to", "ends_at"):
        op.create_index(op.f(f"ix_acting_sessions_{column}"), "acting_sessions", [column])


def downgrade() -> None:
    op.drop_table("acting_sessions")
    op.drop_table("delegations")


def _citizen(table: str, column: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_citizens")
    return sa.ForeignKeyConstraint([column], ["citizens.id"], name=name, ondelete="CASCADE")
