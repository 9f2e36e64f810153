"""What a scan means at a gate, in words for the person and the guard; and how the service is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import func, select

from citizen_app.toolkit.data import session
from citizen_app.toolkit.scan import Allow, Meaning, Refuse, Scan, Text
from citizen_app.toolkit.time import city_zone, now

from .manifest import BASIS_TITLES, ROLE_TITLES
from .models import PassPresence
from .operations.deaths import settle
from .operations.hours import Group
from .operations.passing import Passed, Stopped, enter, leave
from .snapshot import Gate, books

COME_IN: Final = Text("请进", "Please come in")
GUEST: Final = Text("访客请进", "Guest, please come in")
TOGETHER: Final = Text("随行人员请进", "Please come in together")
BROUGHT: Final = Text("随{role}进入", "With: {role}")
PASS: Final = Text("请通行", "Please pass")
GOODBYE: Final = Text("请慢走", "Goodbye")
EMERGENCY: Final = Text("紧急开放", "Emergency: open")
ORDERLY: Final = Text("请有序通行，已登记", "Please walk, do not run; you are on record")
RECORDED: Final = Text("已登记", "You are on record")
PURPOSE: Final = Text("事由 {purpose}", "Purpose: {purpose}")
VISITS: Final = Text("访问 {unit}", "Visits {unit}")
UNTIL: Final = Text("有效至 {time}", "Valid until {time}")
PLATE: Final = Text("车牌 {plate}", "Plate {plate}")
LAST_ENTRY: Final = Text("这是最后一次进入", "This was the last entry")
ENTRIES_LEFT: Final = Text("还可进入 {left} 次", "Entries left: {left}")
AGAIN: Final = Text("刚才已登记，不再计次", "Already recorded, counted once")
NO_ENTRY: Final = Text("没有进入记录", "No entry on record")
STILL_INSIDE: Final = Text("上次未刷码离开", "Did not scan out last time")
OPEN_TODAY: Final = Text("今日开放 {windows}", "Open today {windows}")
CLOSED_TODAY: Final = Text("今日不开放", "Closed today")
NOTES: Final = {"no_entry": NO_ENTRY, "already_inside": STILL_INSIDE}


def on_scan(scan: Scan) -> Meaning:
    """Let the citizen through this kiosk's gate, or say why not."""
    gate = books().gate_of_kiosk.get(scan.kiosk.id)
    if gate is None:
        return Refuse("no_gate")
    inward = scan.purpose == "enter"
    if not scan.late and not _is_at(gate, scan.context.get("gate"), inward):
        return Refuse("wrong_gate", outcome={"gate": gate.code})
    done = enter(scan, gate) if inward else leave(scan, gate)
    return _refused(done, gate, scan) if isinstance(done, Stopped) else _allowed(done, gate)


def on_death(citizen_ref: str) -> None:
    """End what stands for somebody who has died."""
    settle(citizen_ref)


def health() -> Mapping[str, Any]:
    """Places, gates with a kiosk, open emergencies, people inside."""
    held = books()
    moment = now()
    inside = session().scalar(select(func.count()).select_from(PassPresence).where(PassPresence.inside))
    return {
        "places": len(held.places),
        "gates": len(held.gates),
        "kiosks_at_gates": len(held.gate_of_kiosk),
        "open_emergencies": sum(1 for p in held.places.values() if p.emergency_at(moment)),
        "inside": inside or 0,
    }


def _is_at(gate: Gate, claimed: Any, inward: bool) -> bool:
    told = claimed.strip().casefold() if isinstance(claimed, str) else ""
    return told in ("", gate.code.casefold()) and gate.direction in ("both", "in" if inward else "out")


def _allowed(done: Passed, gate: Gate) -> Allow:
    title, lines = (_entry if done.inward else _departure)(done, gate)
    if done.note in NOTES:
        lines.append(NOTES[done.note])
    if done.again:
        lines.append(AGAIN)
    outcome = {
        "passage_id": done.passage_id,
        "place": gate.place.id,
        "gate": gate.code,
        "basis": done.basis,
        "again": done.again,
        "note": done.note,
    }
    return Allow(title, tuple(lines), outcome={k: v for k, v in outcome.items() if v is not None})


def _entry(done: Passed, gate: Gate) -> tuple[Text, list[Text]]:
    if done.basis == "emergency":
        return EMERGENCY, [ORDERLY]
    if done.basis == "companion":
        return TOGETHER, _companion_lines(done, gate)
    if done.basis == "guest" and done.invitation is not None:
        return GUEST, _guest_lines(done)
    if done.basis == "member" and done.member is not None:
        return COME_IN, [gate.place.name, ROLE_TITLES[done.member.role]]
    return PASS, [gate.place.name, RECORDED]


def _companion_lines(done: Passed, gate: Gate) -> list[Text]:
    """With whom somebody comes in, by their role here: never by name."""
    if done.invitation is not None:
        return [BROUGHT.fill(role=BASIS_TITLES["guest"]), *_guest_lines(done)]
    role = ROLE_TITLES[done.member.role] if done.member else BASIS_TITLES["member"]
    return [gate.place.name, BROUGHT.fill(role=role)]


def _departure(done: Passed, gate: Gate) -> tuple[Text, list[Text]]:
    return (EMERGENCY, [ORDERLY]) if done.basis == "emergency" else (GOODBYE, [gate.place.name])


def _guest_lines(done: Passed) -> list[Text]:
    """What a guard compares: whither, what for, until when. Never the guest's number, nor the host's name."""
    guest = done.invitation
    assert guest is not None
    ends = guest.ends_at.astimezone(city_zone()).strftime("%m-%d %H:%M")
    lines = [VISITS.fill(unit=done.host.unit)] if done.host and done.host.unit else []
    if guest.purpose:
        lines.append(PURPOSE.fill(purpose=guest.purpose))
    if guest.plate:
        lines.append(PLATE.fill(plate=guest.plate))
    lines.append(UNTIL.fill(time=ends))
    if done.entries_left is not None:
        lines.append(ENTRIES_LEFT.fill(left=done.entries_left) if done.entries_left else LAST_ENTRY)
    return lines


def _refused(stop: Stopped, gate: Gate, scan: Scan) -> Refuse:
    lines = (_open_today(gate, scan, stop.group),) if stop.code == "outside_hours" else ()
    return Refuse(stop.code, lines, {"place": gate.place.id, "gate": gate.code})


def _open_today(gate: Gate, scan: Scan, group: Group) -> Text:
    """The windows of today for those whom the refused person belongs to."""
    today = scan.occurred_at.astimezone(city_zone()).date()
    spans = [f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in gate.place.hours.windows_of(today, group)]
    return OPEN_TODAY.fill(windows=", ".join(spans)) if spans else CLOSED_TODAY
