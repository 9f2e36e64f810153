"""The PIN of a kiosk, which staff type on its page."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.storage.columns import Id, UtcDateTime

revision = "core_0019"
down_revision = "core_0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kiosk_pins",
        sa.Column("kiosk_id", Id, nullable=False),
        sa.Column("pin_hash", sa.String(length=200), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("locked_until", UtcDateTime(), nullable=True),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name=op.f("fk_kiosk_pins_kiosk_id_kiosks")),
        sa.PrimaryKeyConstraint("kiosk_id", name=op.f("pk_kiosk_pins")),
    )


def downgrade() -> None:
    op.drop_table("kiosk_pins")
