"""when each feed was in force."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.toolkit.data import UtcDateTime

revision = "bus_0002"
down_revision = "bus_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bus_feed_activations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bus_feed_activations")),
    )
    op.execute(
        "INSERT INTO bus_feed_activations (version_id, since)"
        " SELECT id, activated_at FROM bus_feed_versions WHERE activated_at IS NOT NULL ORDER BY activated_at"
    )


def downgrade() -> None:
    op.drop_table("bus_feed_activations")
