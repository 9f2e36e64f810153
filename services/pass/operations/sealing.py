"""Sealing what versions before 1.1 wrote in plain text: homes, reasons, and digests on which guesses could be
tried.

The version before may still write while the workers are replaced, so that this is looked for again and again.
The next version drops the columns, and this file.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, or_, select, update

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.data import session

from ..models import PassClaim, PassEmergency, PassInvitation, PassMember

ROWS_PER_STEP: Final = 500
PLAIN: Final[dict[Any, tuple[str, ...]]] = {
    PassMember: ("unit",),
    PassClaim: ("unit", "reason"),
    PassEmergency: ("reason",),
}


def seal_plain(rows_per_step: int = ROWS_PER_STEP) -> int:
    """Seal what stands in plain text, a slice in each unit of work; returns how many rows did."""
    sealed = 0
    for model, names in PLAIN.items():
        is_plain = or_(*(getattr(model, f"{name}_plain") != "" for name in names))
        while slice_ := _slice(model, is_plain, rows_per_step):
            with transaction():
                held = select(model).where(model.id.in_(slice_), is_plain).with_for_update()
                for row in session().scalars(held):
                    for name in names:
                        setattr(row, name, getattr(row, name))
            sealed += len(slice_)
    while slice_ := _slice(PassInvitation, PassInvitation.digest != b"", rows_per_step):
        with transaction():
            session().execute(update(PassInvitation).where(PassInvitation.id.in_(slice_)).values(digest=b""))
        sealed += len(slice_)
    return sealed


def _slice(model: Any, plain: ColumnElement[bool], rows: int) -> list[str]:
    with transaction(reading=True):
        return list(session().scalars(select(model.id).where(plain).limit(rows)))
