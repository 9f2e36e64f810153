"""Every table of the kit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.toolkit.data import Id, Json, UtcDateTime

revision = "hall_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "hall_appeals",
        sa.Column("wing", sa.String(length=8), nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("strike_id", Id, nullable=False),
        sa.Column("citizen_ref", sa.String(length=22), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hall_appeals")),
        sa.UniqueConstraint("strike_id", name=op.f("uq_hall_appeals_strike_id")),
    )
    op.create_index(op.f("ix_hall_appeals_citizen_ref"), "hall_appeals", ["citizen_ref"], unique=False)
    op.create_table(
        "hall_moves",
        sa.Column("id", Id, nullable=False),
        sa.Column("subject_id", Id, nullable=False),
        sa.Column("from_state", sa.String(length=24), nullable=False),
        sa.Column("to_state", sa.String(length=24), nullable=False),
        sa.Column("moved_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hall_moves")),
    )
    op.create_index(op.f("ix_hall_moves_subject_id"), "hall_moves", ["subject_id"], unique=False)
    op.create_table(
        "hall_policies",
        sa.Column("id", Id, nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("rules", Json, nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hall_policies")),
        sa.UniqueConstraint("scope", "version", name=op.f("uq_hall_policies_scope_version")),
    )
    op.create_table(
        "hall_pools",
        sa.Column("id", Id, nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("opens_at", UtcDateTime(), nullable=True),
        sa.Column("closes_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_hall_pools_capacity_not_negative")),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_hall_pools_taken_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hall_pools")),
    )
    op.create_table(
        "hall_strikes",
        sa.Column("wing", sa.String(length=8), nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("citizen_ref", sa.String(length=22), nullable=False),
        sa.Column("subject_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("forgiven_at", UtcDateTime(), nullable=True),
        sa.Column("forgiven_by", sa.String(length=64), nullable=True),
        sa.Column("forgiven_why", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hall_strikes")),
        sa.UniqueConstraint("subject_id", name=op.f("uq_hall_strikes_subject_id")),
    )
    op.create_index(op.f("ix_hall_strikes_citizen_ref"), "hall_strikes", ["citizen_ref"], unique=False)
    op.create_table(
        "hall_seats",
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("citizen_ref", sa.String(length=22), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("hold_state", sa.String(length=10), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("held_at", UtcDateTime(), nullable=False),
        sa.Column("pool_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["hall_pools.id"], name=op.f("fk_hall_seats_pool_id_hall_pools")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hall_seats")),
    )
    op.create_index(op.f("ix_hall_seats_citizen_ref"), "hall_seats", ["citizen_ref"], unique=False)
    op.create_index(op.f("ix_hall_seats_expires_at"), "hall_seats", ["expires_at"], unique=False)
    op.create_index(op.f("ix_hall_seats_pool_id"), "hall_seats", ["pool_id"], unique=False)
    op.create_index(
        "uq_hall_seats_active",
        "hall_seats",
        ["pool_id", "citizen_ref"],
        unique=True,
        sqlite_where=sa.text("hold_state IN ('held', 'confirmed')"),
        postgresql_where=sa.text("hold_state IN ('held', 'confirmed')"),
    )
    op.create_table(
        "hall_slots",
        sa.Column("id", Id, nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("opens_at", UtcDateTime(), nullable=True),
        sa.Column("closes_at", UtcDateTime(), nullable=True),
        sa.Column("evening_id", Id, nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("gives_back_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_hall_slots_capacity_not_negative")),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_hall_slots_taken_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hall_slots")),
    )
    op.create_table(
        "hall_slot_seats",
        sa.Column("id", Id, nullable=False),
        sa.Column("citizen_ref", sa.String(length=22), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("hold_state", sa.String(length=10), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("held_at", UtcDateTime(), nullable=False),
        sa.Column("pool_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["hall_slots.id"], name=op.f("fk_hall_slot_seats_pool_id_hall_slots")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hall_slot_seats")),
    )
    op.create_index(op.f("ix_hall_slot_seats_citizen_ref"), "hall_slot_seats", ["citizen_ref"], unique=False)
    op.create_index(op.f("ix_hall_slot_seats_expires_at"), "hall_slot_seats", ["expires_at"], unique=False)
    op.create_index(op.f("ix_hall_slot_seats_pool_id"), "hall_slot_seats", ["pool_id"], unique=False)
    op.create_index(
        "uq_hall_slot_seats_active",
        "hall_slot_seats",
        ["pool_id", "citizen_ref"],
        unique=True,
        sqlite_where=sa.text("hold_state IN ('held', 'confirmed')"),
        postgresql_where=sa.text("hold_state IN ('held', 'confirmed')"),
    )
    op.create_table(
        "hall_waits",
        sa.Column("id", Id, nullable=False),
        sa.Column("citizen_ref", sa.String(length=22), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("wait_state", sa.String(length=8), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.Column("hold_id", Id, nullable=True),
        sa.Column("pool_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["hall_pools.id"], name=op.f("fk_hall_waits_pool_id_hall_pools")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hall_waits")),
    )
    op.create_index(op.f("ix_hall_waits_citizen_ref"), "hall_waits", ["citizen_ref"], unique=False)
    op.create_index(op.f("ix_hall_waits_hold_id"), "hall_waits", ["hold_id"], unique=False)
    op.create_index(op.f("ix_hall_waits_pool_id"), "hall_waits", ["pool_id"], unique=False)
    op.create_index(
        "uq_hall_waits_active",
        "hall_waits",
        ["pool_id", "citizen_ref"],
        unique=True,
        sqlite_where=sa.text("wait_state IN ('waiting', 'offered')"),
        postgresql_where=sa.text("wait_state IN ('waiting', 'offered')"),
    )


def downgrade() -> None:
    """Back."""
    op.drop_index(
        "uq_hall_waits_active",
        table_name="hall_waits",
        sqlite_where=sa.text("wait_state IN ('waiting', 'offered')"),
        postgresql_where=sa.text("wait_state IN ('waiting', 'offered')"),
    )
    op.drop_index(op.f("ix_hall_waits_pool_id"), table_name="hall_waits")
    op.drop_index(op.f("ix_hall_waits_hold_id"), table_name="hall_waits")
    op.drop_index(op.f("ix_hall_waits_citizen_ref"), table_name="hall_waits")
    op.drop_table("hall_waits")
    op.drop_index(
        "uq_hall_slot_seats_active",
        table_name="hall_slot_seats",
        sqlite_where=sa.text("hold_state IN ('held', 'confirmed')"),
        postgresql_where=sa.text("hold_state IN ('held', 'confirmed')"),
    )
    op.drop_index(op.f("ix_hall_slot_seats_pool_id"), table_name="hall_slot_seats")
    op.drop_index(op.f("ix_hall_slot_seats_expires_at"), table_name="hall_slot_seats")
    op.drop_index(op.f("ix_hall_slot_seats_citizen_ref"), table_name="hall_slot_seats")
    op.drop_table("hall_slot_seats")
    op.drop_table("hall_slots")
    op.drop_index(
        "uq_hall_seats_active",
        table_name="hall_seats",
        sqlite_where=sa.text("hold_state IN ('held', 'confirmed')"),
        postgresql_where=sa.text("hold_state IN ('held', 'confirmed')"),
    )
    op.drop_index(op.f("ix_hall_seats_pool_id"), table_name="hall_seats")
    op.drop_index(op.f("ix_hall_seats_expires_at"), table_name="hall_seats")
    op.drop_index(op.f("ix_hall_seats_citizen_ref"), table_name="hall_seats")
    op.drop_table("hall_seats")
    op.drop_index(op.f("ix_hall_strikes_citizen_ref"), table_name="hall_strikes")
    op.drop_table("hall_strikes")
    op.drop_table("hall_pools")
    op.drop_table("hall_policies")
    op.drop_index(op.f("ix_hall_moves_subject_id"), table_name="hall_moves")
    op.drop_table("hall_moves")
    op.drop_index(op.f("ix_hall_appeals_citizen_ref"), table_name="hall_appeals")
    op.drop_table("hall_appeals")
