"""places, people and passages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.toolkit.data import Id, Json, UtcDateTime

revision = "pass_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pass_places",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("policy", Json, nullable=False),
        sa.Column("hours", Json, nullable=False),
        sa.Column("trail_days", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pass_places")),
    )
    op.create_table(
        "pass_claims",
        sa.Column("id", Id, nullable=False),
        sa.Column("place_id", Id, nullable=False),
        sa.Column("citizen_ref", sa.String(length=22), nullable=False),
        sa.Column("contact_ref", sa.String(length=22), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_hint_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"], ["pass_places.id"], name=op.f("fk_pass_claims_place_id_pass_places")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pass_claims")),
    )
    op.create_index(op.f("ix_pass_claims_citizen_ref"), "pass_claims", ["citizen_ref"], unique=False)
    op.create_index(op.f("ix_pass_claims_decided_at"), "pass_claims", ["decided_at"], unique=False)
    op.create_index(
        op.f("ix_pass_claims_place_id_status"), "pass_claims", ["place_id", "status"], unique=False
    )
    op.create_index(
        "uq_pass_claims_waiting",
        "pass_claims",
        ["place_id", "citizen_ref"],
        unique=True,
        sqlite_where=sa.text("status = 'waiting'"),
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_table(
        "pass_emergencies",
        sa.Column("id", Id, nullable=False),
        sa.Column("place_id", Id, nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("opened_by", sa.String(length=60), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("ended_by", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(
            ["place_id"], ["pass_places.id"], name=op.f("fk_pass_emergencies_place_id_pass_places")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pass_emergencies")),
    )
    op.create_index(op.f("ix_pass_emergencies_place_id"), "pass_emergencies", ["place_id"], unique=False)
    op.create_table(
        "pass_gates",
        sa.Column("id", Id, nullable=False),
        sa.Column("place_id", Id, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("direction", sa.String(length=4), nullable=False),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"], ["pass_places.id"], name=op.f("fk_pass_gates_place_id_pass_places")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pass_gates")),
        sa.UniqueConstraint("place_id", "code", name=op.f("uq_pass_gates_place_id_code")),
    )
    op.create_table(
        "pass_members",
        sa.Column("id", Id, nullable=False),
        sa.Column("place_id", Id, nullable=False),
        sa.Column("contact_ref", sa.String(length=22), nullable=False),
        sa.Column("citizen_ref", sa.String(length=22), nullable=True),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_hint_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=6), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=True),
        sa.Column("valid_until", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"], ["pass_places.id"], name=op.f("fk_pass_members_place_id_pass_places")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pass_members")),
        sa.UniqueConstraint("place_id", "contact_ref", name=op.f("uq_pass_members_place_id_contact_ref")),
    )
    op.create_index(
        op.f("ix_pass_members_citizen_ref_place_id"),
        "pass_members",
        ["citizen_ref", "place_id"],
        unique=False,
    )
    op.create_index(op.f("ix_pass_members_contact_ref"), "pass_members", ["contact_ref"], unique=False)
    op.create_index(op.f("ix_pass_members_revoked_at"), "pass_members", ["revoked_at"], unique=False)
    op.create_index(op.f("ix_pass_members_valid_until"), "pass_members", ["valid_until"], unique=False)
    op.create_table(
        "pass_passages",
        sa.Column("id", Id, nullable=False),
        sa.Column("place_id", Id, nullable=False),
        sa.Column("gate_id", Id, nullable=False),
        sa.Column("citizen_ref", sa.String(length=22), nullable=False),
        sa.Column("member_id", Id, nullable=True),
        sa.Column("invitation_id", Id, nullable=True),
        sa.Column("inward", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=20), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"], ["pass_places.id"], name=op.f("fk_pass_passages_place_id_pass_places")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pass_passages")),
    )
    op.create_index(
        op.f("ix_pass_passages_citizen_ref_id"), "pass_passages", ["citizen_ref", "id"], unique=False
    )
    op.create_index(op.f("ix_pass_passages_place_id_id"), "pass_passages", ["place_id", "id"], unique=False)
    op.create_index(
        op.f("ix_pass_passages_place_id_occurred_at"),
        "pass_passages",
        ["place_id", "occurred_at"],
        unique=False,
    )
    op.create_table(
        "pass_presence",
        sa.Column("id", Id, nullable=False),
        sa.Column("place_id", Id, nullable=False),
        sa.Column("citizen_ref", sa.String(length=22), nullable=False),
        sa.Column("inside", sa.Boolean(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("gate_id", Id, nullable=False),
        sa.Column("member_id", Id, nullable=True),
        sa.Column("invitation_id", Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["place_id"], ["pass_places.id"], name=op.f("fk_pass_presence_place_id_pass_places")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pass_presence")),
        sa.UniqueConstraint("place_id", "citizen_ref", name=op.f("uq_pass_presence_place_id_citizen_ref")),
    )
    op.create_index(
        op.f("ix_pass_presence_place_id_inside_since"),
        "pass_presence",
        ["place_id", "inside", "since"],
        unique=False,
    )
    op.create_table(
        "pass_accounted",
        sa.Column("emergency_id", Id, nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["emergency_id"],
            ["pass_emergencies.id"],
            name=op.f("fk_pass_accounted_emergency_id_pass_emergencies"),
        ),
        sa.PrimaryKeyConstraint("emergency_id", "person_id", name=op.f("pk_pass_accounted")),
    )
    op.create_index(op.f("ix_pass_accounted_at"), "pass_accounted", ["at"], unique=False)
    op.create_table(
        "pass_gate_kiosks",
        sa.Column("kiosk_id", Id, nullable=False),
        sa.Column("gate_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["gate_id"], ["pass_gates.id"], name=op.f("fk_pass_gate_kiosks_gate_id_pass_gates")
        ),
        sa.PrimaryKeyConstraint("kiosk_id", name=op.f("pk_pass_gate_kiosks")),
    )
    op.create_index(op.f("ix_pass_gate_kiosks_gate_id"), "pass_gate_kiosks", ["gate_id"], unique=False)
    op.create_table(
        "pass_invitations",
        sa.Column("id", Id, nullable=False),
        sa.Column("place_id", Id, nullable=False),
        sa.Column("host_id", Id, nullable=False),
        sa.Column("contact_ref", sa.String(length=22), nullable=False),
        sa.Column("citizen_ref", sa.String(length=22), nullable=True),
        sa.Column("guest_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_hint_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("purpose_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("plate_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("entries_allowed", sa.SmallInteger(), nullable=True),
        sa.Column("entries_used", sa.Integer(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["host_id"], ["pass_members.id"], name=op.f("fk_pass_invitations_host_id_pass_members")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["pass_places.id"], name=op.f("fk_pass_invitations_place_id_pass_places")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pass_invitations")),
    )
    op.create_index(
        op.f("ix_pass_invitations_citizen_ref"), "pass_invitations", ["citizen_ref"], unique=False
    )
    op.create_index(
        op.f("ix_pass_invitations_contact_ref"), "pass_invitations", ["contact_ref"], unique=False
    )
    op.create_index(op.f("ix_pass_invitations_ends_at"), "pass_invitations", ["ends_at"], unique=False)
    op.create_index(
        op.f("ix_pass_invitations_host_id_id"), "pass_invitations", ["host_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_pass_invitations_place_id_citizen_ref"),
        "pass_invitations",
        ["place_id", "citizen_ref"],
        unique=False,
    )
    op.create_index(
        op.f("ix_pass_invitations_place_id_contact_ref"),
        "pass_invitations",
        ["place_id", "contact_ref"],
        unique=False,
    )
    op.create_index(op.f("ix_pass_invitations_revoked_at"), "pass_invitations", ["revoked_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_pass_invitations_revoked_at"), table_name="pass_invitations")
    op.drop_index(op.f("ix_pass_invitations_place_id_contact_ref"), table_name="pass_invitations")
    op.drop_index(op.f("ix_pass_invitations_place_id_citizen_ref"), table_name="pass_invitations")
    op.drop_index(op.f("ix_pass_invitations_host_id_id"), table_name="pass_invitations")
    op.drop_index(op.f("ix_pass_invitations_ends_at"), table_name="pass_invitations")
    op.drop_index(op.f("ix_pass_invitations_contact_ref"), table_name="pass_invitations")
    op.drop_index(op.f("ix_pass_invitations_citizen_ref"), table_name="pass_invitations")
    op.drop_table("pass_invitations")
    op.drop_index(op.f("ix_pass_gate_kiosks_gate_id"), table_name="pass_gate_kiosks")
    op.drop_table("pass_gate_kiosks")
    op.drop_index(op.f("ix_pass_accounted_at"), table_name="pass_accounted")
    op.drop_table("pass_accounted")
    op.drop_index(op.f("ix_pass_presence_place_id_inside_since"), table_name="pass_presence")
    op.drop_table("pass_presence")
    op.drop_index(op.f("ix_pass_passages_place_id_occurred_at"), table_name="pass_passages")
    op.drop_index(op.f("ix_pass_passages_place_id_id"), table_name="pass_passages")
    op.drop_index(op.f("ix_pass_passages_citizen_ref_id"), table_name="pass_passages")
    op.drop_table("pass_passages")
    op.drop_index(op.f("ix_pass_members_valid_until"), table_name="pass_members")
    op.drop_index(op.f("ix_pass_members_revoked_at"), table_name="pass_members")
    op.drop_index(op.f("ix_pass_members_contact_ref"), table_name="pass_members")
    op.drop_index(op.f("ix_pass_members_citizen_ref_place_id"), table_name="pass_members")
    op.drop_table("pass_members")
    op.drop_table("pass_gates")
    op.drop_index(op.f("ix_pass_emergencies_place_id"), table_name="pass_emergencies")
    op.drop_table("pass_emergencies")
    op.drop_index(
        "uq_pass_claims_waiting",
        table_name="pass_claims",
        sqlite_where=sa.text("status = 'waiting'"),
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.drop_index(op.f("ix_pass_claims_place_id_status"), table_name="pass_claims")
    op.drop_index(op.f("ix_pass_claims_decided_at"), table_name="pass_claims")
    op.drop_index(op.f("ix_pass_claims_citizen_ref"), table_name="pass_claims")
    op.drop_table("pass_claims")
    op.drop_table("pass_places")
