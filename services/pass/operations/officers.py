"""What an operator who calls may touch: every place, or those that their role names. Any other place does not
exist for them."""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import select

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import session
from citizen_app.toolkit.kiosks import kiosks_of_service
from citizen_app.toolkit.scan import KioskOfScan
from citizen_app.toolkit.web import Problem, calling_officer

from ..manifest import SERVICE
from ..models import PassGate, PassGateKiosk, PassPlace
from .places import bind_kiosk, gate_or_404, place_or_404

IS_ID: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
WHOLE_SERVICE: Final = Text(
    "您的角色只限部分场所，不能新增场所。", "Your role is for some places only; it cannot add one."
)


def require_whole_service() -> None:
    """Raises a 403 for an operator of some places only."""
    if calling_officer().units is not None:
        raise Problem("not-permitted", WHOLE_SERVICE)


def own_places() -> frozenset[str] | None:
    """The ids of the caller's places; None: all. What a role names beside them is no place."""
    units = calling_officer().units
    return None if units is None else frozenset(unit for unit in units if IS_ID.fullmatch(unit))


def place_of_officer(place_id: str, *, hold: bool = False) -> PassPlace:
    """A place of the caller's; `hold` as in `place_or_404`. Raises a 404."""
    calling_officer().require(place_id)
    return place_or_404(place_id, hold=hold)


def gate_of_officer(gate_id: str, place_id: str | None = None, *, hold: bool = False) -> PassGate:
    """A gate at a place of the caller's, at that place where it is given. Raises a 404."""
    gate = gate_or_404(gate_id, hold=hold)
    calling_officer().require(gate.place_id)
    if place_id is not None and gate.place_id != place_id:
        raise Problem("not-found")
    return gate


def bind_kiosk_of_officer(gate_id: str, kiosk_id: str, place_id: str | None = None) -> None:
    """A kiosk stands at a gate of the caller's; it is taken from no place that is not theirs."""
    bind_kiosk(gate_of_officer(gate_id, place_id), kiosk_id, own_places())


def kiosks_of_officer() -> list[KioskOfScan]:
    """The kiosks that the caller may put at a gate: those of the service that stand at no place of others."""
    found, own = kiosks_of_service(SERVICE.id), own_places()
    if own is None:
        return list(found)
    at_gates = select(PassGateKiosk.kiosk_id).join(PassGate, PassGate.id == PassGateKiosk.gate_id)
    elsewhere = set(session().scalars(at_gates.where(PassGate.place_id.not_in(own))))
    return [kiosk for kiosk in found if kiosk.id not in elsewhere]
