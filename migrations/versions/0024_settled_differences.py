"""Differences with a payment provider: who has settled one, and how."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.storage.columns import Id

revision = "core_0024"
down_revision = "core_0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("payment_differences", sa.Column("settled_by", Id, nullable=True))
    op.add_column("payment_differences", sa.Column("settlement_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Back."""
    op.drop_column("payment_differences", "settlement_sealed")
    op.drop_column("payment_differences", "settled_by")
