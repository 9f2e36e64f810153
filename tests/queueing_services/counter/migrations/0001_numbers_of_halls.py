"""Halls, queues, numbers and their moves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.toolkit.data import Id, UtcDateTime

revision = "counter_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "counter_halls",
        sa.Column("id", Id, nullable=False),
        sa.Column("name_zh", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("wall", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_halls")),
    )
    op.create_table(
        "counter_queues",
        sa.Column("id", Id, nullable=False),
        sa.Column("hall_id", Id, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("matter", sa.String(length=40), nullable=False),
        sa.Column("room", sa.String(length=40), nullable=True),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hall_id"], ["counter_halls.id"], name=op.f("fk_counter_queues_hall_id_counter_halls")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_queues")),
        sa.UniqueConstraint("hall_id", "day", "matter", name=op.f("uq_counter_queues_hall_id_day_matter")),
    )
    op.create_table(
        "counter_tickets",
        sa.Column("id", Id, nullable=False),
        sa.Column("queue_id", Id, nullable=False),
        sa.Column("citizen_ref", sa.String(length=22), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("room", sa.String(length=40), nullable=True),
        sa.Column("calls", sa.SmallInteger(), nullable=False),
        sa.Column("missed", sa.SmallInteger(), nullable=False),
        sa.Column("arrived_at", UtcDateTime(), nullable=False),
        sa.Column("called_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["queue_id"], ["counter_queues.id"], name=op.f("fk_counter_tickets_queue_id_counter_queues")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_tickets")),
        sa.UniqueConstraint("queue_id", "number", name=op.f("uq_counter_tickets_queue_id_number")),
    )
    op.create_index(op.f("ix_counter_tickets_citizen_ref"), "counter_tickets", ["citizen_ref"], unique=False)
    op.create_index(
        op.f("ix_counter_tickets_queue_id_state_rank_place"),
        "counter_tickets",
        ["queue_id", "state", "rank", "place"],
        unique=False,
    )
    op.create_table(
        "counter_ticket_moves",
        sa.Column("id", Id, nullable=False),
        sa.Column("subject_id", Id, nullable=False),
        sa.Column("from_state", sa.String(length=24), nullable=False),
        sa.Column("to_state", sa.String(length=24), nullable=False),
        sa.Column("moved_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_ticket_moves")),
    )
    op.create_index(
        op.f("ix_counter_ticket_moves_subject_id"), "counter_ticket_moves", ["subject_id"], unique=False
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("counter_ticket_moves")
    op.drop_table("counter_tickets")
    op.drop_table("counter_queues")
    op.drop_table("counter_halls")
