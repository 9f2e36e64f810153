"""Visits, closed days, and bookings of hours."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.toolkit.data import Id, UtcDateTime

revision = "parlour_0001"
down_revision = None
branch_labels = None
depends_on = None

ACTIVE = sa.text("hold_state IN ('held', 'confirmed')")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "parlour_closed_days",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_parlour_closed_days")),
    )
    op.create_table(
        "parlour_visits",
        sa.Column("id", Id, nullable=False),
        sa.Column("citizen_ref", sa.String(length=22), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("is_senior", sa.Boolean(), nullable=False),
        sa.Column("companions", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parlour_visits")),
        sa.UniqueConstraint(
            "citizen_ref",
            "day",
            name=op.f("uq_parlour_visits_citizen_ref_day"),
        ),
    )
    op.create_index(op.f("ix_parlour_visits_day"), "parlour_visits", ["day"])
    op.create_table(
        "parlour_hours",
        sa.Column("id", Id, nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("opens_at", UtcDateTime(), nullable=True),
        sa.Column("closes_at", UtcDateTime(), nullable=True),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_parlour_hours_capacity_not_negative")),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_parlour_hours_taken_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parlour_hours")),
        sa.UniqueConstraint("starts_at", name=op.f("uq_parlour_hours_starts_at")),
    )
    op.create_table(
        "parlour_bookings",
        sa.Column("id", Id, nullable=False),
        sa.Column("citizen_ref", sa.String(length=22), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("hold_state", sa.String(length=10), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("held_at", UtcDateTime(), nullable=False),
        sa.Column("pool_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["pool_id"],
            ["parlour_hours.id"],
            name=op.f("fk_parlour_bookings_pool_id_parlour_hours"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parlour_bookings")),
    )
    for column in ("citizen_ref", "expires_at", "pool_id"):
        name = op.f(f"ix_parlour_bookings_{column}")
        op.create_index(name, "parlour_bookings", [column])
    op.create_index(
        "uq_parlour_bookings_active",
        "parlour_bookings",
        ["pool_id", "citizen_ref"],
        unique=True,
        sqlite_where=ACTIVE,
        postgresql_where=ACTIVE,
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("parlour_bookings")
    op.drop_table("parlour_hours")
    op.drop_index(op.f("ix_parlour_visits_day"), table_name="parlour_visits")
    op.drop_table("parlour_visits")
    op.drop_table("parlour_closed_days")
