"""Whom a guard finds on the list of the place: members, and guests who are expected within a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import InstrumentedAttribute

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import session
from citizen_app.toolkit.people import PhoneRefused, contact_ref
from citizen_app.toolkit.scan import MOST_FOUND, FoundHere
from citizen_app.toolkit.time import city_zone, now

from ..manifest import BASIS_TITLES, ROLE_TITLES, SERVICE
from ..models import PassInvitation, PassMember
from ..snapshot import Place
from .reading import refs_of, refs_of_invitation

EXPECTED_WITHIN: Final = timedelta(days=1)
ROWS_AT_A_TIME: Final = 200
MOST_ROWS: Final = 5_000
"""Names are sealed, so a list is read to its end; longer ones are searched by phone number."""

NAMED: Final = Text("{role} {name}", "{role} {name}")
UNIT: Final = Text("房号或部门 {unit}", "Unit {unit}")
VISITS: Final = Text("访问 {unit}", "Visits {unit}")
PLATE: Final = Text("车牌 {plate}", "Plate {plate}")
WINDOW: Final = Text("{start} 至 {end}", "{start} to {end}")
STATUS: Final = {
    "suspended": Text("已暂停", "Suspended"),
    "revoked": Text("已撤销", "Revoked"),
}
UNNAMED: Final = "—"


def search(place: Place, words: str) -> list[FoundHere]:
    """Members and expected guests whose name, unit or plate contains the words, or whose phone number is
    exactly that; at most `MOST_FOUND`."""
    found = [*_members(place, words), *_guests(place, words)]
    return found[:MOST_FOUND]


def _members(place: Place, words: str) -> Iterator[FoundHere]:
    of_place = select(PassMember).where(PassMember.place_id == place.id, PassMember.status != "revoked")
    wanted = words.casefold()
    by_phone = _phone(PassMember.contact_ref, words)
    matching: Iterable[PassMember] = (
        _matching(of_place, lambda row: _contains(wanted, row.name, row.unit))
        if by_phone is None
        else session().scalars(of_place.where(by_phone).limit(MOST_FOUND))
    )
    for member in matching:
        lines = [UNIT.fill(unit=member.unit)] if member.unit else []
        lines += [STATUS[member.status]] if member.status in STATUS else []
        title = NAMED.fill(role=ROLE_TITLES[member.role], name=member.masked_name or UNNAMED)
        yield FoundHere(refs_of(member), title, tuple(lines))


def _matching(of_place: Select[Any], matches: Callable[[PassMember], bool]) -> Iterator[PassMember]:
    newest = of_place.order_by(PassMember.id.desc()).limit(MOST_ROWS)
    rows = session().scalars(newest, execution_options={"yield_per": ROWS_AT_A_TIME})
    yield from islice((row for row in rows if matches(row)), MOST_FOUND)


def _guests(place: Place, words: str) -> Iterator[FoundHere]:
    moment = now()
    expected = (
        select(PassInvitation, PassMember)
        .join(PassMember, PassMember.id == PassInvitation.host_id)
        .where(
            PassInvitation.place_id == place.id,
            PassInvitation.revoked_at.is_(None),
            PassInvitation.ends_at > moment,
            PassInvitation.starts_at < moment + EXPECTED_WITHIN,
        )
        .order_by(PassInvitation.starts_at)
        .limit(MOST_ROWS)
    )
    by_phone = _phone(PassInvitation.contact_ref, words)
    wanted = words.casefold()
    for guest, host in session().execute(expected if by_phone is None else expected.where(by_phone)):
        if by_phone is not None or _contains(wanted, guest.guest, guest.plate, host.unit):
            yield _guest(guest, host)


def _guest(guest: PassInvitation, host: PassMember) -> FoundHere:
    lines = [VISITS.fill(unit=host.unit)] if host.unit else []
    lines += [PLATE.fill(plate=guest.plate)] if guest.plate else []
    start, end = (
        moment.astimezone(city_zone()).strftime("%m-%d %H:%M") for moment in (guest.starts_at, guest.ends_at)
    )
    lines.append(WINDOW.fill(start=start, end=end))
    title = NAMED.fill(role=BASIS_TITLES["guest"], name=guest.masked_guest or UNNAMED)
    return FoundHere(refs_of_invitation(guest, host), title, tuple(lines))


def _phone(column: InstrumentedAttribute[str | None], words: str) -> ColumnElement[bool] | None:
    """The rows under a phone number, where the words are one."""
    try:
        return column == contact_ref(SERVICE.id, words)
    except PhoneRefused:
        return None


def _contains(wanted: str, *texts: str | None) -> bool:
    return any(text and wanted in text.casefold() for text in texts)
