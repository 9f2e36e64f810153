"""Visits and closed days."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.toolkit.data import Id, UtcDateTime

revision = "parlour_0001"
down_revision = None
branch_labels = None
depends_on = None


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


def downgrade() -> None:
    """Back."""
    op.drop_index(op.f("ix_parlour_visits_day"), table_name="parlour_visits")
    op.drop_table("parlour_visits")
    op.drop_table("parlour_closed_days")
