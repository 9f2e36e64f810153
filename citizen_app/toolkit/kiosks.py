"""The kiosks of a service, for rules that name one: a gate has its kiosk."""

from __future__ import annotations

from citizen_app.kiosks.queries import kiosk_of_service as _kiosk_of_service
from citizen_app.registry.behaviour import KioskOfScan


def kiosk_of_service(service: str, kiosk_id: str) -> KioskOfScan | None:
    """A kiosk of the service that is not revoked; None when there is no such one."""
    found = _kiosk_of_service(service, kiosk_id)
    return None if found is None else KioskOfScan(found.id, found.name, found.placement.place)


__all__ = ["kiosk_of_service"]
