"""Notes: what a service does for a citizen without a scan stands in their log, written with the deed itself.

And corrections: an event is never changed; what is right about it is a mark with words of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import select

from citizen_app import clock
from citizen_app.citizens.acting import Acting
from citizen_app.citizens.queries import held_log_key, log_key_is_held
from citizen_app.ids import new_id
from citizen_app.registry.contract import ServiceModule
from citizen_app.registry.state import module_of
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.usage import details
from citizen_app.usage.actors import actor_of, record_actors
from citizen_app.usage.details import NewDetail, Said
from citizen_app.usage.models import NO_KIOSK, UsageEvent
from citizen_app.usage.recording import NewEvent, mark, record
from citizen_app.usage.titles import CHANNELS, Channel
from citizen_app.wire.problems import Problem

MOST_LINES: Final = 12


def note(
    service: str,
    ref: str,
    purpose: str,
    channel: Channel,
    *,
    title: Text | None = None,
    lines: Iterable[Text] = (),
    disclosed: Iterable[str] = (),
    key: str | None = None,
    acting: Acting | None = None,
) -> str | None:
    """Write an act into the log of the citizen whom the service knows by `ref`; returns the event's id.

    None, and nothing is written, for whom the service has not met and for an account that is gone. A second
    call with the same `key` for this person writes nothing and returns the first event's id. Who is `acting`
    for the citizen stands beside the event, and finds it in their own log. Raises `ValueError` for what the
    service has not declared.
    """
    declared = module_of(service).descriptor
    said = Said(title or _title_of(declared, purpose), _checked(lines))
    fields = sorted(set(disclosed))
    if channel not in CHANNELS:
        raise ValueError(f"{channel!r} is none of {', '.join(CHANNELS)}")
    if set(fields) - declared.scope_names():
        raise ValueError(f"{service} discloses {fields}, and not all of them are scopes that it declares")
    log_key = held_log_key(service, ref)
    if log_key is None:
        return None
    event_id, moment = new_id(), clock.now()
    known_by = None if key is None else f"note:{service}:{ref}:{key}"
    written = details.store(NewDetail(event_id, event_id, service, log_key, said, known_by))
    if written == event_id:
        record(
            [
                NewEvent(
                    id=event_id,
                    subject_key=log_key,
                    service=service,
                    purpose=purpose,
                    code_kind="none",
                    decision="allow",
                    reason="ok",
                    detail_code=None,
                    kiosk_id=NO_KIOSK,
                    placement_id=NO_KIOSK,
                    disclosed=fields,
                    late=False,
                    continues=None,
                    occurred_at=moment,
                    received_at=moment,
                    channel=channel,
                )
            ]
        )
        if acting is not None and (actor := actor_of(event_id, acting)) is not None:
            record_actors([actor])
    return written


def correct(
    service: str, usage_id: str, lines: Iterable[Text], reason: Text, *, key: str | None = None
) -> str | None:
    """Say what is right about an event of this service, and why; returns the mark's id, or None where the
    event belongs to nobody any more.

    A second call with the same `key` for this event writes nothing. Raises a 404 for an event that the
    service did not make.
    """
    said = Said(reason, _checked(lines))
    mine = select(UsageEvent.subject_key).where(UsageEvent.id == usage_id, UsageEvent.service == service)
    log_key = db.session.scalar(mine)
    if log_key is None:
        raise Problem("not-found")
    if not log_key_is_held(log_key):
        return None
    mark_id = new_id()
    known_by = None if key is None else f"correction:{service}:{usage_id}:{key}"
    written = details.store(NewDetail(mark_id, usage_id, service, log_key, said, known_by))
    if written == mark_id:
        mark(usage_id, "corrected", mark_id=mark_id)
    return written


def _title_of(declared: ServiceModule, purpose: str) -> Text:
    title = declared.titles().get(purpose)
    if title is None:
        raise ValueError(f"{declared.id} declares neither an act nor a purpose {purpose!r}")
    return title


def _checked(lines: Iterable[Text]) -> tuple[Text, ...]:
    found = tuple(lines)
    if len(found) > MOST_LINES or not all(isinstance(line, Text) for line in found):
        raise ValueError(f"lines are at most {MOST_LINES} texts")
    return found
