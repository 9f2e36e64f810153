"""changes between stops as the feed states them, and the stops that citizens keep at hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.toolkit.data import UtcDateTime

revision = "bus_0003"
down_revision = "bus_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bus_transfers",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("origin", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("transfer_type", sa.SmallInteger(), nullable=False),
        sa.Column("min_transfer_time", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["bus_feed_versions.id"],
            name=op.f("fk_bus_transfers_version_id_bus_feed_versions"),
        ),
        sa.PrimaryKeyConstraint("version_id", "id", name=op.f("pk_bus_transfers")),
    )
    op.create_table(
        "bus_saved_stops",
        sa.Column("citizen_ref", sa.String(length=64), nullable=False),
        sa.Column("stop_gtfs_id", sa.String(length=200), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("citizen_ref", "stop_gtfs_id", name=op.f("pk_bus_saved_stops")),
    )


def downgrade() -> None:
    op.drop_table("bus_saved_stops")
    op.drop_table("bus_transfers")
