"""Writing the usage log. Prepared Core statements: this is on the path of every scan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import insert

from citizen_app import clock
from citizen_app.ids import new_id
from citizen_app.storage.statements import Prepared
from citizen_app.usage.models import UsageEvent, UsageMark

Decision = Literal["allow", "deny", "needs_input"]
MarkKind = Literal["double_use", "disputed", "corrected"]

PUNCTUAL: Final = timedelta(days=1)
"""How far an event that is not late may lie from its arrival; exports of a period find it by its id."""

_EVENTS: Final[Any] = UsageEvent.__table__
_MARKS: Final[Any] = UsageMark.__table__
_INSERT_EVENT: Final = Prepared(insert(_EVENTS))
_INSERT_MARK: Final = Prepared(insert(_MARKS))


@dataclass
class NewEvent:
    """An event to be recorded; see `UsageEvent` for the columns, which its attributes are."""

    id: str
    subject_key: str
    service: str
    purpose: str
    code_kind: str
    decision: Decision
    reason: str
    detail_code: str | None
    kiosk_id: str
    placement_id: str
    disclosed: list[str]
    late: bool
    continues: str | None
    occurred_at: datetime
    received_at: datetime
    channel: str | None = None

    def __post_init__(self) -> None:
        if not self.late and abs(self.received_at - self.occurred_at) > PUNCTUAL:
            raise ValueError(
                f"event {self.id} occurred more than {PUNCTUAL} from its arrival and is not called late"
            )


def record(events: Iterable[NewEvent]) -> None:
    """Append events to the log, in the transaction of whatever they record."""
    _INSERT_EVENT.run_many([vars(event) for event in events])  # asdict() copies deeply


def mark(event_id: str, kind: MarkKind, *, mark_id: str | None = None, **details: str) -> None:
    """Say something further about an event."""
    row: Mapping[str, object] = {
        "id": mark_id or new_id(),
        "event_id": event_id,
        "kind": kind,
        "at": clock.now(),
        "details": details,
    }
    _INSERT_MARK.run(row)
