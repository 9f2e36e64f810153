"""What was said of acts without a scan and in corrections: kept sealed beside the log, and deletable."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import delete, select

from citizen_app.secrecy.vault import current_vault
from citizen_app.storage.orm import db, table_of
from citizen_app.storage.statements import upsert
from citizen_app.text import Text
from citizen_app.usage.models import UsageDetail
from citizen_app.wire.json_text import read_json, write_json

_DETAILS: Final = table_of(UsageDetail)


@dataclass(frozen=True, slots=True)
class Said:
    """Words for the citizen: of an act its title and lines, of a correction its reason and what is right."""

    title: Text
    lines: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class NewDetail:
    """Words to be stored. `id` is the event's, or the mark's of a correction; `key` tells a repetition."""

    id: str
    event_id: str
    service: str
    subject_key: str
    said: Said
    key: str | None = None


def store(new: NewDetail) -> str:
    """Store the words, and return the id under which they stand: that of an earlier detail if it had the
    same key. Of two concurrent calls the second waits for the first."""
    index = None if new.key is None else current_vault().blind_index("usage_detail", new.key)
    row = {
        "id": new.id,
        "event_id": new.event_id,
        "service": new.service,
        "subject_key": new.subject_key,
        "key_index": index,
        "said_sealed": UsageDetail.said.seal(new.id, _as_text(new.said)),
    }
    written = upsert(_DETAILS).values(row).on_conflict_do_nothing(index_elements=["key_index"])
    if db.session.scalar(written.returning(_DETAILS.c.id)) is not None:
        return new.id
    return str(db.session.scalar(select(_DETAILS.c.id).where(_DETAILS.c.key_index == index)))


def said_of(event_ids: Collection[str]) -> dict[str, Said]:
    """What was said of these events and of their corrections, by the id of the event or of the mark; what was
    deleted is left out."""
    if not event_ids:
        return {}
    columns = select(UsageDetail.id, UsageDetail.said_sealed)
    rows = db.session.execute(columns.where(UsageDetail.event_id.in_(event_ids)))
    return {row.id: _opened(UsageDetail.said.open(row.id, row.said_sealed)) for row in rows}


def forget_service(service: str) -> None:
    """Delete what a service said."""
    db.session.execute(delete(_DETAILS).where(_DETAILS.c.service == service))


def forget_before(bound: str, service: str | None = None) -> None:
    """Delete what one service said before this id was given (ids begin with their moment), or what all said
    of events before it."""
    if service is None:
        db.session.execute(delete(_DETAILS).where(_DETAILS.c.event_id < bound))
    else:
        db.session.execute(delete(_DETAILS).where(_DETAILS.c.id < bound, _DETAILS.c.service == service))


def _as_text(said: Said) -> str:
    return write_json({"title": said.title.as_dict(), "lines": [line.as_dict() for line in said.lines]})


def _opened(kept: str) -> Said:
    stored: dict[str, Any] = read_json(kept)
    lines: Sequence[dict[str, str]] = stored["lines"]
    return Said(Text.from_dict(stored["title"]), tuple(map(Text.from_dict, lines)))
