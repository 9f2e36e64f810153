"""The ledger: purses, postings, holds, policies, daily closings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.storage.append_only import append_only_statements, drop_append_only_statements
from citizen_app.storage.columns import Id, Json, UtcDateTime

revision = "core_0021"
down_revision = "core_0020"
branch_labels = None
depends_on = None

APPEND_ONLY = ("payment_postings", "payment_policies")
TABLES = (
    "payment_closings",
    "payment_days",
    "payment_payers",
    "payment_policies",
    "payment_holds",
    "payment_postings",
    "payment_purses",
)


def upgrade() -> None:
    op.create_table(
        "payment_closings",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("closed_to", Id, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_payment_closings")),
    )
    op.create_table(
        "payment_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("party", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("target", sa.String(length=10), nullable=False),
        sa.Column("postings", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "day", "service", "party", "kind", "source", "target", name=op.f("pk_payment_days")
        ),
    )
    op.create_table(
        "payment_policies",
        sa.Column("id", Id, nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_policies")),
    )
    op.create_index(
        op.f("ix_payment_policies_service_name_since"),
        "payment_policies",
        ["service", "name", "since"],
        unique=False,
    )
    op.create_table(
        "payment_postings",
        sa.Column("id", Id, nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("target", sa.String(length=10), nullable=False),
        sa.Column("purse_id", Id, nullable=False),
        sa.Column("party", sa.String(length=20), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("concerns", Id, nullable=True),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_postings_amount")),
        sa.CheckConstraint("source <> target", name=op.f("ck_payment_postings_two_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_postings")),
    )
    op.create_index(
        op.f("ix_payment_postings_concerns"),
        "payment_postings",
        ["concerns"],
        unique=False,
        sqlite_where=sa.text("concerns IS NOT NULL"),
        postgresql_where=sa.text("concerns IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_payment_postings_purse_id_id"), "payment_postings", ["purse_id", "id"], unique=False
    )
    op.create_index(
        "uq_payment_postings_service_key_part", "payment_postings", ["service", "key", "part"], unique=True
    )
    op.create_table(
        "payment_purses",
        sa.Column("id", Id, nullable=False),
        sa.Column("citizen_id", Id, nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("owed", sa.BigInteger(), nullable=False),
        sa.Column("paid_by", sa.String(length=10), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'frozen', 'closed')", name=op.f("ck_payment_purses_state")),
        sa.CheckConstraint("balance >= 0", name=op.f("ck_payment_purses_balance")),
        sa.CheckConstraint(
            "citizen_id IS NOT NULL OR balance + held + owed = 0", name=op.f("ck_payment_purses_settled")
        ),
        sa.CheckConstraint("held >= 0", name=op.f("ck_payment_purses_held")),
        sa.CheckConstraint("owed >= 0", name=op.f("ck_payment_purses_owed")),
        sa.ForeignKeyConstraint(
            ["citizen_id"],
            ["citizens.id"],
            name=op.f("fk_payment_purses_citizen_id_citizens"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_purses")),
        sa.UniqueConstraint("citizen_id", name=op.f("uq_payment_purses_citizen_id")),
    )
    op.create_table(
        "payment_holds",
        sa.Column("id", Id, nullable=False),
        sa.Column("purse_id", Id, nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'captured', 'released', 'expired')", name=op.f("ck_payment_holds_state")
        ),
        sa.CheckConstraint("taken >= 0 AND taken <= amount", name=op.f("ck_payment_holds_taken")),
        sa.ForeignKeyConstraint(
            ["purse_id"], ["payment_purses.id"], name=op.f("fk_payment_holds_purse_id_payment_purses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_holds")),
    )
    op.create_index(op.f("ix_payment_holds_purse_id"), "payment_holds", ["purse_id"], unique=False)
    op.create_index(
        "ix_payment_holds_until_open",
        "payment_holds",
        ["until"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "payment_payers",
        sa.Column("delegation_id", Id, nullable=False),
        sa.Column("ward_id", Id, nullable=False),
        sa.Column("payer_id", Id, nullable=False),
        sa.Column("chosen_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delegation_id"],
            ["delegations.id"],
            name=op.f("fk_payment_payers_delegation_id_delegations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["payer_id"],
            ["citizens.id"],
            name=op.f("fk_payment_payers_payer_id_citizens"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["ward_id"], ["citizens.id"], name=op.f("fk_payment_payers_ward_id_citizens"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("delegation_id", name=op.f("pk_payment_payers")),
        sa.UniqueConstraint("ward_id", name=op.f("uq_payment_payers_ward_id")),
    )
    op.create_index(op.f("ix_payment_payers_payer_id"), "payment_payers", ["payer_id"], unique=False)

    for table in APPEND_ONLY:
        for statement in append_only_statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    for table in APPEND_ONLY:
        for statement in drop_append_only_statements(table, op.get_bind().dialect.name):
            op.execute(statement)
    for table in TABLES:
        op.drop_table(table)
