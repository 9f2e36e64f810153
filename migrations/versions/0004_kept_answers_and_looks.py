"""Answers kept for a repetition, and looks at a citizen's uses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.storage.append_only import append_only_statements, drop_append_only_statements
from citizen_app.storage.columns import Id, UtcDateTime

revision = "core_0004"
down_revision = "core_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_answers",
        sa.Column("key_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("request_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key_index", name=op.f("pk_kept_answers")),
    )
    op.create_index(op.f("ix_kept_answers_expires_at"), "kept_answers", ["expires_at"])
    op.create_table(
        "usage_looks",
        sa.Column("id", Id, nullable=False),
        sa.Column("subject_key", Id, nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("staff_id", Id, nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_looks")),
    )
    op.create_index(op.f("ix_usage_looks_subject_key_id"), "usage_looks", ["subject_key", "id"])
    for statement in append_only_statements("usage_looks", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in drop_append_only_statements("usage_looks", op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_index(op.f("ix_usage_looks_subject_key_id"), table_name="usage_looks")
    op.drop_table("usage_looks")
    op.drop_index(op.f("ix_kept_answers_expires_at"), table_name="kept_answers")
    op.drop_table("kept_answers")
