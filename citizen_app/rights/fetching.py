"""Fetching a copy that is ready, piece by piece, in no unit of work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from citizen_app.files.reading import opened
from citizen_app.rights.asking import copy_that_is_ready, copy_that_waits
from citizen_app.rights.models import RightsRequest
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

BLOCK: Final = 64 * 1024
ASK_FIRST: Final = Text(
    "还没有副本，或已过期。请先申请。", "There is no copy, or its time is over. Ask for one first."
)
BEING_MADE: Final = Text(
    "副本正在准备，备好后会通知您。", "The copy is being made; you are told when it is ready."
)


def ready_copy(citizen_id: str) -> RightsRequest:
    """The copy that a citizen can fetch now. Raises a 404 that says what to do."""
    ready = copy_that_is_ready(citizen_id)
    if ready is not None:
        return ready
    if copy_that_waits(citizen_id) is not None:
        raise Problem("not-found", BEING_MADE, headers={"Retry-After": "10"})
    raise Problem("not-found", ASK_FIRST, more={"next_step": "/api/v1/me/export"})


def pieces(file_id: str) -> Iterator[bytes]:
    """The file in pieces; needs an application context and no open unit of work."""
    with opened(file_id) as file:
        while piece := file.stream.read(BLOCK):
            yield piece
