"""known by document, and accompanied.

Whoever has no phone is listed, invited and applies by an identity document: the reference of the phone may be
missing. SQLite makes the tables anew. A child that a guardian brings along stands in the trail with the
guardian's right. What a place says about that is a column of its own, because the version before knows all
that `policy` may hold. The version before reads such rows and lets nobody in by them; going
back to it puts the reference of the document in place of the phone's, which it compares in vain.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.toolkit.data import Id

revision = "pass_0003"
down_revision = "pass_0002"
branch_labels = None
depends_on = None

TABLES = ("pass_members", "pass_claims", "pass_invitations")
HINTED = ("pass_members", "pass_invitations")
BROUGHT = ("pass_passages", "pass_presence")
REF = sa.String(length=22)


def upgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as changed:
            changed.alter_column(column_name="contact_ref", existing_type=REF, nullable=True)
            changed.add_column(sa.Column("identity_ref", REF, nullable=True))
    for table in HINTED:
        op.add_column(table, sa.Column("document_hint_sealed", sa.LargeBinary(), nullable=True))
    for table in BROUGHT:
        for name in ("with_member_id", "with_invitation_id"):
            op.add_column(table, sa.Column(name, Id, nullable=True))
    op.add_column(
        "pass_places", sa.Column("accompanied", sa.String(length=8), nullable=False, server_default="free")
    )
    op.create_index(op.f("ix_pass_members_identity_ref"), "pass_members", ["identity_ref"])
    op.create_index(
        "uq_pass_members_place_id_identity_ref", "pass_members", ["place_id", "identity_ref"], unique=True
    )
    op.create_index(op.f("ix_pass_invitations_identity_ref"), "pass_invitations", ["identity_ref"])
    op.create_index(
        op.f("ix_pass_invitations_place_id_identity_ref"), "pass_invitations", ["place_id", "identity_ref"]
    )


def downgrade() -> None:
    op.drop_column("pass_places", "accompanied")
    for table in BROUGHT:
        for name in ("with_invitation_id", "with_member_id"):
            op.drop_column(table, name)
    op.drop_index(op.f("ix_pass_invitations_place_id_identity_ref"), table_name="pass_invitations")
    op.drop_index(op.f("ix_pass_invitations_identity_ref"), table_name="pass_invitations")
    op.drop_index("uq_pass_members_place_id_identity_ref", table_name="pass_members")
    op.drop_index(op.f("ix_pass_members_identity_ref"), table_name="pass_members")
    for table in HINTED:
        op.drop_column(table, "document_hint_sealed")
    for table in TABLES:
        rows = sa.table(
            table, *(sa.column(name) for name in ("id", "contact_ref", "identity_ref", "citizen_ref"))
        )
        instead = sa.func.coalesce(rows.c.identity_ref, rows.c.citizen_ref)
        op.execute(sa.update(rows).where(rows.c.contact_ref.is_(None)).values(contact_ref=instead))
        with op.batch_alter_table(table) as changed:
            changed.drop_column(column_name="identity_ref")
            changed.alter_column(column_name="contact_ref", existing_type=REF, nullable=False)
