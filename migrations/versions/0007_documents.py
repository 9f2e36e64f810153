"""Documents of citizens, tries to prove a name, a register of names; accounts without a phone; the dead.

No version before has written the columns `id_number_*` of an account, so nothing is carried over. SQLite
makes `citizens` anew.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

from citizen_app.storage.columns import Id, UtcDateTime

revision = "core_0007"
down_revision = "core_0006"
branch_labels = None
depends_on = None

STATUS: Final = "ck_citizens_status"
REFERRING: Final = ("citizen_refs", "sign_in_sessions")
PHONE: Final = (("phone_sealed", sa.LargeBinary()), ("phone_index", sa.LargeBinary(length=32)))


def upgrade() -> None:
    _change_citizens("active", "suspended", "deceased", phone_may_be_missing=True)
    op.create_table(
        "citizen_documents",
        sa.Column("id", Id, nullable=False),
        sa.Column("citizen_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("number_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("verified_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["citizen_id"],
            ["citizens.id"],
            name=op.f("fk_citizen_documents_citizen_id_citizens"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citizen_documents")),
        sa.UniqueConstraint("citizen_id", "kind", name=op.f("uq_citizen_documents_citizen_id_kind")),
        sa.UniqueConstraint("number_index", name=op.f("uq_citizen_documents_number_index")),
    )
    op.create_table(
        "identity_tries",
        sa.Column("citizen_id", Id, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["citizen_id"],
            ["citizens.id"],
            name=op.f("fk_identity_tries_citizen_id_citizens"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("citizen_id", name=op.f("pk_identity_tries")),
    )
    op.create_index(op.f("ix_identity_tries_day"), "identity_tries", ["day"])
    op.create_table(
        "identity_register",
        sa.Column("id", Id, nullable=False),
        sa.Column("number_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("born_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_register")),
        sa.UniqueConstraint("number_index", name=op.f("uq_identity_register_number_index")),
    )


def downgrade() -> None:
    """The version before knows neither accounts without a phone, which go, nor the dead, whose accounts
    rest."""
    for table in ("identity_register", "identity_tries", "citizen_documents"):
        op.drop_table(table)
    for table in REFERRING:  # on SQLite foreign keys rest while tables change
        op.execute(
            f"DELETE FROM {table} WHERE citizen_id IN (SELECT id FROM citizens WHERE phone_index IS NULL)"  # noqa: S608 - names of ours
        )
    op.execute("DELETE FROM citizens WHERE phone_index IS NULL")
    op.execute("UPDATE citizens SET status = 'suspended' WHERE status = 'deceased'")
    _change_citizens("active", "suspended", phone_may_be_missing=False)


def _change_citizens(*statuses: str, phone_may_be_missing: bool) -> None:
    rule = "status IN ({})".format(", ".join(f"'{status}'" for status in statuses))
    if op.get_bind().dialect.name == "postgresql":
        for name, kind in PHONE:
            op.alter_column("citizens", name, existing_type=kind, nullable=phone_may_be_missing)
        op.drop_constraint(op.f(STATUS), "citizens", type_="check")
        op.create_check_constraint(op.f(STATUS), "citizens", rule)
        if phone_may_be_missing:
            op.add_column("citizens", _born())
        else:
            op.drop_column("citizens", "born_sealed")
        return
    before = _citizens(rule, phone_may_be_missing)
    if not phone_may_be_missing:
        before.append_column(_born())
    with op.batch_alter_table("citizens", copy_from=before, recreate="always") as citizens:
        if phone_may_be_missing:
            citizens.add_column(_born())
        else:
            citizens.drop_column("born_sealed")


def _born() -> sa.Column[bytes]:
    return sa.Column("born_sealed", sa.LargeBinary(), nullable=True)


def _citizens(rule: str, phone_may_be_missing: bool) -> sa.Table:
    return sa.Table(
        "citizens",
        sa.MetaData(),
        sa.Column("id", Id, nullable=False),
        sa.Column("subject_number", sa.BigInteger(), nullable=False),
        sa.Column("log_key", Id, nullable=False),
        *(sa.Column(name, kind, nullable=phone_may_be_missing) for name, kind in PHONE),
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
        sa.CheckConstraint(rule, name=op.f(STATUS)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citizens")),
        sa.UniqueConstraint("id_number_index", name=op.f("uq_citizens_id_number_index")),
        sa.UniqueConstraint("log_key", name=op.f("uq_citizens_log_key")),
        sa.UniqueConstraint("phone_index", name=op.f("uq_citizens_phone_index")),
        sa.UniqueConstraint("subject_number", name=op.f("uq_citizens_subject_number")),
    )
