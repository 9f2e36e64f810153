"""Whether a scan's context is what its purpose declares."""

from __future__ import annotations

from typing import Final

from marshmallow import ValidationError

from citizen_app.kiosks.queries import KioskView
from citizen_app.problems import InputError, errors_from_messages
from citizen_app.registry.fields import load_fields
from citizen_app.registry.modules import current_registry
from citizen_app.running import extension
from citizen_app.scans.attempt import ScanRequest

MOST_REMEMBERED: Final = 2048
"""Contexts that a process remembers, …"""
LONGEST_REMEMBERED: Final = 500
"""… none of more characters: a megabyte at most."""


class KnownContexts:
    """Contexts in which nothing was wrong. A kiosk says the same again and again, so each is checked once while it is remembered."""

    def __init__(self) -> None:
        self._right: set[tuple[str, str, str]] = set()

    def faults(self, kiosk: KioskView, sent: ScanRequest) -> list[InputError]:
        """What is wrong with the context; nothing for a purpose that does not exist, which the pipeline refuses."""
        said = (kiosk.service, sent.purpose, repr(sent.context))
        if said in self._right:
            return []
        faults = _faults(kiosk, sent)
        if not faults and len(said[2]) <= LONGEST_REMEMBERED:
            if len(self._right) >= MOST_REMEMBERED:
                self._right.clear()
            self._right.add(said)
        return faults


def known_contexts() -> KnownContexts:
    """Those of the running application."""
    known: KnownContexts = extension("known_contexts")
    return known


def _faults(kiosk: KioskView, sent: ScanRequest) -> list[InputError]:
    module = current_registry().get(kiosk.service)
    purpose = module.descriptor.purpose(sent.purpose) if module else None
    if purpose is None:
        return []
    try:
        load_fields(purpose.context, sent.context)
    except ValidationError as refused:
        return errors_from_messages(refused.messages, "/context")
    return []
