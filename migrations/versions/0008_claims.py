"""What the city knows to be true of citizens, from when until when. Fare classes and age bands become claims;
their columns stay for the version before.

Nobody loses a fare: what was known holds from the day the account was made. It ends with nobody's doing only
where it must, the child's fare after six years. A service that was granted `fare_class` or `age_band` is
granted the claims of which these were made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.storage.columns import Id, Json, UtcDateTime

revision = "core_0008"
down_revision = "core_0007"
branch_labels = None
depends_on = None

PER_STEP: Final = 1_000
YEAR: Final = timedelta(days=366)
FARES: Final = {1: "student", 2: "senior", 3: "child", 4: "disabled", 5: "veteran"}
FARE_OF_FIRST: Final = ("disabled", "veteran", "senior", "child", "student")
BANDS: Final = {
    1: ("child", "minor"),
    2: ("minor",),
    3: ("minor",),
    5: ("senior",),
    6: ("senior", "age_65"),
    7: ("senior", "age_65", "age_70"),
}
"""Where no date of birth is known."""
LEFT: Final = {"child": 6, "minor": 18}
"""Years after which nobody is young any more who is young now."""
SCOPES: Final = {
    "fare_class": ("student", "senior", "child", "disabled", "veteran"),
    "age_band": ("child", "minor", "senior", "age_65", "age_70"),
}

CITIZENS: Final = sa.table(
    "citizens",
    sa.column("id", Id),
    sa.column("fare_class", sa.SmallInteger),
    sa.column("age_band", sa.SmallInteger),
    sa.column("born_sealed", sa.LargeBinary),
    sa.column("created_at", UtcDateTime()),
)
CLAIMS: Final = sa.table(
    "citizen_claims",
    sa.column("id", Id),
    sa.column("citizen_id", Id),
    sa.column("type", sa.String),
    sa.column("valid_from", UtcDateTime()),
    sa.column("valid_to", UtcDateTime()),
    sa.column("source", sa.String),
    sa.column("basis", sa.String),
    sa.column("created_at", UtcDateTime()),
    sa.column("replaced_by", Id),
)
SERVICES: Final = sa.table(
    "service_states", sa.column("service", sa.String), sa.column("granted_scopes", Json)
)


def upgrade() -> None:
    op.create_table(
        "citizen_claims",
        sa.Column("id", Id, nullable=False),
        sa.Column("citizen_id", Id, nullable=True),
        sa.Column("document_index", sa.LargeBinary(length=32), nullable=True),
        sa.Column("name_index", sa.LargeBinary(length=32), nullable=True),
        sa.Column("statement", sa.LargeBinary(length=32), nullable=True),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("valid_to", UtcDateTime(), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("basis", sa.String(length=20), nullable=False),
        sa.Column("granted_by", sa.String(length=40), nullable=True),
        sa.Column("evidence_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", sa.String(length=40), nullable=True),
        sa.Column("void_from", UtcDateTime(), nullable=True),
        sa.Column("end_reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("replaced_by", Id, nullable=True),
        sa.CheckConstraint(
            "citizen_id IS NOT NULL OR document_index IS NOT NULL", name=op.f("ck_citizen_claims_whose")
        ),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_citizen_claims_period")),
        sa.ForeignKeyConstraint(
            ["citizen_id"],
            ["citizens.id"],
            name=op.f("fk_citizen_claims_citizen_id_citizens"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citizen_claims")),
        sa.UniqueConstraint("statement", name=op.f("uq_citizen_claims_statement")),
    )
    op.create_index(op.f("ix_citizen_claims_citizen_id"), "citizen_claims", ["citizen_id"])
    op.create_index(op.f("ix_citizen_claims_document_index"), "citizen_claims", ["document_index"])
    _carry_over()
    _change_grants(lambda granted: [c for scope in granted for c in SCOPES.get(scope, ())])


def downgrade() -> None:
    """The version before reads the columns: they say again what holds now."""
    connection, moment = op.get_bind(), now()
    valid = sa.select(CLAIMS.c.citizen_id, CLAIMS.c.type, CLAIMS.c.valid_from, CLAIMS.c.valid_to).where(
        CLAIMS.c.citizen_id.is_not(None), CLAIMS.c.replaced_by.is_(None)
    )
    held: dict[str, set[str]] = {}
    for row in connection.execute(valid):
        now_held = row.valid_from <= moment and (row.valid_to is None or moment < row.valid_to)
        held.setdefault(row.citizen_id, set()).update([row.type] if now_held else [])
    number = {name: fare for fare, name in FARES.items()}
    change = (
        sa.update(CITIZENS)
        .where(CITIZENS.c.id == sa.bindparam("whose"))
        .values(fare_class=sa.bindparam("fare"))
    )
    fares = [
        {"whose": whose, "fare": next((number[name] for name in FARE_OF_FIRST if name in names), 0)}
        for whose, names in held.items()
    ]
    if fares:
        connection.execute(change, fares)
    _change_grants(lambda granted: [scope for scope, claims in SCOPES.items() if set(claims) <= set(granted)])
    op.drop_table("citizen_claims")


def _carry_over() -> None:
    connection, moment, last = op.get_bind(), now(), ""
    told = sa.or_(
        CITIZENS.c.fare_class != 0, sa.and_(CITIZENS.c.age_band != 0, CITIZENS.c.born_sealed.is_(None))
    )
    wanted = sa.select(CITIZENS).where(told).order_by(CITIZENS.c.id).limit(PER_STEP)
    while True:
        some = connection.execute(wanted.where(CITIZENS.c.id > last) if last else wanted).all()
        rows = [row for citizen in some for row in _claims_of(citizen, moment)]
        if rows:
            connection.execute(sa.insert(CLAIMS), rows)
        if len(some) < PER_STEP:
            return
        last = some[-1].id


def _claims_of(citizen: Any, moment: datetime) -> Iterable[Mapping[str, Any]]:
    names = dict.fromkeys([FARES[citizen.fare_class]] if citizen.fare_class in FARES else [])
    if citizen.born_sealed is None:
        names |= dict.fromkeys(BANDS.get(citizen.age_band, ()))
    for name in names:
        yield {
            "id": new_id(),
            "citizen_id": citizen.id,
            "type": name,
            "valid_from": citizen.created_at,
            "valid_to": moment + LEFT[name] * YEAR if name in LEFT else None,
            "source": "carried_over",
            "basis": "legal_duty",
            "created_at": moment,
            "replaced_by": None,
        }


def _change_grants(more_of: Any) -> None:
    connection = op.get_bind()
    for row in connection.execute(sa.select(SERVICES)).all():
        granted = sorted({*row.granted_scopes, *more_of(row.granted_scopes)})
        if granted != sorted(row.granted_scopes):
            change = sa.update(SERVICES).where(SERVICES.c.service == row.service)
            connection.execute(change.values(granted_scopes=granted))
