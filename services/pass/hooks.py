"""What a scan means at a gate, in words for the person and the guard; and how the service is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import func, select

from citizen_app.toolkit.data import session
from citizen_app.toolkit.rights import Kept
from citizen_app.toolkit.scan import (
    Allow,
    Card,
    Choosing,
    CitizenView,
    FoundHere,
    Meaning,
    Refuse,
    Scan,
    Searching,
    Text,
)
from citizen_app.toolkit.time import city_zone, now

from .manifest import BASIS_TITLES, ROLE_TITLES
from .models import PassInvitation, PassMember, PassPresence
from .operations.deaths import settle
from .operations.erasing import erase
from .operations.hours import Group
from .operations.passing import Passed, Stopped, enter, leave
from .operations.searching import search
from .queries import today
from .queries.kept import kept_of
from .snapshot import Gate, books, title_of_place

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
INWARD: Final = frozenset({"enter", "sign_in"})
AT_COUNTERS: Final = frozenset({"sign_in", "sign_out"})
COUNTERS_OF: Final = "institution"
COUNTER: Final = {
    True: Text("到访已登记", "You are signed in"),
    False: Text("离开已登记", "You are signed out"),
}
"""Words for whoever stands at a counter: nothing opens there."""
EXPECTED: Final = Text("{begins} 至 {ends}，客人{guest}", "Your guest {guest}, {begins} to {ends}")
INVITED: Final = Text("{begins} 至 {ends}，您受邀到访", "You are invited, {begins} to {ends}")
ENDS: Final = Text("您的通行资格到 {day} 为止", "Your pass ends on {day}")
AHEAD: Final = timedelta(hours=24)
"""What is told of visits on the home page, …"""
ENDS_WITHIN: Final = timedelta(days=30)
"""… and of memberships that end."""
NOTES: Final = {"no_entry": NO_ENTRY, "already_inside": STILL_INSIDE}


def on_scan(scan: Scan) -> Meaning:
    """Let the citizen through this kiosk's gate, or say why not."""
    gate = books().gate_of_kiosk.get(scan.kiosk.id)
    if gate is None:
        return Refuse("no_gate")
    inward = scan.purpose in INWARD
    if scan.purpose in AT_COUNTERS and gate.place.kind != COUNTERS_OF:
        return Refuse("not_a_counter")
    if not scan.late and not _is_at(gate, scan.context.get("gate"), inward):
        return Refuse("wrong_gate", outcome={"gate": gate.code})
    done = enter(scan, gate) if inward else leave(scan, gate)
    if isinstance(done, Stopped):
        return _refused(done, gate, scan)
    allowed = _allowed(done, gate)
    return replace(allowed, title=COUNTER[inward]) if scan.purpose in AT_COUNTERS else allowed


def choices_for(asked: Choosing) -> Sequence[tuple[str, Text]]:
    """The gates of the place where the kiosk stands."""
    here = books().gate_of_kiosk.get(asked.kiosk.id)
    if here is None:
        return ()
    gates = [gate for gate in books().gates.values() if gate.place.id == here.place.id]
    return [(gate.code, gate.name) for gate in sorted(gates, key=attrgetter("code"))]


def search_here(asked: Searching) -> Sequence[FoundHere]:
    """Members and expected guests of the place where the kiosk stands."""
    here = books().gate_of_kiosk.get(asked.kiosk.id)
    return search(here.place, asked.words) if here is not None else ()


def on_death(citizen_ref: str) -> None:
    """End what stands for somebody who has died."""
    settle(citizen_ref)


def export_for(citizen: CitizenView) -> Sequence[Kept]:
    """All that stands of somebody in the places' books."""
    return kept_of(citizen)


def erase_for(citizen: CitizenView) -> None:
    """Delete it."""
    erase(citizen)


def cards_for(citizen: CitizenView) -> Sequence[Card]:
    """Guests who are expected within a day, where the citizen is a guest, and a membership that ends."""
    moment = now()
    guests = today.guests_expected(citizen, moment, moment + AHEAD)
    visits = today.invitations_of(citizen, moment, moment + AHEAD)
    ending = today.ending_soon(citizen, moment, moment + ENDS_WITHIN)
    return [
        *(_visit(one, EXPECTED, f"guests/{one.id}") for one in guests[:1]),
        *(_visit(one, INVITED, "visits") for one in visits[:1]),
        *([_end(ending)] if ending is not None else []),
    ]


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


def _visit(visit: PassInvitation, words: Text, link: str) -> Card:
    first, last = (at.astimezone(city_zone()) for at in (visit.starts_at, visit.ends_at))
    shape = "%H:%M" if first.date() == last.date() else "%m-%d %H:%M"
    begins, ends = first.strftime(shape), last.strftime(shape)
    title = words.fill(begins=begins, ends=ends, guest=visit.masked_guest or "")
    return Card(title, (title_of_place(visit.place_id),), link, visit.starts_at)


def _end(member: PassMember) -> Card:
    assert member.valid_until is not None
    day = member.valid_until.astimezone(city_zone()).strftime("%m-%d")
    return Card(ENDS.fill(day=day), (title_of_place(member.place_id),))


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
