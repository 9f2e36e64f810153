"""Notices: the inbox, what each citizen has chosen, and where services hear of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.storage.columns import Id, Json, UtcDateTime

revision = "core_0023"
down_revision = "core_0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "service_webhooks",
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("url", sa.String(length=300), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("service", name=op.f("pk_service_webhooks")),
    )
    op.create_table(
        "citizen_emails",
        sa.Column("id", Id, nullable=False),
        sa.Column("citizen_id", Id, nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("pending_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("sent", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["citizen_id"],
            ["citizens.id"],
            name=op.f("fk_citizen_emails_citizen_id_citizens"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citizen_emails")),
        sa.UniqueConstraint("citizen_id", name=op.f("uq_citizen_emails_citizen_id")),
    )
    op.create_table(
        "inbox_notices",
        sa.Column("id", Id, nullable=False),
        sa.Column("citizen_id", Id, nullable=False),
        sa.Column("ward_id", Id, nullable=True),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("notice", sa.String(length=40), nullable=False),
        sa.Column("security", sa.Boolean(), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=True),
        sa.Column("key_index", sa.LargeBinary(length=32), nullable=True),
        sa.Column("said_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("routed_at", UtcDateTime(), nullable=True),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("disputed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["citizen_id"],
            ["citizens.id"],
            name=op.f("fk_inbox_notices_citizen_id_citizens"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["ward_id"], ["citizens.id"], name=op.f("fk_inbox_notices_ward_id_citizens"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_notices")),
        sa.UniqueConstraint("key_index", name=op.f("uq_inbox_notices_key_index")),
    )
    op.create_index(
        op.f("ix_inbox_notices_citizen_id_id"), "inbox_notices", ["citizen_id", "id"], unique=False
    )
    op.create_index(op.f("ix_inbox_notices_service_id"), "inbox_notices", ["service", "id"], unique=False)
    op.create_index(
        "ix_inbox_notices_unread",
        "inbox_notices",
        ["citizen_id"],
        unique=False,
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_index(op.f("ix_inbox_notices_ward_id"), "inbox_notices", ["ward_id"], unique=False)
    op.create_table(
        "notice_preferences",
        sa.Column("citizen_id", Id, nullable=False),
        sa.Column("sms", sa.Boolean(), nullable=False),
        sa.Column("email", sa.Boolean(), nullable=False),
        sa.Column("quiet_from", sa.SmallInteger(), nullable=False),
        sa.Column("quiet_to", sa.SmallInteger(), nullable=False),
        sa.Column("language", sa.String(length=4), nullable=False),
        sa.Column("muted", Json, nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["citizen_id"],
            ["citizens.id"],
            name=op.f("fk_notice_preferences_citizen_id_citizens"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("citizen_id", name=op.f("pk_notice_preferences")),
    )
    op.create_table(
        "notice_tallies",
        sa.Column("citizen_id", Id, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sent", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["citizen_id"],
            ["citizens.id"],
            name=op.f("fk_notice_tallies_citizen_id_citizens"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("citizen_id", "day", name=op.f("pk_notice_tallies")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("notice_tallies")
    op.drop_table("notice_preferences")
    op.drop_index(op.f("ix_inbox_notices_ward_id"), table_name="inbox_notices")
    op.drop_index(
        "ix_inbox_notices_unread",
        table_name="inbox_notices",
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.drop_index(op.f("ix_inbox_notices_service_id"), table_name="inbox_notices")
    op.drop_index(op.f("ix_inbox_notices_citizen_id_id"), table_name="inbox_notices")
    op.drop_table("inbox_notices")
    op.drop_table("citizen_emails")
    op.drop_table("service_webhooks")
