"""Life cycles: a row goes from state to state by declared moves only, and each move says by whom and why.

VISITS = Lifecycle(Visit, VisitMove, {"booked": {"arrived", "cancelled", "missed"}, "arrived": {"done"}})
VISITS.move(visit.id, "arrived", by="citizen", reason="code read at the door", moment=now())
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import select

from citizen_app.booking.columns import MoveColumns
from citizen_app.booking.refusals import MoveRefused
from citizen_app.ids import new_id
from citizen_app.storage.locking import guarded_update
from citizen_app.storage.orm import Model, db
from citizen_app.wire.problems import Problem

Subject = TypeVar("Subject", bound=Model)


class Lifecycle(Generic[Subject]):
    """The states of a table's rows (columns `id` and `state`), and the moves between them."""

    def __init__(
        self, subjects: type[Subject], moves: type[MoveColumns], allowed: Mapping[str, Collection[str]]
    ) -> None:
        self.subjects, self.moves = subjects, moves
        self.allowed = {state: frozenset(targets) for state, targets in allowed.items()}

    @property
    def states(self) -> frozenset[str]:
        """Every state that is named."""
        return frozenset(self.allowed).union(*self.allowed.values())

    def move(
        self, row_id: str, to: str, *, by: str, reason: str, moment: datetime, **columns: Any
    ) -> Subject:
        """Move a row to another state, change `columns` with it and write the move down, in one guarded
        update: of two concurrent moves that exclude each other one is refused. Raises `MoveRefused`, and a
        404 for no such row."""
        subjects: Any = self.subjects
        origins = [state for state, targets in self.allowed.items() if to in targets]
        if not origins:
            raise ValueError(f"no move leads to {to!r}")
        while True:
            state = db.session.scalar(select(subjects.state).where(subjects.id == row_id))
            if state is None:
                raise Problem("not-found")
            if state not in origins:
                raise MoveRefused(state, to)
            moved = guarded_update(
                self.subjects, subjects.id == row_id, subjects.state == state, state=to, **columns
            )
            if moved is not None:
                break
        db.session.add(
            self.moves(
                id=new_id(),
                subject_id=row_id,
                from_state=state,
                to_state=to,
                moved_by=by,
                reason=reason,
                moved_at=moment,
            )
        )
        db.session.flush()
        return moved

    def history(self, row_id: str) -> list[MoveColumns]:
        """Every move of a row, the first first."""
        mine = select(self.moves).where(self.moves.subject_id == row_id)
        return list(db.session.scalars(mine.order_by(self.moves.id)))
