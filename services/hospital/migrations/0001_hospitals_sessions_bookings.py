"""Hospitals, sessions, bookings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.toolkit.data import Id, Json, UtcDateTime

revision = "hospital_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "hospital_hospitals",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("level_zh", sa.String(length=20), nullable=True),
        sa.Column("level_en", sa.String(length=40), nullable=True),
        sa.Column("telephone", sa.String(length=20), nullable=True),
        sa.Column("patients", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_hospitals")),
        sa.UniqueConstraint("code", name=op.f("uq_hospital_hospitals_code")),
    )
    op.create_table(
        "hospital_moves",
        sa.Column("id", Id, nullable=False),
        sa.Column("subject_id", Id, nullable=False),
        sa.Column("from_state", sa.String(length=24), nullable=False),
        sa.Column("to_state", sa.String(length=24), nullable=False),
        sa.Column("moved_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_moves")),
    )
    op.create_index(op.f("ix_hospital_moves_subject_id"), "hospital_moves", ["subject_id"], unique=False)
    op.create_table(
        "hospital_persons",
        sa.Column("ref", sa.String(length=22), nullable=False),
        sa.Column("shares", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_hospital_persons")),
    )
    op.create_table(
        "hospital_session_moves",
        sa.Column("id", Id, nullable=False),
        sa.Column("subject_id", Id, nullable=False),
        sa.Column("from_state", sa.String(length=24), nullable=False),
        sa.Column("to_state", sa.String(length=24), nullable=False),
        sa.Column("moved_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_session_moves")),
    )
    op.create_index(
        op.f("ix_hospital_session_moves_subject_id"), "hospital_session_moves", ["subject_id"], unique=False
    )
    op.create_table(
        "hospital_ticket_moves",
        sa.Column("id", Id, nullable=False),
        sa.Column("subject_id", Id, nullable=False),
        sa.Column("from_state", sa.String(length=24), nullable=False),
        sa.Column("to_state", sa.String(length=24), nullable=False),
        sa.Column("moved_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_ticket_moves")),
    )
    op.create_index(
        op.f("ix_hospital_ticket_moves_subject_id"), "hospital_ticket_moves", ["subject_id"], unique=False
    )
    op.create_table(
        "hospital_appeals",
        sa.Column("id", Id, nullable=False),
        sa.Column("hospital_id", Id, nullable=False),
        sa.Column("strike_id", Id, nullable=False),
        sa.Column("citizen_ref", sa.String(length=22), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["hospital_id"],
            ["hospital_hospitals.id"],
            name=op.f("fk_hospital_appeals_hospital_id_hospital_hospitals"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_appeals")),
        sa.UniqueConstraint("strike_id", name=op.f("uq_hospital_appeals_strike_id")),
    )
    op.create_index(
        op.f("ix_hospital_appeals_citizen_ref"), "hospital_appeals", ["citizen_ref"], unique=False
    )
    op.create_index(
        op.f("ix_hospital_appeals_hospital_id_state"),
        "hospital_appeals",
        ["hospital_id", "state"],
        unique=False,
    )
    op.create_table(
        "hospital_campuses",
        sa.Column("hospital_id", Id, nullable=False),
        sa.Column("address_zh", sa.String(length=120), nullable=True),
        sa.Column("address_en", sa.String(length=200), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hospital_id"],
            ["hospital_hospitals.id"],
            name=op.f("fk_hospital_campuses_hospital_id_hospital_hospitals"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_campuses")),
    )
    op.create_index(
        op.f("ix_hospital_campuses_hospital_id"), "hospital_campuses", ["hospital_id"], unique=False
    )
    op.create_table(
        "hospital_patients",
        sa.Column("id", Id, nullable=False),
        sa.Column("hospital_id", Id, nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("holder_ref", sa.String(length=22), nullable=False),
        sa.Column("citizen_ref", sa.String(length=22), nullable=True),
        sa.Column("identity_ref", sa.String(length=22), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("document_hint_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("bound_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["hospital_id"],
            ["hospital_hospitals.id"],
            name=op.f("fk_hospital_patients_hospital_id_hospital_hospitals"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_patients")),
        sa.UniqueConstraint(
            "hospital_id", "citizen_ref", name=op.f("uq_hospital_patients_hospital_id_citizen_ref")
        ),
        sa.UniqueConstraint(
            "hospital_id", "identity_ref", name=op.f("uq_hospital_patients_hospital_id_identity_ref")
        ),
        sa.UniqueConstraint("hospital_id", "number", name=op.f("uq_hospital_patients_hospital_id_number")),
    )
    op.create_index(
        op.f("ix_hospital_patients_citizen_ref"), "hospital_patients", ["citizen_ref"], unique=False
    )
    op.create_index(
        op.f("ix_hospital_patients_holder_ref"), "hospital_patients", ["holder_ref"], unique=False
    )
    op.create_index(
        op.f("ix_hospital_patients_identity_ref"), "hospital_patients", ["identity_ref"], unique=False
    )
    op.create_table(
        "hospital_policies",
        sa.Column("hospital_id", Id, nullable=True),
        sa.Column("id", Id, nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("rules", Json, nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hospital_id"],
            ["hospital_hospitals.id"],
            name=op.f("fk_hospital_policies_hospital_id_hospital_hospitals"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_policies")),
        sa.UniqueConstraint("scope", "version", name=op.f("uq_hospital_policies_scope_version")),
    )
    op.create_index(
        op.f("ix_hospital_policies_hospital_id"), "hospital_policies", ["hospital_id"], unique=False
    )
    op.create_table(
        "hospital_strikes",
        sa.Column("hospital_id", Id, nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("citizen_ref", sa.String(length=22), nullable=False),
        sa.Column("subject_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("forgiven_at", UtcDateTime(), nullable=True),
        sa.Column("forgiven_by", sa.String(length=64), nullable=True),
        sa.Column("forgiven_why", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["hospital_id"],
            ["hospital_hospitals.id"],
            name=op.f("fk_hospital_strikes_hospital_id_hospital_hospitals"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_strikes")),
        sa.UniqueConstraint("subject_id", name=op.f("uq_hospital_strikes_subject_id")),
    )
    op.create_index(
        op.f("ix_hospital_strikes_citizen_ref"), "hospital_strikes", ["citizen_ref"], unique=False
    )
    op.create_index(
        op.f("ix_hospital_strikes_hospital_id"), "hospital_strikes", ["hospital_id"], unique=False
    )
    op.create_table(
        "hospital_departments",
        sa.Column("hospital_id", Id, nullable=False),
        sa.Column("campus_id", Id, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("floor", sa.String(length=40), nullable=True),
        sa.Column("symptoms", sa.String(length=400), nullable=False),
        sa.Column("from_age", sa.SmallInteger(), nullable=True),
        sa.Column("below_age", sa.SmallInteger(), nullable=True),
        sa.Column("gender", sa.String(length=6), nullable=True),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campus_id"],
            ["hospital_campuses.id"],
            name=op.f("fk_hospital_departments_campus_id_hospital_campuses"),
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id"],
            ["hospital_hospitals.id"],
            name=op.f("fk_hospital_departments_hospital_id_hospital_hospitals"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_departments")),
    )
    op.create_index(
        op.f("ix_hospital_departments_campus_id"), "hospital_departments", ["campus_id"], unique=False
    )
    op.create_index(
        op.f("ix_hospital_departments_hospital_id"), "hospital_departments", ["hospital_id"], unique=False
    )
    op.create_table(
        "hospital_doctors",
        sa.Column("hospital_id", Id, nullable=False),
        sa.Column("department_id", Id, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=16), nullable=False),
        sa.Column("skills_zh", sa.String(length=200), nullable=True),
        sa.Column("skills_en", sa.String(length=400), nullable=True),
        sa.Column("staff_name", sa.String(length=64), nullable=True),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["hospital_departments.id"],
            name=op.f("fk_hospital_doctors_department_id_hospital_departments"),
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id"],
            ["hospital_hospitals.id"],
            name=op.f("fk_hospital_doctors_hospital_id_hospital_hospitals"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_doctors")),
    )
    op.create_index(
        op.f("ix_hospital_doctors_department_id"), "hospital_doctors", ["department_id"], unique=False
    )
    op.create_index(
        op.f("ix_hospital_doctors_hospital_id"), "hospital_doctors", ["hospital_id"], unique=False
    )
    op.create_index(op.f("ix_hospital_doctors_staff_name"), "hospital_doctors", ["staff_name"], unique=False)
    op.create_table(
        "hospital_referrals",
        sa.Column("id", Id, nullable=False),
        sa.Column("hospital_id", Id, nullable=False),
        sa.Column("to_hospital_id", Id, nullable=False),
        sa.Column("to_department_id", Id, nullable=False),
        sa.Column("patient_id", Id, nullable=False),
        sa.Column("citizen_ref", sa.String(length=22), nullable=True),
        sa.Column("booking_id", Id, nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hospital_id"],
            ["hospital_hospitals.id"],
            name=op.f("fk_hospital_referrals_hospital_id_hospital_hospitals"),
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["hospital_patients.id"],
            name=op.f("fk_hospital_referrals_patient_id_hospital_patients"),
        ),
        sa.ForeignKeyConstraint(
            ["to_department_id"],
            ["hospital_departments.id"],
            name=op.f("fk_hospital_referrals_to_department_id_hospital_departments"),
        ),
        sa.ForeignKeyConstraint(
            ["to_hospital_id"],
            ["hospital_hospitals.id"],
            name=op.f("fk_hospital_referrals_to_hospital_id_hospital_hospitals"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_referrals")),
    )
    op.create_index(
        op.f("ix_hospital_referrals_citizen_ref"), "hospital_referrals", ["citizen_ref"], unique=False
    )
    op.create_index(
        op.f("ix_hospital_referrals_hospital_id"), "hospital_referrals", ["hospital_id"], unique=False
    )
    op.create_index(
        op.f("ix_hospital_referrals_patient_id"), "hospital_referrals", ["patient_id"], unique=False
    )
    op.create_index(
        op.f("ix_hospital_referrals_to_hospital_id_state"),
        "hospital_referrals",
        ["to_hospital_id", "state"],
        unique=False,
    )
    op.create_table(
        "hospital_closures",
        sa.Column("hospital_id", Id, nullable=False),
        sa.Column("department_id", Id, nullable=True),
        sa.Column("doctor_id", Id, nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("segment", sa.String(length=10), nullable=True),
        sa.Column("reason_zh", sa.String(length=80), nullable=True),
        sa.Column("reason_en", sa.String(length=160), nullable=True),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.Column("id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["hospital_departments.id"],
            name=op.f("fk_hospital_closures_department_id_hospital_departments"),
        ),
        sa.ForeignKeyConstraint(
            ["doctor_id"],
            ["hospital_doctors.id"],
            name=op.f("fk_hospital_closures_doctor_id_hospital_doctors"),
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id"],
            ["hospital_hospitals.id"],
            name=op.f("fk_hospital_closures_hospital_id_hospital_hospitals"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_closures")),
    )
    op.create_index(
        op.f("ix_hospital_closures_hospital_id"), "hospital_closures", ["hospital_id"], unique=False
    )
    op.create_table(
        "hospital_templates",
        sa.Column("hospital_id", Id, nullable=False),
        sa.Column("department_id", Id, nullable=False),
        sa.Column("doctor_id", Id, nullable=True),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("segment", sa.String(length=10), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("slot_minutes", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("room", sa.String(length=40), nullable=True),
        sa.Column("fee", sa.Integer(), nullable=False),
        sa.Column("app_places", sa.SmallInteger(), nullable=False),
        sa.Column("window_places", sa.SmallInteger(), nullable=False),
        sa.Column("follow_up_places", sa.SmallInteger(), nullable=False),
        sa.Column("referral_places", sa.SmallInteger(), nullable=False),
        sa.Column("gives_back_hours", sa.SmallInteger(), nullable=False),
        sa.Column("days", sa.String(length=8), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["hospital_departments.id"],
            name=op.f("fk_hospital_templates_department_id_hospital_departments"),
        ),
        sa.ForeignKeyConstraint(
            ["doctor_id"],
            ["hospital_doctors.id"],
            name=op.f("fk_hospital_templates_doctor_id_hospital_doctors"),
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id"],
            ["hospital_hospitals.id"],
            name=op.f("fk_hospital_templates_hospital_id_hospital_hospitals"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_templates")),
    )
    op.create_index(
        op.f("ix_hospital_templates_department_id"), "hospital_templates", ["department_id"], unique=False
    )
    op.create_index(
        op.f("ix_hospital_templates_doctor_id"), "hospital_templates", ["doctor_id"], unique=False
    )
    op.create_index(
        op.f("ix_hospital_templates_hospital_id"), "hospital_templates", ["hospital_id"], unique=False
    )
    op.create_table(
        "hospital_sessions",
        sa.Column("id", Id, nullable=False),
        sa.Column("hospital_id", Id, nullable=False),
        sa.Column("campus_id", Id, nullable=False),
        sa.Column("department_id", Id, nullable=False),
        sa.Column("doctor_id", Id, nullable=True),
        sa.Column("template_id", Id, nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("segment", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("slot_minutes", sa.SmallInteger(), nullable=False),
        sa.Column("room", sa.String(length=40), nullable=True),
        sa.Column("fee", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("opens_at", UtcDateTime(), nullable=False),
        sa.Column("policy_id", Id, nullable=True),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("stopped_zh", sa.String(length=80), nullable=True),
        sa.Column("stopped_en", sa.String(length=160), nullable=True),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campus_id"],
            ["hospital_campuses.id"],
            name=op.f("fk_hospital_sessions_campus_id_hospital_campuses"),
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["hospital_departments.id"],
            name=op.f("fk_hospital_sessions_department_id_hospital_departments"),
        ),
        sa.ForeignKeyConstraint(
            ["doctor_id"],
            ["hospital_doctors.id"],
            name=op.f("fk_hospital_sessions_doctor_id_hospital_doctors"),
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id"],
            ["hospital_hospitals.id"],
            name=op.f("fk_hospital_sessions_hospital_id_hospital_hospitals"),
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"],
            ["hospital_policies.id"],
            name=op.f("fk_hospital_sessions_policy_id_hospital_policies"),
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["hospital_templates.id"],
            name=op.f("fk_hospital_sessions_template_id_hospital_templates"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_sessions")),
        sa.UniqueConstraint("template_id", "day", name=op.f("uq_hospital_sessions_template_id_day")),
    )
    op.create_index(
        op.f("ix_hospital_sessions_department_id_day"),
        "hospital_sessions",
        ["department_id", "day"],
        unique=False,
    )
    op.create_index(
        op.f("ix_hospital_sessions_doctor_id_day"), "hospital_sessions", ["doctor_id", "day"], unique=False
    )
    op.create_index(
        op.f("ix_hospital_sessions_hospital_id_day"),
        "hospital_sessions",
        ["hospital_id", "day"],
        unique=False,
    )
    op.create_index(
        op.f("ix_hospital_sessions_state_day"), "hospital_sessions", ["state", "day"], unique=False
    )
    op.create_table(
        "hospital_pools",
        sa.Column("session_id", Id, nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("gives_back_at", UtcDateTime(), nullable=True),
        sa.Column("id", Id, nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("opens_at", UtcDateTime(), nullable=True),
        sa.Column("closes_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_hospital_pools_capacity_not_negative")),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_hospital_pools_taken_not_negative")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["hospital_sessions.id"],
            name=op.f("fk_hospital_pools_session_id_hospital_sessions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_pools")),
        sa.UniqueConstraint(
            "session_id", "channel", "starts_at", name=op.f("uq_hospital_pools_session_id_channel_starts_at")
        ),
    )
    op.create_index(
        op.f("ix_hospital_pools_gives_back_at"), "hospital_pools", ["gives_back_at"], unique=False
    )
    op.create_table(
        "hospital_tickets",
        sa.Column("id", Id, nullable=False),
        sa.Column("session_id", Id, nullable=False),
        sa.Column("booking_id", Id, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("room", sa.String(length=40), nullable=True),
        sa.Column("calls", sa.SmallInteger(), nullable=False),
        sa.Column("missed", sa.SmallInteger(), nullable=False),
        sa.Column("arrived_at", UtcDateTime(), nullable=False),
        sa.Column("called_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["hospital_sessions.id"],
            name=op.f("fk_hospital_tickets_session_id_hospital_sessions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_tickets")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_hospital_tickets_booking_id")),
        sa.UniqueConstraint("session_id", "number", name=op.f("uq_hospital_tickets_session_id_number")),
    )
    op.create_index(
        op.f("ix_hospital_tickets_session_id_state_rank_place"),
        "hospital_tickets",
        ["session_id", "state", "rank", "place"],
        unique=False,
    )
    op.create_table(
        "hospital_bookings",
        sa.Column("hospital_id", Id, nullable=False),
        sa.Column("patient_id", Id, nullable=False),
        sa.Column("session_id", Id, nullable=False),
        sa.Column("department_id", Id, nullable=False),
        sa.Column("doctor_id", Id, nullable=True),
        sa.Column("number", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("policy_id", Id, nullable=True),
        sa.Column("booked_by", sa.String(length=10), nullable=False),
        sa.Column("fee", sa.Integer(), nullable=False),
        sa.Column("pays", sa.String(length=8), nullable=False),
        sa.Column("paid", sa.Integer(), nullable=False),
        sa.Column("refunded", sa.Integer(), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("charge_id", Id, nullable=True),
        sa.Column("order_id", Id, nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("reminded_at", UtcDateTime(), nullable=True),
        sa.Column("checked_in_at", UtcDateTime(), nullable=True),
        sa.Column("id", Id, nullable=False),
        sa.Column("citizen_ref", sa.String(length=22), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("hold_state", sa.String(length=10), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("held_at", UtcDateTime(), nullable=False),
        sa.Column("pool_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["hospital_departments.id"],
            name=op.f("fk_hospital_bookings_department_id_hospital_departments"),
        ),
        sa.ForeignKeyConstraint(
            ["doctor_id"],
            ["hospital_doctors.id"],
            name=op.f("fk_hospital_bookings_doctor_id_hospital_doctors"),
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id"],
            ["hospital_hospitals.id"],
            name=op.f("fk_hospital_bookings_hospital_id_hospital_hospitals"),
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["hospital_patients.id"],
            name=op.f("fk_hospital_bookings_patient_id_hospital_patients"),
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"],
            ["hospital_policies.id"],
            name=op.f("fk_hospital_bookings_policy_id_hospital_policies"),
        ),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["hospital_pools.id"], name=op.f("fk_hospital_bookings_pool_id_hospital_pools")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["hospital_sessions.id"],
            name=op.f("fk_hospital_bookings_session_id_hospital_sessions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_bookings")),
    )
    op.create_index(
        op.f("ix_hospital_bookings_citizen_ref"), "hospital_bookings", ["citizen_ref"], unique=False
    )
    op.create_index(
        op.f("ix_hospital_bookings_expires_at"), "hospital_bookings", ["expires_at"], unique=False
    )
    op.create_index(
        op.f("ix_hospital_bookings_hospital_id_number"),
        "hospital_bookings",
        ["hospital_id", "number"],
        unique=True,
    )
    op.create_index(op.f("ix_hospital_bookings_order_id"), "hospital_bookings", ["order_id"], unique=False)
    op.create_index(
        op.f("ix_hospital_bookings_patient_id_day"), "hospital_bookings", ["patient_id", "day"], unique=False
    )
    op.create_index(op.f("ix_hospital_bookings_pool_id"), "hospital_bookings", ["pool_id"], unique=False)
    op.create_index(
        op.f("ix_hospital_bookings_session_id_state"),
        "hospital_bookings",
        ["session_id", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_hospital_bookings_state_day"), "hospital_bookings", ["state", "day"], unique=False
    )
    op.create_index(
        "uq_hospital_bookings_active",
        "hospital_bookings",
        ["citizen_ref", "department_id", "day"],
        unique=True,
        sqlite_where=sa.text("hold_state IN ('held', 'confirmed')"),
        postgresql_where=sa.text("hold_state IN ('held', 'confirmed')"),
    )
    op.create_table(
        "hospital_waits",
        sa.Column("session_id", Id, nullable=False),
        sa.Column("patient_id", Id, nullable=False),
        sa.Column("booked_by", sa.String(length=10), nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("citizen_ref", sa.String(length=22), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("wait_state", sa.String(length=8), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.Column("hold_id", Id, nullable=True),
        sa.Column("pool_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["hospital_patients.id"],
            name=op.f("fk_hospital_waits_patient_id_hospital_patients"),
        ),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["hospital_pools.id"], name=op.f("fk_hospital_waits_pool_id_hospital_pools")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["hospital_sessions.id"],
            name=op.f("fk_hospital_waits_session_id_hospital_sessions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_waits")),
    )
    op.create_index(op.f("ix_hospital_waits_citizen_ref"), "hospital_waits", ["citizen_ref"], unique=False)
    op.create_index(op.f("ix_hospital_waits_hold_id"), "hospital_waits", ["hold_id"], unique=False)
    op.create_index(op.f("ix_hospital_waits_pool_id"), "hospital_waits", ["pool_id"], unique=False)
    op.create_index(
        op.f("ix_hospital_waits_session_id_citizen_ref"),
        "hospital_waits",
        ["session_id", "citizen_ref"],
        unique=False,
    )
    op.create_index(
        "uq_hospital_waits_active",
        "hospital_waits",
        ["pool_id", "citizen_ref"],
        unique=True,
        sqlite_where=sa.text("wait_state IN ('waiting', 'offered')"),
        postgresql_where=sa.text("wait_state IN ('waiting', 'offered')"),
    )
    op.create_table(
        "hospital_reports",
        sa.Column("id", Id, nullable=False),
        sa.Column("hospital_id", Id, nullable=False),
        sa.Column("patient_id", Id, nullable=False),
        sa.Column("booking_id", Id, nullable=True),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("form", sa.String(length=4), nullable=False),
        sa.Column("title_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["hospital_bookings.id"],
            name=op.f("fk_hospital_reports_booking_id_hospital_bookings"),
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id"],
            ["hospital_hospitals.id"],
            name=op.f("fk_hospital_reports_hospital_id_hospital_hospitals"),
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["hospital_patients.id"],
            name=op.f("fk_hospital_reports_patient_id_hospital_patients"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_reports")),
        sa.UniqueConstraint("hospital_id", "source", name=op.f("uq_hospital_reports_hospital_id_source")),
    )
    op.create_index(op.f("ix_hospital_reports_patient_id"), "hospital_reports", ["patient_id"], unique=False)


def downgrade() -> None:
    """Back."""
    op.drop_index(op.f("ix_hospital_reports_patient_id"), table_name="hospital_reports")
    op.drop_table("hospital_reports")
    op.drop_index(
        "uq_hospital_waits_active",
        table_name="hospital_waits",
        sqlite_where=sa.text("wait_state IN ('waiting', 'offered')"),
        postgresql_where=sa.text("wait_state IN ('waiting', 'offered')"),
    )
    op.drop_index(op.f("ix_hospital_waits_session_id_citizen_ref"), table_name="hospital_waits")
    op.drop_index(op.f("ix_hospital_waits_pool_id"), table_name="hospital_waits")
    op.drop_index(op.f("ix_hospital_waits_hold_id"), table_name="hospital_waits")
    op.drop_index(op.f("ix_hospital_waits_citizen_ref"), table_name="hospital_waits")
    op.drop_table("hospital_waits")
    op.drop_index(
        "uq_hospital_bookings_active",
        table_name="hospital_bookings",
        sqlite_where=sa.text("hold_state IN ('held', 'confirmed')"),
        postgresql_where=sa.text("hold_state IN ('held', 'confirmed')"),
    )
    op.drop_index(op.f("ix_hospital_bookings_state_day"), table_name="hospital_bookings")
    op.drop_index(op.f("ix_hospital_bookings_session_id_state"), table_name="hospital_bookings")
    op.drop_index(op.f("ix_hospital_bookings_pool_id"), table_name="hospital_bookings")
    op.drop_index(op.f("ix_hospital_bookings_patient_id_day"), table_name="hospital_bookings")
    op.drop_index(op.f("ix_hospital_bookings_order_id"), table_name="hospital_bookings")
    op.drop_index(op.f("ix_hospital_bookings_hospital_id_number"), table_name="hospital_bookings")
    op.drop_index(op.f("ix_hospital_bookings_expires_at"), table_name="hospital_bookings")
    op.drop_index(op.f("ix_hospital_bookings_citizen_ref"), table_name="hospital_bookings")
    op.drop_table("hospital_bookings")
    op.drop_index(op.f("ix_hospital_tickets_session_id_state_rank_place"), table_name="hospital_tickets")
    op.drop_table("hospital_tickets")
    op.drop_index(op.f("ix_hospital_pools_gives_back_at"), table_name="hospital_pools")
    op.drop_table("hospital_pools")
    op.drop_index(op.f("ix_hospital_sessions_state_day"), table_name="hospital_sessions")
    op.drop_index(op.f("ix_hospital_sessions_hospital_id_day"), table_name="hospital_sessions")
    op.drop_index(op.f("ix_hospital_sessions_doctor_id_day"), table_name="hospital_sessions")
    op.drop_index(op.f("ix_hospital_sessions_department_id_day"), table_name="hospital_sessions")
    op.drop_table("hospital_sessions")
    op.drop_index(op.f("ix_hospital_templates_hospital_id"), table_name="hospital_templates")
    op.drop_index(op.f("ix_hospital_templates_doctor_id"), table_name="hospital_templates")
    op.drop_index(op.f("ix_hospital_templates_department_id"), table_name="hospital_templates")
    op.drop_table("hospital_templates")
    op.drop_index(op.f("ix_hospital_closures_hospital_id"), table_name="hospital_closures")
    op.drop_table("hospital_closures")
    op.drop_index(op.f("ix_hospital_referrals_to_hospital_id_state"), table_name="hospital_referrals")
    op.drop_index(op.f("ix_hospital_referrals_patient_id"), table_name="hospital_referrals")
    op.drop_index(op.f("ix_hospital_referrals_hospital_id"), table_name="hospital_referrals")
    op.drop_index(op.f("ix_hospital_referrals_citizen_ref"), table_name="hospital_referrals")
    op.drop_table("hospital_referrals")
    op.drop_index(op.f("ix_hospital_doctors_staff_name"), table_name="hospital_doctors")
    op.drop_index(op.f("ix_hospital_doctors_hospital_id"), table_name="hospital_doctors")
    op.drop_index(op.f("ix_hospital_doctors_department_id"), table_name="hospital_doctors")
    op.drop_table("hospital_doctors")
    op.drop_index(op.f("ix_hospital_departments_hospital_id"), table_name="hospital_departments")
    op.drop_index(op.f("ix_hospital_departments_campus_id"), table_name="hospital_departments")
    op.drop_table("hospital_departments")
    op.drop_index(op.f("ix_hospital_strikes_hospital_id"), table_name="hospital_strikes")
    op.drop_index(op.f("ix_hospital_strikes_citizen_ref"), table_name="hospital_strikes")
    op.drop_table("hospital_strikes")
    op.drop_index(op.f("ix_hospital_policies_hospital_id"), table_name="hospital_policies")
    op.drop_table("hospital_policies")
    op.drop_index(op.f("ix_hospital_patients_identity_ref"), table_name="hospital_patients")
    op.drop_index(op.f("ix_hospital_patients_holder_ref"), table_name="hospital_patients")
    op.drop_index(op.f("ix_hospital_patients_citizen_ref"), table_name="hospital_patients")
    op.drop_table("hospital_patients")
    op.drop_index(op.f("ix_hospital_campuses_hospital_id"), table_name="hospital_campuses")
    op.drop_table("hospital_campuses")
    op.drop_index(op.f("ix_hospital_appeals_hospital_id_state"), table_name="hospital_appeals")
    op.drop_index(op.f("ix_hospital_appeals_citizen_ref"), table_name="hospital_appeals")
    op.drop_table("hospital_appeals")
    op.drop_index(op.f("ix_hospital_ticket_moves_subject_id"), table_name="hospital_ticket_moves")
    op.drop_table("hospital_ticket_moves")
    op.drop_index(op.f("ix_hospital_session_moves_subject_id"), table_name="hospital_session_moves")
    op.drop_table("hospital_session_moves")
    op.drop_table("hospital_persons")
    op.drop_index(op.f("ix_hospital_moves_subject_id"), table_name="hospital_moves")
    op.drop_table("hospital_moves")
    op.drop_table("hospital_hospitals")
