"""Who asks for an OTP, and one row for each phone that is asked for, to be locked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.storage.columns import UtcDateTime

revision = "core_0003"
down_revision = "core_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("otp_challenges", sa.Column("network_index", sa.LargeBinary(length=32), nullable=True))
    op.create_table(
        "otp_shares",
        sa.Column("phone_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("phone_index", name=op.f("pk_otp_shares")),
    )
    op.create_index(op.f("ix_otp_shares_asked_at"), "otp_shares", ["asked_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_otp_shares_asked_at"), table_name="otp_shares")
    op.drop_table("otp_shares")
    op.drop_column("otp_challenges", "network_index")
