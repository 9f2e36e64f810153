"""Acts without a scan in the usage log, with what was said of them; corrections of events.

The log gets one column that may be empty, which neither database writes its rows anew for. An event without a
kiosk names the nil UUID, so that the two columns keep their rule (docs/adr/0036).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.storage.columns import Id

revision = "core_0011"
down_revision = "core_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("usage_events", sa.Column("channel", sa.String(length=10), nullable=True))
    op.create_table(
        "usage_details",
        sa.Column("id", Id, nullable=False),
        sa.Column("event_id", Id, nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("subject_key", Id, nullable=False),
        sa.Column("key_index", sa.LargeBinary(length=32), nullable=True),
        sa.Column("said_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_key"],
            ["citizens.log_key"],
            name=op.f("fk_usage_details_subject_key_citizens"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_details")),
        sa.UniqueConstraint("key_index", name=op.f("uq_usage_details_key_index")),
    )
    op.create_index(op.f("ix_usage_details_event_id"), "usage_details", ["event_id"])
    op.create_index(op.f("ix_usage_details_subject_key"), "usage_details", ["subject_key"])


def downgrade() -> None:
    """The version before shows acts without a scan as events without a place; what was said of them goes."""
    op.drop_table("usage_details")
    op.drop_column("usage_events", "channel")
