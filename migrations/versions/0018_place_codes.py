"""Place codes: posters that citizens' phones read, each with a virtual kiosk."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

from citizen_app.storage.columns import Id, UtcDateTime

revision = "core_0018"
down_revision = "core_0017"
branch_labels = None
depends_on = None

HANGING: Final = sa.text("voided_at IS NULL")


def upgrade() -> None:
    op.add_column("kiosks", sa.Column("virtual", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "place_codes",
        sa.Column("id", Id, nullable=False),
        sa.Column("kiosk_id", Id, nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=True),
        sa.Column("page", sa.String(length=200), nullable=True),
        sa.Column("title_zh", sa.String(length=80), nullable=False),
        sa.Column("title_en", sa.String(length=160), nullable=False),
        sa.Column("printed_at", UtcDateTime(), nullable=False),
        sa.Column("printed_by", sa.String(length=60), nullable=False),
        sa.Column("voided_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(purpose IS NULL) <> (page IS NULL)", name=op.f("ck_place_codes_purpose_or_page")
        ),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name=op.f("fk_place_codes_kiosk_id_kiosks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_codes")),
        sa.UniqueConstraint("token", name=op.f("uq_place_codes_token")),
    )
    op.create_index(
        "uq_place_codes_hanging",
        "place_codes",
        ["kiosk_id"],
        unique=True,
        sqlite_where=HANGING,
        postgresql_where=HANGING,
    )
    op.create_index(op.f("ix_place_codes_kiosk_id_id"), "place_codes", ["kiosk_id", "id"])


def downgrade() -> None:
    op.drop_table("place_codes")
    op.drop_column("kiosks", "virtual")
