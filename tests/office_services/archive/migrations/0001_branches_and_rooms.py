"""Branches and rooms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.toolkit.data import Id, Json, UtcDateTime

revision = "archive_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "archive_branches",
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_branches")),
    )
    op.create_table(
        "archive_rooms",
        sa.Column("branch_id", Id, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("quiet_seats", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("near_ids", Json, nullable=False),
        sa.Column("lift", sa.Boolean(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["archive_branches.id"], name=op.f("fk_archive_rooms_branch_id_archive_branches")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_rooms")),
        sa.UniqueConstraint("branch_id", "code", name=op.f("uq_archive_rooms_branch_id_code")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("archive_rooms")
    op.drop_table("archive_branches")
