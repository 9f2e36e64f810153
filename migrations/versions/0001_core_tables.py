"""Core tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app import clock
from citizen_app.storage.append_only import append_only_statements, drop_append_only_statements
from citizen_app.storage.columns import Id, Json, UtcDateTime
from citizen_app.usage import partitions

revision = "core_0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("audit_events", "usage_events", "usage_marks")


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("id", Id, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_kind", sa.String(length=10), nullable=False),
        sa.Column("actor_id", sa.String(length=40), nullable=True),
        sa.Column("actor_name", sa.String(length=60), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("target_kind", sa.String(length=30), nullable=False),
        sa.Column("target_id", sa.String(length=60), nullable=True),
        sa.Column("result", sa.String(length=10), nullable=False),
        sa.Column("details", Json, nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "actor_kind IN ('staff', 'command', 'system')", name=op.f("ck_audit_events_actor_kind")
        ),
        sa.CheckConstraint("result IN ('ok', 'refused')", name=op.f("ck_audit_events_result")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    op.create_index(op.f("ix_audit_events_actor_id"), "audit_events", ["actor_id"], unique=False)
    op.create_index(
        op.f("ix_audit_events_target_kind_target_id"),
        "audit_events",
        ["target_kind", "target_id"],
        unique=False,
    )
    op.create_table(
        "citizens",
        sa.Column("id", Id, nullable=False),
        sa.Column("subject_number", sa.BigInteger(), nullable=False),
        sa.Column("log_key", Id, nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_index", sa.LargeBinary(length=32), nullable=True),
        sa.Column("assurance_level", sa.SmallInteger(), nullable=False),
        sa.Column("fare_class", sa.SmallInteger(), nullable=False),
        sa.Column("age_band", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("status IN ('active', 'suspended')", name=op.f("ck_citizens_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citizens")),
        sa.UniqueConstraint("id_number_index", name=op.f("uq_citizens_id_number_index")),
        sa.UniqueConstraint("log_key", name=op.f("uq_citizens_log_key")),
        sa.UniqueConstraint("phone_index", name=op.f("uq_citizens_phone_index")),
        sa.UniqueConstraint("subject_number", name=op.f("uq_citizens_subject_number")),
    )
    op.create_table(
        "job_runs",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("next_run_at", UtcDateTime(), nullable=False),
        sa.Column("holder", Id, nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("last_started", UtcDateTime(), nullable=True),
        sa.Column("last_finished", UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.String(length=200), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_runs")),
    )
    op.create_table(
        "kiosk_placements",
        sa.Column("id", Id, nullable=False),
        sa.Column("kiosk_id", Id, nullable=False),
        sa.Column("place_zh", sa.String(length=80), nullable=False),
        sa.Column("place_en", sa.String(length=160), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kiosk_placements")),
    )
    op.create_index(op.f("ix_kiosk_placements_kiosk_id"), "kiosk_placements", ["kiosk_id"], unique=False)
    op.create_table(
        "otp_challenges",
        sa.Column("id", Id, nullable=False),
        sa.Column("phone_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("otp_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_otp_challenges")),
    )
    op.create_index(op.f("ix_otp_challenges_expires_at"), "otp_challenges", ["expires_at"], unique=False)
    op.create_index(
        "ix_otp_challenges_phone_index_created_at",
        "otp_challenges",
        ["phone_index", "created_at"],
        unique=False,
    )
    op.create_table(
        "outbox_messages",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("payload_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", UtcDateTime(), nullable=False),
        sa.Column("give_up_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.String(length=200), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'given_up')", name=op.f("ck_outbox_messages_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_messages")),
    )
    op.create_index(
        "ix_outbox_messages_state_next_attempt_at",
        "outbox_messages",
        ["state", "next_attempt_at"],
        unique=False,
    )
    op.create_table(
        "replay_claims",
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("usage_id", Id, nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("placement_id", Id, nullable=False),
        sa.Column("claimed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("expires_on", "key", name=op.f("pk_replay_claims")),
    )
    op.create_table(
        "revoked_sessions",
        sa.Column("session_id", Id, nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_revoked_sessions")),
    )
    op.create_index(op.f("ix_revoked_sessions_until"), "revoked_sessions", ["until"], unique=False)
    op.create_table(
        "scan_answers",
        sa.Column("kiosk_id", Id, nullable=False),
        sa.Column("scan_id", Id, nullable=False),
        sa.Column("usage_id", Id, nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("answer", Json, nullable=False),
        sa.Column("waiting", Json, nullable=True),
        sa.Column("waiting_until", UtcDateTime(), nullable=True),
        sa.Column("input_digest", sa.LargeBinary(length=32), nullable=True),
        sa.PrimaryKeyConstraint("kiosk_id", "scan_id", name=op.f("pk_scan_answers")),
    )
    op.create_index(op.f("ix_scan_answers_usage_id"), "scan_answers", ["usage_id"], unique=True)
    op.create_table(
        "service_states",
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("granted_scopes", Json, nullable=False),
        sa.Column("settings", Json, nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("service", name=op.f("pk_service_states")),
    )
    op.create_table(
        "signing_keys",
        sa.Column("kid", sa.LargeBinary(length=4), nullable=False),
        sa.Column("use", sa.String(length=10), nullable=False),
        sa.Column("algorithm", sa.SmallInteger(), nullable=False),
        sa.Column("public_jwk", Json, nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sealing_key_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("activate_at", UtcDateTime(), nullable=False),
        sa.Column("disabled_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_signing_keys")),
    )
    op.create_table(
        "staff",
        sa.Column("id", Id, nullable=False),
        sa.Column("username", sa.String(length=40), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("totp_last_step", sa.Integer(), nullable=False),
        sa.Column("failed_attempts", sa.Integer(), nullable=False),
        sa.Column("locked_until", UtcDateTime(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_signed_in_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('active', 'disabled')", name=op.f("ck_staff_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("username", name=op.f("uq_staff_username")),
    )
    op.create_table(
        "staff_roles",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("title_zh", sa.String(length=40), nullable=False),
        sa.Column("title_en", sa.String(length=80), nullable=False),
        sa.Column("permissions", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_roles")),
    )
    op.create_table(
        "usage_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("decision", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "day", "service", "purpose", "decision", "reason", name=op.f("pk_usage_days")
        ),
    )
    op.create_table(
        "usage_events",
        sa.Column("id", Id, nullable=False),
        sa.Column("subject_key", Id, nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("code_kind", sa.String(length=10), nullable=False),
        sa.Column("decision", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("detail_code", sa.String(length=40), nullable=True),
        sa.Column("kiosk_id", Id, nullable=False),
        sa.Column("placement_id", Id, nullable=False),
        sa.Column("disclosed", Json, nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("continues", Id, nullable=True),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_events")),
        postgresql_partition_by="RANGE (id)",
    )
    op.create_index(
        op.f("ix_usage_events_occurred_at"),
        "usage_events",
        ["occurred_at"],
        unique=False,
        sqlite_where=sa.text("late"),
        postgresql_where=sa.text("late"),
    )
    op.create_index(op.f("ix_usage_events_service_id"), "usage_events", ["service", "id"], unique=False)
    op.create_index(
        op.f("ix_usage_events_subject_key_continues"),
        "usage_events",
        ["subject_key", "continues"],
        unique=False,
        sqlite_where=sa.text("continues IS NOT NULL"),
        postgresql_where=sa.text("continues IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_usage_events_subject_key_id"), "usage_events", ["subject_key", "id"], unique=False
    )
    op.create_table(
        "usage_marks",
        sa.Column("id", Id, nullable=False),
        sa.Column("event_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("details", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_marks")),
    )
    op.create_index(op.f("ix_usage_marks_event_id"), "usage_marks", ["event_id"], unique=False)
    op.create_index(
        "uq_usage_marks_disputed",
        "usage_marks",
        ["event_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'disputed'"),
        postgresql_where=sa.text("kind = 'disputed'"),
    )
    op.create_table(
        "usage_rollups",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("counted_to", Id, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_usage_rollups")),
    )
    op.create_table(
        "watch_versions",
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("topic", name=op.f("pk_watch_versions")),
    )
    op.create_table(
        "citizen_refs",
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("citizen_ref", sa.String(length=22), nullable=False),
        sa.Column("citizen_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["citizen_id"],
            ["citizens.id"],
            name=op.f("fk_citizen_refs_citizen_id_citizens"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("service", "citizen_ref", name=op.f("pk_citizen_refs")),
    )
    op.create_index(
        "ix_citizen_refs_citizen_id_service", "citizen_refs", ["citizen_id", "service"], unique=True
    )
    op.create_table(
        "kiosks",
        sa.Column("id", Id, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("purposes", Json, nullable=False),
        sa.Column("context", Json, nullable=False),
        sa.Column("placement_id", Id, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("activation_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("activation_expires_at", UtcDateTime(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("previous_token_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("previous_token_until", UtcDateTime(), nullable=True),
        sa.Column("public_key", Json, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=60), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(), nullable=True),
        sa.Column("app_version", sa.String(length=40), nullable=True),
        sa.Column("clock_offset_ms", sa.BigInteger(), nullable=True),
        sa.Column("bundle_version", sa.String(length=80), nullable=True),
        sa.Column("journal_seq", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'active', 'revoked')", name=op.f("ck_kiosks_state")),
        sa.CheckConstraint("number > 0", name=op.f("ck_kiosks_number")),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["kiosk_placements.id"], name=op.f("fk_kiosks_placement_id_kiosk_placements")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kiosks")),
        sa.UniqueConstraint("activation_hash", name=op.f("uq_kiosks_activation_hash")),
        sa.UniqueConstraint("number", name=op.f("uq_kiosks_number")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_kiosks_token_hash")),
    )
    op.create_index(op.f("ix_kiosks_previous_token_hash"), "kiosks", ["previous_token_hash"], unique=False)
    op.create_index(op.f("ix_kiosks_service"), "kiosks", ["service"], unique=False)
    op.create_table(
        "sign_in_sessions",
        sa.Column("id", Id, nullable=False),
        sa.Column("citizen_id", Id, nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("rotated_at", UtcDateTime(), nullable=False),
        sa.Column("authenticated_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["citizen_id"],
            ["citizens.id"],
            name=op.f("fk_sign_in_sessions_citizen_id_citizens"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_sessions")),
    )
    op.create_index(op.f("ix_sign_in_sessions_citizen_id"), "sign_in_sessions", ["citizen_id"], unique=False)
    op.create_index(op.f("ix_sign_in_sessions_expires_at"), "sign_in_sessions", ["expires_at"], unique=False)
    op.create_table(
        "staff_role_grants",
        sa.Column("id", Id, nullable=False),
        sa.Column("staff_id", Id, nullable=False),
        sa.Column("role_id", sa.String(length=40), nullable=False),
        sa.Column("service", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["role_id"], ["staff_roles.id"], name=op.f("fk_staff_role_grants_role_id_staff_roles")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_role_grants_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_role_grants")),
        sa.UniqueConstraint(
            "staff_id", "role_id", "service", name=op.f("uq_staff_role_grants_staff_id_role_id_service")
        ),
    )
    op.create_index(op.f("ix_staff_role_grants_staff_id"), "staff_role_grants", ["staff_id"], unique=False)
    op.create_table(
        "staff_sessions",
        sa.Column("id", Id, nullable=False),
        sa.Column("staff_id", Id, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_sessions_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_sessions_token_hash")),
    )
    op.create_index(op.f("ix_staff_sessions_expires_at"), "staff_sessions", ["expires_at"], unique=False)
    op.create_index(op.f("ix_staff_sessions_staff_id"), "staff_sessions", ["staff_id"], unique=False)
    op.create_table(
        "staff_tokens",
        sa.Column("id", Id, nullable=False),
        sa.Column("staff_id", Id, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("permissions", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("last_used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_tokens_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_tokens_token_hash")),
    )
    op.create_index(op.f("ix_staff_tokens_staff_id"), "staff_tokens", ["staff_id"], unique=False)
    op.create_table(
        "kiosk_counters",
        sa.Column("kiosk_id", Id, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name=op.f("fk_kiosk_counters_kiosk_id_kiosks")),
        sa.PrimaryKeyConstraint("kiosk_id", "day", "reason", name=op.f("pk_kiosk_counters")),
    )
    connection = op.get_bind()
    for table in APPEND_ONLY:
        for statement in append_only_statements(table, connection.dialect.name):
            op.execute(statement)
    partitions.ensure_partitions(connection, clock.now())


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for table in APPEND_ONLY:
        for statement in drop_append_only_statements(table, dialect):
            op.execute(statement)
    op.drop_table("kiosk_counters")
    op.drop_index(op.f("ix_staff_tokens_staff_id"), table_name="staff_tokens")
    op.drop_table("staff_tokens")
    op.drop_index(op.f("ix_staff_sessions_staff_id"), table_name="staff_sessions")
    op.drop_index(op.f("ix_staff_sessions_expires_at"), table_name="staff_sessions")
    op.drop_table("staff_sessions")
    op.drop_index(op.f("ix_staff_role_grants_staff_id"), table_name="staff_role_grants")
    op.drop_table("staff_role_grants")
    op.drop_index(op.f("ix_sign_in_sessions_expires_at"), table_name="sign_in_sessions")
    op.drop_index(op.f("ix_sign_in_sessions_citizen_id"), table_name="sign_in_sessions")
    op.drop_table("sign_in_sessions")
    op.drop_index(op.f("ix_kiosks_service"), table_name="kiosks")
    op.drop_index(op.f("ix_kiosks_previous_token_hash"), table_name="kiosks")
    op.drop_table("kiosks")
    op.drop_index("ix_citizen_refs_citizen_id_service", table_name="citizen_refs")
    op.drop_table("citizen_refs")
    op.drop_table("watch_versions")
    op.drop_table("usage_rollups")
    op.drop_index(
        "uq_usage_marks_disputed",
        table_name="usage_marks",
        sqlite_where=sa.text("kind = 'disputed'"),
        postgresql_where=sa.text("kind = 'disputed'"),
    )
    op.drop_index(op.f("ix_usage_marks_event_id"), table_name="usage_marks")
    op.drop_table("usage_marks")
    op.drop_index(op.f("ix_usage_events_subject_key_id"), table_name="usage_events")
    op.drop_index(
        op.f("ix_usage_events_subject_key_continues"),
        table_name="usage_events",
        sqlite_where=sa.text("continues IS NOT NULL"),
        postgresql_where=sa.text("continues IS NOT NULL"),
    )
    op.drop_index(op.f("ix_usage_events_service_id"), table_name="usage_events")
    op.drop_index(
        op.f("ix_usage_events_occurred_at"),
        table_name="usage_events",
        sqlite_where=sa.text("late"),
        postgresql_where=sa.text("late"),
    )
    op.drop_table("usage_events")
    op.drop_table("usage_days")
    op.drop_table("staff_roles")
    op.drop_table("staff")
    op.drop_table("signing_keys")
    op.drop_table("service_states")
    op.drop_index(op.f("ix_scan_answers_usage_id"), table_name="scan_answers")
    op.drop_table("scan_answers")
    op.drop_index(op.f("ix_revoked_sessions_until"), table_name="revoked_sessions")
    op.drop_table("revoked_sessions")
    op.drop_table("replay_claims")
    op.drop_index("ix_outbox_messages_state_next_attempt_at", table_name="outbox_messages")
    op.drop_table("outbox_messages")
    op.drop_index("ix_otp_challenges_phone_index_created_at", table_name="otp_challenges")
    op.drop_index(op.f("ix_otp_challenges_expires_at"), table_name="otp_challenges")
    op.drop_table("otp_challenges")
    op.drop_index(op.f("ix_kiosk_placements_kiosk_id"), table_name="kiosk_placements")
    op.drop_table("kiosk_placements")
    op.drop_table("job_runs")
    op.drop_table("citizens")
    op.drop_index(op.f("ix_audit_events_target_kind_target_id"), table_name="audit_events")
    op.drop_index(op.f("ix_audit_events_actor_id"), table_name="audit_events")
    op.drop_table("audit_events")
