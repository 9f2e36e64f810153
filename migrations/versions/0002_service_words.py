"""What services call themselves, kept for the log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.storage.columns import Json, UtcDateTime

revision = "core_0002"
down_revision = "core_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "service_words",
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("words", Json, nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("service", name=op.f("pk_service_words")),
    )


def downgrade() -> None:
    op.drop_table("service_words")
