"""Requests of citizens: a copy, erasure, and what services have still to forget."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.storage.columns import Id, Json, UtcDateTime

revision = "core_0025"
down_revision = "core_0024"
branch_labels = None
depends_on = None
WAITING = sa.text("state = 'waiting'")
OPEN = sa.text("done_at IS NULL")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "rights_requests",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("citizen_id", Id, nullable=True),
        sa.Column("asked_by", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("over_at", UtcDateTime(), nullable=True),
        sa.Column("file_id", Id, nullable=True),
        sa.Column("missing", Json, nullable=False),
        sa.Column("last_error", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "asked_by IN ('oneself', 'guardian', 'clerk')", name=op.f("ck_rights_requests_asked_by")
        ),
        sa.CheckConstraint("kind IN ('copy', 'erasure')", name=op.f("ck_rights_requests_kind")),
        sa.CheckConstraint(
            "state IN ('waiting', 'ready', 'over', 'void', 'done')", name=op.f("ck_rights_requests_state")
        ),
        sa.ForeignKeyConstraint(
            ["citizen_id"],
            ["citizens.id"],
            name=op.f("fk_rights_requests_citizen_id_citizens"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["stored_files.id"],
            name=op.f("fk_rights_requests_file_id_stored_files"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_requests")),
    )
    op.create_index(
        "uq_rights_requests_citizen_id_kind",
        "rights_requests",
        ["citizen_id", "kind"],
        unique=True,
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_index(
        "ix_rights_requests_next_at",
        "rights_requests",
        ["next_at"],
        unique=False,
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_index(
        op.f("ix_rights_requests_citizen_id_id"), "rights_requests", ["citizen_id", "id"], unique=False
    )
    op.create_table(
        "rights_steps",
        sa.Column("id", Id, nullable=False),
        sa.Column("request_id", Id, nullable=False),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("known_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("passes", sa.SmallInteger(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["rights_requests.id"],
            name=op.f("fk_rights_steps_request_id_rights_requests"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_steps")),
        sa.UniqueConstraint("request_id", "service", name=op.f("uq_rights_steps_request_id_service")),
    )
    op.create_index(
        "ix_rights_steps_next_at",
        "rights_steps",
        ["next_at"],
        unique=False,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("rights_steps")
    op.drop_table("rights_requests")
