"""sealed homes and reasons.

The plain columns stay for the version before, which reads and writes them until its workers are replaced;
then the job `pass.seal` seals what they hold and empties them. The way back unseals it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.toolkit.data import Id, SealedText

revision = "pass_0002"
down_revision = "pass_0001"
branch_labels = None
depends_on = None

COLUMNS = (
    ("pass_members", "unit"),
    ("pass_claims", "unit"),
    ("pass_claims", "reason"),
    ("pass_emergencies", "reason"),
)


def upgrade() -> None:
    for table, column in COLUMNS:
        op.add_column(table, sa.Column(f"{column}_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    for table, column in COLUMNS:
        _unseal(table, column)
        op.drop_column(table, f"{column}_sealed")


def _unseal(name: str, column: str) -> None:
    sealed_name = f"{column}_sealed"
    table = sa.table(name, sa.column("id", Id), sa.column(column), sa.column(sealed_name, sa.LargeBinary()))
    plain, sealed, connection = table.c[column], table.c[sealed_name], op.get_bind()
    field, is_sealed = (
        SealedText(sealed_name, table=name),
        sealed.is_not(None) & ((plain == "") | plain.is_(None)),
    )
    for row in connection.execute(sa.select(table.c.id, sealed).where(is_sealed)).all():
        connection.execute(
            sa.update(table).where(table.c.id == row.id).values({column: field.unseal(row.id, row[1])})
        )
