"""Staff: roles for single units, invitations, why and since when an account is disabled.

Grants that there are hold for all units, as before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.storage.columns import Id, Json, UtcDateTime

revision = "core_0017"
down_revision = "core_0016"
branch_labels = None
depends_on = None

OLD = "uq_staff_role_grants_staff_id_role_id_service"
NEW = "uq_staff_role_grants_staff_id_role_id_service_unit"


def upgrade() -> None:
    op.add_column("staff", sa.Column("enabled_at", UtcDateTime(), nullable=True))
    op.add_column("staff", sa.Column("disabled_because", sa.String(length=20), nullable=True))
    with op.batch_alter_table("staff_role_grants") as table:
        table.add_column(sa.Column("unit", sa.String(length=64), nullable=True))
        table.drop_constraint(op.f(OLD), type_="unique")
        table.create_unique_constraint(op.f(NEW), ["staff_id", "role_id", "service", "unit"])
    op.create_table(
        "staff_invitations",
        sa.Column("id", Id, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("username", sa.String(length=40), nullable=True),
        sa.Column("staff_id", Id, nullable=True),
        sa.Column("grants", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_invitations_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_invitations_token_hash")),
    )


def downgrade() -> None:
    op.drop_table("staff_invitations")
    op.execute(sa.text("DELETE FROM staff_role_grants WHERE unit IS NOT NULL"))
    with op.batch_alter_table("staff_role_grants") as table:
        table.drop_constraint(op.f(NEW), type_="unique")
        table.drop_column("unit")
        table.create_unique_constraint(op.f(OLD), ["staff_id", "role_id", "service"])
    op.drop_column("staff", "disabled_because")
    op.drop_column("staff", "enabled_at")
