"""What payment providers are asked, and where their files differ from the ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.storage.columns import Id, UtcDateTime

revision = "core_0022"
down_revision = "core_0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payment_differences",
        sa.Column("id", Id, nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("order_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("ours", sa.BigInteger(), nullable=False),
        sa.Column("theirs", sa.BigInteger(), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_differences")),
    )
    op.create_index(
        op.f("ix_payment_differences_found_at"), "payment_differences", ["found_at"], unique=False
    )
    op.create_index(
        "uq_payment_differences_order_id_kind", "payment_differences", ["order_id", "kind"], unique=True
    )
    op.create_table(
        "payment_provider_days",
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("compared_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("provider", "day", name=op.f("pk_payment_provider_days")),
    )
    op.create_table(
        "payment_orders",
        sa.Column("id", Id, nullable=False),
        sa.Column("purse_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=True),
        sa.Column("reference", sa.String(length=100), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("look_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('top_up', 'pay_out', 'charge')", name=op.f("ck_payment_orders_kind")),
        sa.CheckConstraint(
            "state IN ('asked', 'pending', 'failed', 'paid')", name=op.f("ck_payment_orders_state")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_orders_amount")),
        sa.ForeignKeyConstraint(
            ["purse_id"], ["payment_purses.id"], name=op.f("fk_payment_orders_purse_id_payment_purses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_orders")),
    )
    op.create_index(
        "ix_payment_orders_look_at",
        "payment_orders",
        ["look_at"],
        unique=False,
        sqlite_where=sa.text("look_at IS NOT NULL"),
        postgresql_where=sa.text("look_at IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_payment_orders_provider_ended_at"), "payment_orders", ["provider", "ended_at"], unique=False
    )
    op.create_index(op.f("ix_payment_orders_purse_id_id"), "payment_orders", ["purse_id", "id"], unique=False)
    op.create_index("uq_payment_orders_service_key", "payment_orders", ["service", "key"], unique=True)


def downgrade() -> None:
    for table in ("payment_differences", "payment_provider_days", "payment_orders"):
        op.drop_table(table)
