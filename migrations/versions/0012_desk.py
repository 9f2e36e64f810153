"""The desk: searches and whom they found; names that are found; since when a number belongs to an account.

Names are sealed, so no migration indexes them: the job `desk.index_names` does.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

from citizen_app.storage.columns import Id, UtcDateTime

revision = "core_0012"
down_revision = "core_0011"
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
    op.create_table(
        "desk_presences",
        sa.Column("id", Id, nullable=False),
        sa.Column("citizen_id", Id, nullable=False),
        sa.Column("staff_id", Id, nullable=False),
        sa.Column("session_id", Id, nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("otp_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("confirmed_by", Id, nullable=True),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_otp_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("phone_tries", sa.SmallInteger(), nullable=False),
        sa.Column("phone_until", UtcDateTime(), nullable=True),
        sa.CheckConstraint("method IN ('code', 'phone', 'document')", name=op.f("ck_desk_presences_method")),
        sa.CheckConstraint(
            "method <> 'document' OR confirmed_by <> staff_id", name=op.f("ck_desk_presences_two_clerks")
        ),
        *_of("desk_presences", "staff_id", "confirmed_by"),
    )
    for column in ("citizen_id", "session_id", "begun_at"):
        op.create_index(op.f(f"ix_desk_presences_{column}"), "desk_presences", [column])
    op.create_table(
        "death_reports",
        sa.Column("id", Id, nullable=False),
        sa.Column("citizen_id", Id, nullable=False),
        sa.Column("proof", sa.String(length=30), nullable=False),
        sa.Column("reference_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("was", sa.String(length=10), nullable=False),
        sa.Column("told_by", Id, nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.Column("corrected_by", Id, nullable=True),
        sa.Column("corrected_at", UtcDateTime(), nullable=True),
        *_of("death_reports", "told_by", "corrected_by"),
    )
    for column in ("citizen_id", "told_at"):
        op.create_index(op.f(f"ix_death_reports_{column}"), "death_reports", [column])


def _of(table: str, *staff: str) -> list[sa.SchemaItem]:
    """The key of a table about a citizen, and members of staff in it."""
    return [
        sa.ForeignKeyConstraint(
            ["citizen_id"],
            ["citizens.id"],
            name=op.f(f"fk_{table}_citizen_id_citizens"),
            ondelete="CASCADE",
        ),
        *(
            sa.ForeignKeyConstraint([column], ["staff.id"], name=op.f(f"fk_{table}_{column}_staff"))
            for column in staff
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def downgrade() -> None:
    for table in ("death_reports", "desk_presences", "desk_findings", "desk_searches", "phone_doubts"):
        op.drop_table(table)
    op.drop_index("ix_citizens_unindexed", "citizens")
    op.drop_index(op.f("ix_citizens_name_index"), "citizens")
    op.drop_column("citizens", "phone_since")
    op.drop_column("citizens", "name_index")
