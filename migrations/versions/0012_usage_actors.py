"""Who acted for the citizen of a usage event."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.storage.append_only import append_only_statements, drop_append_only_statements
from citizen_app.storage.columns import Id, Json

revision = "core_0012"
down_revision = "core_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "usage_actors",
        sa.Column("event_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("actor_key", Id, nullable=True),
        sa.Column("disclosed", Json, nullable=True),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_usage_actors")),
    )
    op.create_index(op.f("ix_usage_actors_actor_key_event_id"), "usage_actors", ["actor_key", "event_id"])
    for statement in append_only_statements("usage_actors", op.get_bind().dialect.name, ("event_id",)):
        op.execute(statement)


def downgrade() -> None:
    for statement in drop_append_only_statements("usage_actors", op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_table("usage_actors")
