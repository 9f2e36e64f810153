<%
    def body(lines):
        """What Alembic rendered, without its remarks."""
        kept = [line for line in lines.split("\n") if "###" not in line]
        return "\n".join(kept).strip() or "pass"
%>"""${message[:1].upper() + message[1:].removesuffix(".")}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ${"citizen_app.toolkit.data" if config.attributes["lineage"].service else "citizen_app.storage.columns"} import Id, Json, UtcDateTime

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    """Forward."""
    ${body(upgrades)}


def downgrade() -> None:
    """Back."""
    ${body(downgrades)}
