"""Looking somebody up at a kiosk: in the service's own list of that place, and nowhere else.

For a phone without power or somebody who is not sure that they are expected. It lets nobody in and proves no
presence: a passage is a scan. Everybody who is found sees the look and the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Final

import structlog

from citizen_app.kiosks.queries import KioskView
from citizen_app.registry.behaviour import MOST_FOUND, FoundHere, KioskOfScan, Searching
from citizen_app.registry.modules import InstalledModule
from citizen_app.storage.dialects import outage_cause
from citizen_app.text import Text
from citizen_app.usage.looks import AT_KIOSK, Reading, note_look
from citizen_app.wire.problems import Problem

SearchHere = Callable[[Searching], Sequence[FoundHere]]
NO_LIST: Final = Text("这项服务没有可查的名单。", "This service has no list to look people up in.")
log = structlog.get_logger(__name__)


def has_list(module: InstalledModule | None) -> bool:
    """Whether the service lets staff look people up at its kiosks."""
    return module is not None and callable(getattr(module.hooks, "search_here", None))


def look_up(module: InstalledModule, kiosk: KioskView, words: str, reason: str) -> list[FoundHere]:
    """Whom the service finds on its list at the kiosk's place. Each of them is noted as looked at, and the
    search in the audit log, also one that found nobody.

    Raises a 404 where the service has no list, a 503 where it fails.
    """
    if not has_list(module):
        raise Problem("not-found", NO_LIST)
    search: SearchHere = module.hooks.search_here  # type: ignore[attr-defined]
    here = KioskOfScan(kiosk.id, kiosk.name, kiosk.place)
    try:
        found = list(search(Searching(here, words)))[:MOST_FOUND]
    except Exception as error:
        if outage_cause(error) is not None:
            raise
        log.exception("a search at a kiosk failed", service=module.id)
        raise Problem("unavailable", headers={"Retry-After": "5"}) from error
    reading = Reading(module.id, reason, kiosk.actor, AT_KIOSK.fill(kiosk=kiosk.name))
    refs = chain.from_iterable(one.refs for one in found)
    note_look(reading, refs, "kiosk.search", ("kiosk", kiosk.id), reason=reason)
    return found
