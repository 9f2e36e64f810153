"""Looks at lists of people, by others than staff too; citizens as actors in the audit log."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

from citizen_app.storage.append_only import append_only_statements, drop_append_only_statements
from citizen_app.storage.columns import Id, Json, UtcDateTime

revision = "core_0005"
down_revision = "core_0004"
branch_labels = None
depends_on = None

KIND: Final = "ck_audit_events_actor_kind"
RESULT: Final = "ck_audit_events_result"
SEEN_KEY: Final = ("look_id", "subject_key")


def upgrade() -> None:
    _let_looks_be_of_many(True)
    op.create_table(
        "usage_looks_seen",
        sa.Column("look_id", Id, nullable=False),
        sa.Column("subject_key", Id, nullable=False),
        sa.PrimaryKeyConstraint("look_id", "subject_key", name=op.f("pk_usage_looks_seen")),
    )
    op.create_index(
        op.f("ix_usage_looks_seen_subject_key_look_id"), "usage_looks_seen", ["subject_key", "look_id"]
    )
    for statement in append_only_statements("usage_looks_seen", op.get_bind().dialect.name, SEEN_KEY):
        op.execute(statement)
    op.create_table(
        "usage_looks_waiting",
        sa.Column("person_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("look_id", Id, nullable=False),
        sa.PrimaryKeyConstraint("person_index", "look_id", name=op.f("pk_usage_looks_waiting")),
    )
    op.create_index(op.f("ix_usage_looks_waiting_look_id"), "usage_looks_waiting", ["look_id"])
    _name_actors("staff", "citizen", "command", "system")


def downgrade() -> None:
    """The version before knows one person for each look and no citizen who acts: looks at lists go, such acts
    are the system's."""
    dialect = op.get_bind().dialect.name
    for table in ("audit_events", "usage_looks"):
        for statement in drop_append_only_statements(table, dialect):
            op.execute(statement)
    op.execute("UPDATE audit_events SET actor_kind = 'system' WHERE actor_kind = 'citizen'")
    op.execute("DELETE FROM usage_looks WHERE subject_key IS NULL OR staff_id IS NULL")
    for table in ("audit_events", "usage_looks"):
        for statement in append_only_statements(table, dialect):
            op.execute(statement)
    _name_actors("staff", "command", "system")
    op.drop_index(op.f("ix_usage_looks_waiting_look_id"), table_name="usage_looks_waiting")
    op.drop_table("usage_looks_waiting")
    for statement in drop_append_only_statements("usage_looks_seen", dialect):
        op.execute(statement)
    op.drop_index(op.f("ix_usage_looks_seen_subject_key_look_id"), table_name="usage_looks_seen")
    op.drop_table("usage_looks_seen")
    _let_looks_be_of_many(False)


def _let_looks_be_of_many(many: bool) -> None:
    with op.batch_alter_table("usage_looks") as looks:
        looks.alter_column("subject_key", existing_type=Id, nullable=many)
        looks.alter_column("staff_id", existing_type=Id, nullable=many)
        for name in ("reason_en_sealed", "reader_sealed"):
            if many:
                looks.add_column(sa.Column(name, sa.LargeBinary(), nullable=True))
            else:
                looks.drop_column(name)
    _guard_anew("usage_looks")


def _name_actors(*kinds: str) -> None:
    """Replace the rule of who acts; SQLite makes the table anew for it."""
    names = ", ".join(f"'{kind}'" for kind in kinds)
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f(KIND), "audit_events", type_="check")
        op.create_check_constraint(op.f(KIND), "audit_events", f"actor_kind IN ({names})")
        return
    with op.batch_alter_table("audit_events", copy_from=_audit_events(names), recreate="always"):
        pass
    _guard_anew("audit_events")


def _guard_anew(table: str) -> None:
    """A table that SQLite has made anew has lost its triggers."""
    if op.get_bind().dialect.name == "sqlite":
        for statement in append_only_statements(table, "sqlite"):
            op.execute(statement)


def _audit_events(kinds: str) -> sa.Table:
    return sa.Table(
        "audit_events",
        sa.MetaData(),
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
        sa.CheckConstraint(f"actor_kind IN ({kinds})", name=op.f(KIND)),
        sa.CheckConstraint("result IN ('ok', 'refused')", name=op.f(RESULT)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
        sa.Index(op.f("ix_audit_events_actor_id"), "actor_id"),
        sa.Index(op.f("ix_audit_events_target_kind_target_id"), "target_kind", "target_id"),
    )
