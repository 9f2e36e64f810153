"""The desk: searches and whom they found; names that are found; since when a number belongs to an account.

Names are sealed, so no migration indexes them: the job `desk.index_names` does.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

from citizen_app.storage.columns import Id, UtcDateTime

revision = "core_0012"
down_revision = "core_0010"
branch_labels = None
depends_on = None

UNINDEXED: Final = sa.text("name_sealed IS NOT NULL AND name_index IS NULL")


def upgrade() -> None:
    op.add_column("citizens", sa.Column("name_index", sa.LargeBinary(length=32), nullable=True))
    op.add_column("citizens", sa.Column("phone_since", UtcDateTime(), nullable=True))
    op.create_index(op.f("ix_citizens_name_index"), "citizens", ["name_index"])
    op.create_index(
        "ix_citizens_unindexed", "citizens", ["id"], sqlite_where=UNINDEXED, postgresql_where=UNINDEXED
    )
    op.create_table(
        "phone_doubts",
        sa.Column("citizen_id", Id, nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("tried_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["citizen_id"],
            ["citizens.id"],
            name=op.f("fk_phone_doubts_citizen_id_citizens"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("citizen_id", name=op.f("pk_phone_doubts")),
    )
    op.create_table(
        "desk_searches",
        sa.Column("id", Id, nullable=False),
        sa.Column("staff_id", Id, nullable=False),
        sa.Column("service", sa.String(length=20), nullable=True),
        sa.Column("key", sa.String(length=10), nullable=False),
        sa.Column("found", sa.SmallInteger(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_desk_searches_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_searches")),
    )
    op.create_index(op.f("ix_desk_searches_at"), "desk_searches", ["at"])
    op.create_index(op.f("ix_desk_searches_staff_id_at"), "desk_searches", ["staff_id", "at"])
    op.create_table(
        "desk_findings",
        sa.Column("id", Id, nullable=False),
        sa.Column("staff_id", Id, nullable=False),
        sa.Column("citizen_id", Id, nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["citizen_id"],
            ["citizens.id"],
            name=op.f("fk_desk_findings_citizen_id_citizens"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_desk_findings_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_findings")),
    )
    op.create_index(op.f("ix_desk_findings_citizen_id"), "desk_findings", ["citizen_id"])
    op.create_index(op.f("ix_desk_findings_found_at"), "desk_findings", ["found_at"])
    op.create_index(op.f("ix_desk_findings_staff_id"), "desk_findings", ["staff_id"])


def downgrade() -> None:
    for table in ("desk_findings", "desk_searches", "phone_doubts"):
        op.drop_table(table)
    op.drop_index("ix_citizens_unindexed", "citizens")
    op.drop_index(op.f("ix_citizens_name_index"), "citizens")
    op.drop_column("citizens", "phone_since")
    op.drop_column("citizens", "name_index")
