"""Against those who trade in numbers (号贩): patterns of the last weeks that a manager should look at. From
how many on one is told is a rule of the hospital's policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import session
from services.hospital.models import HospitalBooking, HospitalPatient
from services.hospital.operations.rules import Rules

MOST: Final = 100
MOST_PAIRS: Final = 5_000
TITLES: Final = {
    "cancelled": Text("频繁退号的就诊人", "Patients who give back many numbers"),
    "lapsed": Text("频繁锁号不确认的就诊人", "Patients with many holds that were not confirmed"),
    "handover": Text("退号后被他人秒约的就诊人", "Patients whose returned numbers others take at once"),
    "taken": Text("秒抢退号的就诊人", "Patients who take returned numbers at once"),
    "patients": Text("替多人预约的账号", "Accounts that book for many patients"),
    "network": Text("预约人数多的网络地址段", "Networks from which many patients are booked"),
}
WORDS: Final = {
    "cancelled": Text("退号 {count} 次", "{count} numbers given back"),
    "lapsed": Text("锁号未确认 {count} 次", "{count} holds not confirmed"),
    "handover": Text("退号后立即被他人约走 {count} 次", "{count} returned numbers booked by others at once"),
    "taken": Text("退号放回后立即约到 {count} 次", "{count} returned numbers booked at once"),
    "patients": Text("为 {count} 位就诊人预约", "Booked for {count} patients"),
    "network": Text("{count} 位就诊人从这里预约", "{count} patients booked from here"),
}
PATIENT: Final = Text("病案号 {number}", "Record {number}")
ACCOUNT: Final = Text("账号 {tag}", "Account {tag}")
NETWORK: Final = Text("网络 {tag}", "Network {tag}")


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A pattern: of whom (a record number, or what is left of a mark), how often, when last. `refs` are for
    the look that telling it is."""

    kind: str
    subject: Text
    count: int
    latest_at: datetime
    refs: tuple[str, ...] = field(default=())

    @property
    def words(self) -> Text:
        """In words."""
        return WORDS[self.kind].fill(count=self.count)


def suspicions(hospital_id: str, rules: Rules, moment: datetime) -> list[Suspicion]:
    """What stands out at a hospital, by kind, the most first; a hundred of a kind at most."""
    since = moment - timedelta(days=rules.watch_days)
    found = [
        *_by_patient("cancelled", hospital_id, since, rules.watch_cancelled),
        *_by_patient("lapsed", hospital_id, since, rules.watch_lapsed),
        *_fast(hospital_id, since, rules),
        *_by_mark("patients", hospital_id, since, HospitalBooking.account, rules.watch_patients, ACCOUNT),
        *_by_mark("network", hospital_id, since, HospitalBooking.network, rules.watch_network, NETWORK),
    ]
    kinds = list(TITLES)
    found.sort(key=lambda one: (kinds.index(one.kind), -one.count, one.subject.zh))
    return [one for kind in kinds for one in [two for two in found if two.kind == kind][:MOST]]


def _by_patient(state: str, hospital_id: str, since: datetime, least: int) -> Iterator[Suspicion]:
    number, ref = HospitalPatient.number, HospitalPatient.holder_ref
    rows = session().execute(
        select(number, ref, func.count(), func.max(HospitalBooking.ended_at))
        .join(HospitalPatient, HospitalPatient.id == HospitalBooking.patient_id)
        .where(
            HospitalBooking.hospital_id == hospital_id,
            HospitalBooking.ended_at >= since,
            HospitalBooking.state == state,
        )
        .group_by(number, ref)
        .having(func.count() >= least)
        .order_by(func.count().desc())
        .limit(MOST)
    )
    for its, whose, count, latest in rows:
        if latest is not None:
            yield Suspicion(state, PATIENT.fill(number=its), count, latest, (whose,))


def _by_mark(
    kind: str, hospital_id: str, since: datetime, mark: Any, least: int, said: Text
) -> Iterator[Suspicion]:
    different = func.count(HospitalBooking.patient_id.distinct())
    rows = session().execute(
        select(mark, different, func.max(HospitalBooking.made_at))
        .where(
            HospitalBooking.hospital_id == hospital_id,
            HospitalBooking.made_at >= since,
            mark.is_not(None),
        )
        .group_by(mark)
        .having(different >= least)
        .order_by(different.desc())
        .limit(MOST)
    )
    for tag, count, latest in rows:
        yield Suspicion(kind, said.fill(tag=tag[:6]), count, latest)


def _fast(hospital_id: str, since: datetime, rules: Rules) -> Iterator[Suspicion]:
    """Who gave numbers back that somebody else had within seconds of their return, and who had them so."""
    later, giver, taker = aliased(HospitalBooking), aliased(HospitalPatient), aliased(HospitalPatient)
    pairs = [
        (back, held, (number, ref), (other, whose))
        for back, held, number, ref, other, whose in session().execute(
            select(
                HospitalBooking.back_at,
                later.held_at,
                giver.number,
                giver.holder_ref,
                taker.number,
                taker.holder_ref,
            )
            .select_from(HospitalBooking)
            .join(giver, giver.id == HospitalBooking.patient_id)
            .join(
                later, (later.pool_id == HospitalBooking.pool_id) & (later.held_at >= HospitalBooking.back_at)
            )
            .join(taker, taker.id == later.patient_id)
            .where(
                HospitalBooking.hospital_id == hospital_id,
                HospitalBooking.back_at >= since,
                HospitalBooking.state == "cancelled",
                later.citizen_ref != HospitalBooking.citizen_ref,
            )
            .order_by(HospitalBooking.back_at.desc())
            .limit(MOST_PAIRS)
        )
    ]
    within = timedelta(seconds=rules.watch_seconds)
    fast = [pair for pair in pairs if pair[0] is not None and pair[1] - pair[0] <= within]
    sides: tuple[tuple[str, Callable[[Any], tuple[str, str]]], ...] = (
        ("handover", lambda pair: pair[2]),
        ("taken", lambda pair: pair[3]),
    )
    for kind, side in sides:
        times: dict[tuple[str, str], list[datetime]] = {}
        for pair in fast:
            times.setdefault(side(pair), []).append(pair[1])
        for (number, ref), at in times.items():
            if len(at) >= rules.watch_taken:
                yield Suspicion(kind, PATIENT.fill(number=number), len(at), max(at), (ref,))


def marked_long_ago(moment: datetime) -> ColumnElement[bool]:
    """Bookings whose marks nobody needs any more: no hospital looks back further."""
    is_marked = HospitalBooking.account.is_not(None) | HospitalBooking.network.is_not(None)
    return is_marked & (HospitalBooking.made_at < moment - timedelta(days=90))
