"""Runs of long tasks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.storage.columns import Id, Json, UtcDateTime

revision = "core_0016"
down_revision = "core_0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "task_runs",
        sa.Column("id", Id, nullable=False),
        sa.Column("owner", sa.String(length=20), nullable=False),
        sa.Column("task", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("args", Json, nullable=False),
        sa.Column("file_id", Id, nullable=True),
        sa.Column("staff_id", Id, nullable=True),
        sa.Column("started_by", sa.String(length=60), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("holder", Id, nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("interruptions", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("stage", Json, nullable=True),
        sa.Column("cancel_wanted_at", UtcDateTime(), nullable=True),
        sa.Column("report_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'refused', 'failed', 'cancelled')",
            name=op.f("ck_task_runs_state"),
        ),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["stored_files.id"],
            name=op.f("fk_task_runs_file_id_stored_files"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_runs")),
    )
    op.create_index("ix_task_runs_state_id", "task_runs", ["state", "id"])
    op.create_index("ix_task_runs_owner_id", "task_runs", ["owner", "id"])


def downgrade() -> None:
    op.drop_table("task_runs")
