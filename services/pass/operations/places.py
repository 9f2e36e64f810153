"""Places, gates and the kiosks at them, as operators set them up. Effective at every gate within a second or
two."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from citizen_app.toolkit.commands import audit
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import invalidate, lock_row, new_id, session, upsert
from citizen_app.toolkit.kiosks import kiosk_of_service
from citizen_app.toolkit.time import now
from citizen_app.toolkit.web import Problem, invalid_input

from ..manifest import SERVICE
from ..models import PassGate, PassGateKiosk, PassPlace
from ..snapshot import TOPIC
from .hours import Hours
from .policy import USUAL_TRAIL_DAYS, Policy

NOT_OURS = Text("不是这项服务的设备", "not a kiosk of this service")
STANDS_ELSEWHERE = Text(
    "这台设备在您不负责的场所；请先让那边移走",
    "this kiosk stands at a place that is not yours; have it released there first",
)


def create_place(
    kind: str,
    name: Text,
    *,
    policy: Policy | None = None,
    hours: Hours | None = None,
    trail_days: int = USUAL_TRAIL_DAYS,
) -> PassPlace:
    """A new place; without hours it is open always."""
    place = PassPlace(
        id=new_id(),
        kind=kind,
        name_zh=name.zh,
        name_en=name.en,
        closed=False,
        policy=(policy or Policy()).as_dict(),
        accompanied=(policy or Policy()).accompanied,
        hours=(hours or Hours()).as_dict(),
        trail_days=trail_days,
        created_at=now(),
    )
    session().add(place)
    return _changed(place, "pass.create_place", kind=kind)


def change_place(place: PassPlace, changes: dict[str, Any]) -> PassPlace:
    """Change what was given: `name`, `closed`, `trail_days`, `policy` (a `Policy`), `hours` (`Hours`)."""
    for field, value in changes.items():
        if field == "name":
            place.name_zh, place.name_en = value.zh, value.en
        else:
            setattr(place, field, value.as_dict() if field in ("policy", "hours") else value)
        if field == "policy":
            place.accompanied = value.accompanied
    return _changed(place, "pass.change_place", fields=sorted(changes))


def place_or_404(place_id: str, *, hold: bool = False) -> PassPlace:
    """The place; `hold` keeps the row until the end of the unit of work."""
    place = lock_row(PassPlace, place_id) if hold else session().get(PassPlace, place_id)
    if place is None:
        raise Problem("not-found")
    return place


def create_gate(place: PassPlace, code: str, name: Text, direction: str) -> PassGate:
    """A new gate. Raises a 409 when the place has one of that code."""
    gate = PassGate(
        id=new_id(),
        place_id=place.id,
        code=code,
        name_zh=name.zh,
        name_en=name.en,
        direction=direction,
        in_use=True,
    )
    try:
        with session().begin_nested():
            session().add(gate)
    except IntegrityError as taken:
        raise Problem(
            "conflict", Text("该处已有此编号的通道。", "The place has a gate of this code.")
        ) from taken
    invalidate(TOPIC)
    audit("pass.create_gate", "pass_gate", gate.id, place=place.id, code=code)
    return gate


def change_gate(gate: PassGate, changes: dict[str, Any]) -> PassGate:
    """Change `name`, `direction` or `in_use`."""
    for field, value in changes.items():
        if field == "name":
            gate.name_zh, gate.name_en = value.zh, value.en
        else:
            setattr(gate, field, value)
    session().flush()
    invalidate(TOPIC)
    audit("pass.change_gate", "pass_gate", gate.id, fields=sorted(changes))
    return gate


def gate_or_404(gate_id: str, *, hold: bool = False) -> PassGate:
    """The gate; `hold` keeps the row until the end of the unit of work."""
    gate = lock_row(PassGate, gate_id) if hold else session().get(PassGate, gate_id)
    if gate is None:
        raise Problem("not-found")
    return gate


def bind_kiosk(gate: PassGate, kiosk_id: str, within: Collection[str] | None = None) -> None:
    """The kiosk stands at this gate from now on, and at no other. Raises a 422 for a kiosk that is not this
    service's, or that stands at a place other than those `within` (None: every place)."""
    if kiosk_of_service(SERVICE.id, kiosk_id) is None:
        raise invalid_input("/kiosk_id", NOT_OURS)
    binding = upsert(PassGateKiosk).values(kiosk_id=kiosk_id, gate_id=gate.id)
    elsewhere = PassGateKiosk.gate_id != gate.id
    if within is not None:
        elsewhere &= PassGateKiosk.gate_id.in_(select(PassGate.id).where(PassGate.place_id.in_(within)))
    bound = binding.on_conflict_do_update(
        index_elements=["kiosk_id"], set_={"gate_id": gate.id}, where=elsewhere
    )
    if session().scalar(bound.returning(PassGateKiosk.kiosk_id)) is None:
        if session().scalar(select(PassGateKiosk.gate_id).filter_by(kiosk_id=kiosk_id)) != gate.id:
            raise invalid_input("/kiosk_id", STANDS_ELSEWHERE)
        return
    invalidate(TOPIC)
    audit("pass.bind_kiosk", "kiosk", kiosk_id, gate=gate.id)


def release_kiosk(gate: PassGate, kiosk_id: str) -> None:
    """The kiosk stands at no gate any more: it lets nobody through. Raises a 404 when it stood elsewhere."""
    mine = (PassGateKiosk.kiosk_id == kiosk_id) & (PassGateKiosk.gate_id == gate.id)
    if session().scalar(delete(PassGateKiosk).where(mine).returning(PassGateKiosk.kiosk_id)) is None:
        raise Problem("not-found")
    invalidate(TOPIC)
    audit("pass.release_kiosk", "kiosk", kiosk_id, gate=gate.id)


def gates_of(place_id: str) -> list[tuple[PassGate, list[str]]]:
    """The gates of a place in the order of their codes, each with the ids of its kiosks."""
    gates = (
        session().scalars(select(PassGate).where(PassGate.place_id == place_id).order_by(PassGate.code)).all()
    )
    bound = session().execute(
        select(PassGateKiosk.gate_id, PassGateKiosk.kiosk_id)
        .where(PassGateKiosk.gate_id.in_([gate.id for gate in gates]))
        .order_by(PassGateKiosk.kiosk_id)
    )
    kiosks: dict[str, list[str]] = {}
    for gate_id, kiosk_id in bound:
        kiosks.setdefault(gate_id, []).append(kiosk_id)
    return [(gate, kiosks.get(gate.id, [])) for gate in gates]


def _changed(place: PassPlace, action: str, **details: Any) -> PassPlace:
    session().flush()
    invalidate(TOPIC)
    audit(action, "pass_place", place.id, **details)
    return place
