"""Webhooks: several for a service, each for some of its notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.storage.columns import Id, Json, UtcDateTime

revision = "core_0026"
down_revision = "core_0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward. Nothing has ever written `service_webhooks`, and the version before reads it only for notices
    that no service of its time declares."""
    op.create_table(
        "notice_webhooks",
        sa.Column("id", Id, nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("url", sa.String(length=300), nullable=False),
        sa.Column("notices", Json, nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("old_secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("old_until", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("delivered_at", UtcDateTime(), nullable=True),
        sa.Column("failing_since", UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_webhooks")),
    )
    op.create_index(op.f("ix_notice_webhooks_service"), "notice_webhooks", ["service"], unique=False)
    op.drop_table("service_webhooks")


def downgrade() -> None:
    """Back."""
    op.create_table(
        "service_webhooks",
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("url", sa.String(length=300), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("service", name=op.f("pk_service_webhooks")),
    )
    op.drop_index(op.f("ix_notice_webhooks_service"), table_name="notice_webhooks")
    op.drop_table("notice_webhooks")
