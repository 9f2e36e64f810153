"""Letters between hospitals move; results have versions, and a paper. Neither was kept before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.toolkit.data import Id, UtcDateTime

revision = "hospital_0003"
down_revision = "hospital_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("hospital_referrals") as letters:
        letters.alter_column(
            column_name="state",
            existing_type=sa.String(length=8),
            type_=sa.String(length=24),
            existing_nullable=False,
        )
        letters.add_column(sa.Column("answers_id", Id, nullable=True))
    op.create_index(
        op.f("ix_hospital_referrals_state_valid_until"), "hospital_referrals", ["state", "valid_until"]
    )
    op.create_index(op.f("ix_hospital_referrals_booking_id"), "hospital_referrals", ["booking_id"])
    op.create_table(
        "hospital_referral_moves",
        sa.Column("id", Id, nullable=False),
        sa.Column("subject_id", Id, nullable=False),
        sa.Column("from_state", sa.String(length=24), nullable=False),
        sa.Column("to_state", sa.String(length=24), nullable=False),
        sa.Column("moved_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_referral_moves")),
    )
    op.create_index(op.f("ix_hospital_referral_moves_subject_id"), "hospital_referral_moves", ["subject_id"])
    with op.batch_alter_table("hospital_reports") as reports:
        reports.add_column(sa.Column("status", sa.String(length=12), nullable=False, server_default="final"))
        reports.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        reports.drop_column(column_name="booking_id")
        reports.add_column(sa.Column("paper_sealed", sa.LargeBinary(), nullable=True))
    op.create_table(
        "hospital_former_reports",
        sa.Column("id", Id, nullable=False),
        sa.Column("report_id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("title_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("paper_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("replaced_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["hospital_reports.id"],
            name=op.f("fk_hospital_former_reports_report_id_hospital_reports"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_former_reports")),
        sa.UniqueConstraint(
            "report_id", "version", name=op.f("uq_hospital_former_reports_report_id_version")
        ),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("hospital_former_reports")
    with op.batch_alter_table("hospital_reports") as reports:
        for name in ("paper_sealed", "version", "status"):
            reports.drop_column(column_name=name)
        reports.add_column(sa.Column("booking_id", Id, nullable=True))
        reports.create_foreign_key(
            constraint_name=op.f("fk_hospital_reports_booking_id_hospital_bookings"),
            referent_table="hospital_bookings",
            local_cols=["booking_id"],
            remote_cols=["id"],
        )
    op.drop_index(op.f("ix_hospital_referral_moves_subject_id"), table_name="hospital_referral_moves")
    op.drop_table("hospital_referral_moves")
    op.drop_index(op.f("ix_hospital_referrals_booking_id"), table_name="hospital_referrals")
    op.drop_index(op.f("ix_hospital_referrals_state_valid_until"), table_name="hospital_referrals")
    with op.batch_alter_table("hospital_referrals") as letters:
        letters.drop_column(column_name="answers_id")
        letters.alter_column(
            column_name="state",
            existing_type=sa.String(length=24),
            type_=sa.String(length=8),
            existing_nullable=False,
        )
