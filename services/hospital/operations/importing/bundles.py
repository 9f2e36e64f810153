"""Sessions from a FHIR Bundle (R4): each Schedule names the doctor and the department, its Slots the times
and the numbers. One Slot is one number, or as many as its extension says; Slots of one time add up. A
Schedule of several days makes a session for each segment of each day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Final

from sqlalchemy import or_, select

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import new_id, session
from citizen_app.toolkit.fhir import Entry, judged, read_bundle
from citizen_app.toolkit.files import FileUnreadable, Rejected, Report
from citizen_app.toolkit.time import city_zone
from services.hospital.models import HospitalPool, HospitalSession
from services.hospital.operations.importing.entries import (
    SCHEDULE,
    SLOT,
    Place,
    Slot,
    place_of,
    slot_of,
)
from services.hospital.operations.timetable import (
    APP,
    add_pools,
    closures_of,
    covers,
    fit_pools,
    is_used,
    locked_pools,
)
from services.hospital.snapshot import rules_as_stored

MOST_SLOTS: Final = 20_000
TOO_MANY: Final = Text("Slot 过多，最多 {most} 个", "it has too many Slots; {most} at most")
OVERLAP: Final = Text("与同一排班的另一个 Slot 重叠", "overlaps another Slot of its Schedule")
BUSY: Final = Text("同一时间已有另一个班次", "there is another session at this time")
USED: Final = Text(
    "这个班次已有人预约，不能再改", "somebody has a number in this session: it cannot be changed"
)
CLOSED: Final = Text("这一天停诊", "there is a closure on this day")

Wanted = dict[tuple[datetime, str], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Usual:
    """What a bundle does not say: the kind of number, and the fee in 分."""

    kind: str = "general"
    fee: int = 0


def read_slots(stream: BinaryIO) -> list[Entry]:
    """The entries of a bundle, in no unit of work. Raises `FileUnreadable`."""
    entries = read_bundle(stream)
    if sum(one.type == SLOT for one in entries) > MOST_SLOTS:
        raise FileUnreadable(TOO_MANY.fill(most=MOST_SLOTS))
    return entries


def store_bundle(
    hospital_id: str, entries: list[Entry], usual: Usual, report: Report, moment: datetime
) -> Iterator[None]:
    """Store the sessions in the present unit of work, one a step; says in the report what became of each."""
    report.ignored_columns = tuple(sorted({one.type for one in entries} - {SCHEDULE, SLOT}))
    places: dict[str, Place | None] = {}
    for entry in entries:
        if entry.type == SCHEDULE:
            place = judged(report, entry, lambda one: place_of(one, entries, hospital_id, usual.kind))
            places |= dict.fromkeys(entry.names, place)
    closures = closures_of(hospital_id, moment.astimezone(city_zone()).date())
    for (place, day, segment), slots in _grouped(entries, places, report, moment).items():
        first, last = min(one.starts for one in slots), max(one.ends for one in slots)
        row = HospitalSession(
            id=new_id(),
            hospital_id=hospital_id,
            campus_id=place.campus_id,
            department_id=place.department_id,
            doctor_id=place.doctor_id,
            day=day,
            segment=segment,
            kind=place.kind,
            starts_at=first,
            ends_at=last,
            slot_minutes=max(int((slots[0].ends - slots[0].starts).total_seconds()) // 60, 1),
            room=place.room,
            fee=usual.fee,
            state="open",
            last_number=0,
            created_at=moment,
        )
        if any(covers(one, row, day, segment) for one in closures):
            report.reject(Rejected(slots[0].number, "Slot.start", CLOSED))
        else:
            _store(row, slots, report, moment)
        yield


def _grouped(
    entries: list[Entry], places: Mapping[str, Place | None], report: Report, moment: datetime
) -> dict[tuple[Place, Any, str], list[Slot]]:
    groups: dict[tuple[Place, Any, str], list[Slot]] = {}
    for entry in entries:
        slot = judged(report, entry, lambda one: slot_of(one, places, moment)) if entry.type == SLOT else None
        if slot is None:
            continue
        group = groups.setdefault((slot.place, slot.day, slot.segment), [])
        if any(_meet(slot, other) and slot.starts != other.starts for other in group):
            report.reject(Rejected(entry.number, "Slot.start", OVERLAP))
        group.append(slot)
    return groups


def _store(row: HospitalSession, slots: list[Slot], report: Report, moment: datetime) -> None:
    """One session: new, the same, or with other numbers than before."""
    fault = Rejected(slots[0].number, "Slot.start", BUSY)
    version = rules_as_stored(row.hospital_id, row.department_id, row.kind, moment)
    row.opens_at, row.policy_id = version.rules.opens_at(row.day), version.id
    there = list(session().scalars(_meeting(row)))
    same = next((one for one in there if _is_same(one, row)), None)
    if any(one is not same for one in there):
        report.reject(fault)
        return
    if same is None:
        session().add(row)
        session().flush()
        add_pools(row, _wanted(slots))
        report.counts["added"] += 1
        return
    changed = {
        name: value
        for name in ("starts_at", "ends_at", "slot_minutes", "kind", "room", "fee")
        if getattr(same, name) != (value := getattr(row, name))
    }
    if not changed and _numbers(same) == {key: one["capacity"] for key, one in _wanted(slots).items()}:
        report.counts["unchanged"] += 1
        return
    pools = locked_pools(same.id)
    if is_used(same.id, pools, moment):
        report.reject(Rejected(fault.row, fault.column, USED))
        return
    for name, value in {**changed, "opens_at": row.opens_at, "policy_id": row.policy_id}.items():
        setattr(same, name, value)
    fit_pools(same, _wanted(slots), pools, moment)
    report.counts["changed"] += 1


def _meeting(row: HospitalSession) -> Any:
    """Sessions of the doctor, or of the department's own clinic, at the same time."""
    who = (
        HospitalSession.doctor_id == row.doctor_id
        if row.doctor_id
        else (HospitalSession.department_id == row.department_id) & HospitalSession.doctor_id.is_(None)
    )
    meets = (HospitalSession.starts_at < row.ends_at) & (HospitalSession.ends_at > row.starts_at)
    by_hand = HospitalSession.template_id.is_(None) & (HospitalSession.segment == row.segment)
    return select(HospitalSession).where(
        who, HospitalSession.day == row.day, HospitalSession.state == "open", or_(meets, by_hand)
    )


def _is_same(one: HospitalSession, row: HospitalSession) -> bool:
    """Whether it is the session that a bundle before made."""
    names = ("department_id", "doctor_id", "day", "segment")
    return one.template_id is None and all(getattr(one, name) == getattr(row, name) for name in names)


def _wanted(slots: list[Slot]) -> Wanted:
    """Numbers by slot and channel; the app has a pool in each, if only for what others give back."""
    found: Wanted = {}
    for slot in slots:
        for channel, places in ((APP, 0), (slot.channel, slot.places)):
            pool = found.setdefault(
                (slot.starts, channel), {"ends_at": slot.ends, "capacity": 0, "gives_back_at": None}
            )
            pool["capacity"] += places
    return found


def _numbers(row: HospitalSession) -> dict[tuple[datetime, str], int]:
    mine = select(HospitalPool).where(HospitalPool.session_id == row.id)
    return {(pool.starts_at, pool.channel): pool.capacity for pool in session().scalars(mine)}


def _meet(one: Slot, other: Slot) -> bool:
    return one.starts < other.ends and other.starts < one.ends
