"""Against trade in numbers: marks, and when a number came back; links of screens that are taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.toolkit.data import UtcDateTime

revision = "hospital_0002"
down_revision = "hospital_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("hospital_bookings", sa.Column("back_at", UtcDateTime(), nullable=True))
    op.add_column("hospital_bookings", sa.Column("account", sa.String(length=16), nullable=True))
    op.add_column("hospital_bookings", sa.Column("network", sa.String(length=16), nullable=True))
    for table in ("hospital_campuses", "hospital_departments"):
        op.add_column(table, sa.Column("wall", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    """Back."""
    for table in ("hospital_departments", "hospital_campuses"):
        op.drop_column(table, "wall")
    for column in ("network", "account", "back_at"):
        op.drop_column("hospital_bookings", column)
