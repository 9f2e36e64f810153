"""The kiosks of a service, for rules that name one: a gate has its kiosk."""

from __future__ import annotations

from typing import Final

from citizen_app.kiosks.models import Kiosk
from citizen_app.kiosks.queries import kiosk_of_service as _kiosk_of_service
from citizen_app.kiosks.queries import kiosks_of
from citizen_app.registry.behaviour import KioskOfScan


def kiosk_of_service(service: str, kiosk_id: str) -> KioskOfScan | None:
    """A kiosk of the service that is not revoked; None when there is no such one."""
    found = _kiosk_of_service(service, kiosk_id)
    return None if found is None else _described(found)


def kiosks_of_service(service: str) -> list[KioskOfScan]:
    """The service's kiosks that are not revoked, to choose from: the newest 500, the last one first."""
    return [_described(kiosk) for kiosk in kiosks_of(service, MOST)]


def _described(kiosk: Kiosk) -> KioskOfScan:
    return KioskOfScan(kiosk.id, kiosk.name, kiosk.placement.place)


MOST: Final = 500
__all__ = ["kiosk_of_service", "kiosks_of_service"]
