"""how far riders were told of a timetable"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.toolkit.data import UtcDateTime

revision = "bus_0004"
down_revision = "bus_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("bus_feed_activations", sa.Column("told_at", UtcDateTime(), nullable=True))
    op.add_column("bus_feed_activations", sa.Column("told_through", sa.String(length=64), nullable=True))
    op.execute("UPDATE bus_feed_activations SET told_at = since")  # what was in force is no news


def downgrade() -> None:
    op.drop_column("bus_feed_activations", "told_through")
    op.drop_column("bus_feed_activations", "told_at")
