"""The probe's table."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.toolkit.data import Id

revision = "probe_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    op.create_table(
        "probe_entries",
        sa.Column("id", Id, nullable=False),
        sa.Column("citizen_ref", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_probe_entries")),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("probe_entries")
