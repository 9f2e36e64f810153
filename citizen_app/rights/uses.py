"""Uses of a citizen's code, and looks at their details, as tables of their copy: as the pages show them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from citizen_app.citizens.models import Citizen
from citizen_app.scans.answers import displays_of
from citizen_app.storage.keyset import Page
from citizen_app.usage.lines import UsageLine, line_as_shown
from citizen_app.usage.looks import Look, looks_at_citizen
from citizen_app.usage.queries import usage_of_citizen

AT_ONCE: Final = 100


def uses(citizen: Citizen) -> Iterator[Mapping[str, Any]]:
    """Every use, newest first, with what was shown and seen, and what was found out later."""
    cursor: str | None = None
    while True:
        found: Page[UsageLine] = usage_of_citizen(citizen.id, limit=AT_ONCE, cursor=cursor)
        shown = displays_of([line.id for line in found.items])
        yield from (_use(line_as_shown(line, shown)) for line in found.items)
        cursor = found.next_cursor
        if cursor is None:
            return


def looks(citizen: Citizen) -> Iterator[Mapping[str, Any]]:
    """Who has looked, newest first: the office, never a name."""
    cursor: str | None = None
    while True:
        found: Page[Look] = looks_at_citizen(citizen.id, limit=AT_ONCE, cursor=cursor)
        for one in found.items:
            yield {
                "id": one.id,
                "at": one.at,
                "service": one.service,
                "service_title": one.service_title,
                "owner": one.owner,
                "by": one.by,
                "reason": one.reason,
                "events": one.events,
            }
        cursor = found.next_cursor
        if cursor is None:
            return


def _use(line: UsageLine) -> Mapping[str, Any]:
    return {
        "id": line.id,
        "occurred_at": line.occurred_at,
        "received_at": line.received_at,
        "service": line.service,
        "service_title": line.service_title,
        "purpose": line.purpose,
        "purpose_title": line.purpose_title,
        "channel": line.channel,
        "code_kind": line.code_kind,
        "place": line.place,
        "kiosk": line.kiosk,
        "decision": line.decision,
        "reason": line.reason,
        "detail_code": line.detail_code,
        "reason_text": line.reason_text,
        "title": line.title,
        "lines": line.lines,
        "seen": [{"name": one.name, "title": one.title, "answer": one.answer} for one in line.disclosed],
        "late": line.late,
        "shown_by": None if line.by is None else line.by.title,
        "shown_by_name": None if line.by is None else line.by.masked_name,
        "done_for": line.done_for,
        "marks": [
            {
                "kind": mark.kind,
                "at": mark.at,
                "title": mark.title,
                "reason": mark.reason,
                "lines": mark.lines,
            }
            for mark in line.marks
        ],
    }
