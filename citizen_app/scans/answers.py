"""The answer to each scan, stored so that a retry gets the same and the citizen's log can show what happened.

Unlike the usage log these rows are details: they are completed when a kiosk brings the input a scan asked
for, and they can be deleted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NotRequired, TypedDict, cast

from sqlalchemy import Index, LargeBinary, String, delete, insert, select, true, update
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.scans.decisions import Answer
from citizen_app.scans.sealed_answers import kept, opened, sealed, unsealed
from citizen_app.storage.columns import Id, Json, UtcDateTime
from citizen_app.storage.orm import Model, db
from citizen_app.storage.statements import Prepared, one_of
from citizen_app.text import Text
from citizen_app.usage.models import UsageEvent


class ScanAnswer(Model):
    """One scan of one kiosk. `digest` recognises another request under the same id; `waiting` holds what is
    needed to go on."""

    __tablename__ = "scan_answers"
    __table_args__ = (Index(None, "usage_id", unique=True),)

    kiosk_id: Mapped[str] = mapped_column(Id, primary_key=True)
    scan_id: Mapped[str] = mapped_column(Id, primary_key=True)
    usage_id: Mapped[str] = mapped_column(Id, nullable=False)
    service: Mapped[str] = mapped_column(String(20), nullable=False)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), nullable=False)
    answer: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False)
    waiting: Mapped[dict[str, Any] | None] = mapped_column(Json)
    waiting_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    input_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored answer with the digest of the request that it answered."""

    digest: bytes
    answer: Answer


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """An answer to be stored."""

    kiosk_id: str
    digest: bytes
    answer: Answer
    waiting: Waiting | None = None
    waiting_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Display:
    """What the kiosk showed."""

    title: Text
    lines: tuple[Text, ...]


class Waiting(TypedDict):
    """How far a scan had come that asked for input."""

    citizen_id: str
    kind: str
    late: bool
    occurred_at: str
    context: dict[str, Any]
    delegation: NotRequired[int | None]


_TABLE: Final[Any] = ScanAnswer.__table__
_INSERT: Final = Prepared(insert(_TABLE))
_SELECT: Final = Prepared(
    lambda: select(
        _TABLE.c.kiosk_id, _TABLE.c.scan_id, _TABLE.c.usage_id, _TABLE.c.digest, _TABLE.c.answer
    ).where(one_of(ScanAnswer.kiosk_id, "kiosks"), one_of(ScanAnswer.scan_id, "scans"))
)


def stored_answers(keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], Stored]:
    """The stored answers to scans, by kiosk id and scan id; in one SELECT."""
    if not keys:
        return {}
    kiosks, scans = {kiosk_id for kiosk_id, _ in keys}, [scan_id for _, scan_id in keys]
    rows = _SELECT.rows({"kiosks": list(kiosks), "scans": scans})
    return {
        (kiosk_id, scan_id): Stored(digest, opened(kiosk_id, scan_id, usage_id, answer))
        for kiosk_id, scan_id, usage_id, digest, answer in rows
    }


def store(answers: Iterable[NewAnswer]) -> None:
    """Insert answers. Another one for the same scan id is an `IntegrityError`: somebody was faster."""
    _INSERT.run_many(
        [
            {
                "kiosk_id": new.kiosk_id,
                "scan_id": new.answer.scan_id,
                "usage_id": new.answer.usage_id,
                "service": new.answer.service,
                "digest": new.digest,
                "answer": kept(new.kiosk_id, new.answer),
                "waiting": _waiting(new),
                "waiting_until": new.waiting_until,
                "input_digest": None,
            }
            for new in answers
        ]
    )


def answer_in(row: ScanAnswer) -> Answer:
    """The answer that a row holds."""
    return opened(row.kiosk_id, row.scan_id, row.usage_id, row.answer)


def waiting_in(row: ScanAnswer) -> Waiting:
    """How far the scan of a row had come that waits for input."""
    return cast(Waiting, unsealed("waiting", row.kiosk_id, row.scan_id, row.waiting or {}))


def _waiting(new: NewAnswer) -> dict[str, str] | None:
    if new.waiting is None:
        return None
    return sealed("waiting", new.kiosk_id, new.answer.scan_id, new.waiting)


def locked(kiosk_id: str, scan_id: str) -> ScanAnswer | None:
    """The row of a scan, locked until the end of the transaction."""
    mine = (ScanAnswer.kiosk_id == kiosk_id) & (ScanAnswer.scan_id == scan_id)
    statement = select(ScanAnswer).where(mine).with_for_update()
    return db.session.scalars(statement).one_or_none()


def complete(answer: NewAnswer, input_digest: bytes) -> None:
    """Replace the answer of a scan that was waiting for input."""
    values = {
        "usage_id": answer.answer.usage_id,
        "answer": kept(answer.kiosk_id, answer.answer),
        "waiting": _waiting(answer),
        "waiting_until": answer.waiting_until,
        "input_digest": input_digest,
    }
    statement = update(_TABLE).where(
        _TABLE.c.kiosk_id == answer.kiosk_id, _TABLE.c.scan_id == answer.answer.scan_id
    )
    db.session.execute(statement.values(values))


def displays_of(usage_ids: Collection[str]) -> dict[str, Display]:
    """What was shown for these events; events whose details were deleted are left out."""
    if not usage_ids:
        return {}
    columns = (_TABLE.c.kiosk_id, _TABLE.c.scan_id, _TABLE.c.usage_id, _TABLE.c.answer)
    rows = db.session.execute(select(*columns).where(_TABLE.c.usage_id.in_(usage_ids)))
    verdicts = {row.usage_id: opened(*row).verdict for row in rows}
    return {usage_id: Display(verdict.title, verdict.lines) for usage_id, verdict in verdicts.items()}


def forget_service(service: str) -> None:
    """Delete what a service said to screens."""
    db.session.execute(delete(_TABLE).where(_TABLE.c.service == service))


def forget_subject(subject_key: str) -> None:
    """Delete what was said to screens about somebody, by the key of their log."""
    theirs = select(UsageEvent.id).where(UsageEvent.subject_key == subject_key)
    db.session.execute(delete(_TABLE).where(_TABLE.c.usage_id.in_(theirs)))


def forget_before(usage_id: str, service: str | None = None) -> None:
    """Delete what was said for scans before an event (usage ids are in order of arrival), of one service or
    of all."""
    of_service = _TABLE.c.service == service if service is not None else true()
    db.session.execute(delete(_TABLE).where(_TABLE.c.usage_id < usage_id, of_service))
