"""Partners: systems that call a service with a key of their own, and who may hand them out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.storage.columns import Id, Json, UtcDateTime

revision = "core_0027"
down_revision = "core_0026"
branch_labels = None
depends_on = None

ROLES = sa.table("staff_roles", sa.column("id", sa.String), sa.column("permissions", Json))
NEW = ("partners.manage", "partners.read")


def upgrade() -> None:
    """Forward. Whoever may switch services on and off may hand out their keys, too: in a city that is already
    running nobody could otherwise."""
    op.create_table(
        "partners",
        sa.Column("id", Id, nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("scopes", Json, nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("previous_key_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("previous_until", UtcDateTime(), nullable=True),
        sa.Column("rotated_at", UtcDateTime(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=60), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.Column("previous_used_on", sa.Date(), nullable=True),
        sa.CheckConstraint("per_minute > 0", name=op.f("ck_partners_per_minute")),
        sa.CheckConstraint(
            "(key_hash IS NULL) = (revoked_at IS NOT NULL)", name=op.f("ck_partners_key_or_revoked")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partners")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_partners_key_hash")),
        sa.UniqueConstraint("previous_key_hash", name=op.f("uq_partners_previous_key_hash")),
    )
    op.create_index(op.f("ix_partners_service"), "partners", ["service"], unique=False)
    seen = ("partners.read",)
    _give({"services.manage": NEW, "services.operate": seen, "audit.read": seen})


def downgrade() -> None:
    """Back."""
    connection = op.get_bind()
    for role in connection.execute(sa.select(ROLES)).all():
        kept = [name for name in role.permissions if name not in NEW]
        connection.execute(ROLES.update().where(ROLES.c.id == role.id).values(permissions=kept))
    op.drop_index(op.f("ix_partners_service"), table_name="partners")
    op.drop_table("partners")


def _give(after: dict[str, tuple[str, ...]]) -> None:
    """Add permissions to the roles that hold another already."""
    connection = op.get_bind()
    for role in connection.execute(sa.select(ROLES)).all():
        added = {name for held, names in after.items() if held in role.permissions for name in names}
        if added - set(role.permissions):
            wanted = sorted(added | set(role.permissions))
            connection.execute(ROLES.update().where(ROLES.c.id == role.id).values(permissions=wanted))
