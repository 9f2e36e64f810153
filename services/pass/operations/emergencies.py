"""Opening every gate of a place in an emergency, and counting heads afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select

from citizen_app.toolkit.commands import audit
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import guarded_update, invalidate, lock_row, new_id, session, table_of, upsert
from citizen_app.toolkit.settings import service_settings
from citizen_app.toolkit.time import now
from citizen_app.toolkit.web import Problem, invalid_input

from ..manifest import SERVICE
from ..models import PassAccounted, PassEmergency, PassPlace, PassPresence
from ..snapshot import TOPIC

IS_OPEN = Text("紧急开放已在进行。", "An emergency is open already.")
NOT_THEN = Text("应在将来，至多 {hours} 小时之后", "must lie in the future, at most {hours} hours ahead")
NONE_OPEN = Text("没有进行中的紧急开放。", "No emergency is open.")


def open_all(place_id: str, reason: str, until: datetime, by: str) -> PassEmergency:
    """Open every gate of a place to everybody from now on. Raises a 409 when it is open already, a 422 for a
    time out of range."""
    moment = now()
    longest = timedelta(hours=service_settings(SERVICE.id)["longest_emergency_hours"])
    if not moment < until <= moment + longest:
        raise invalid_input(
            "/until", NOT_THEN.fill(hours=service_settings(SERVICE.id)["longest_emergency_hours"])
        )
    lock_row(PassPlace, place_id)  # two who open at once take turns
    if current(place_id) is not None:
        raise Problem("conflict", IS_OPEN)
    made = PassEmergency(
        id=new_id(), place_id=place_id, reason=reason, opened_by=by[:60], opened_at=moment, until=until
    )
    session().add(made)
    session().flush()
    invalidate(TOPIC)
    audit("pass.open_emergency", "pass_place", place_id, emergency=made.id, by=by)
    return made


def end(place_id: str, by: str) -> PassEmergency:
    """Close the gates again now; of several who do so one has ended it. Raises a 409 when no emergency is
    open."""
    moment = now()
    ended = guarded_update(PassEmergency, *_open(place_id, moment), until=moment, ended_by=by[:60])
    if ended is None:
        raise Problem("conflict", NONE_OPEN)
    invalidate(TOPIC)
    audit("pass.end_emergency", "pass_place", place_id, emergency=ended.id, by=by)
    return ended


def current(place_id: str) -> PassEmergency | None:
    """The emergency that is open now, as the table has it."""
    return (
        session()
        .scalars(
            select(PassEmergency).where(*_open(place_id, now())).order_by(PassEmergency.id.desc()).limit(1)
        )
        .one_or_none()
    )


def _open(place_id: str, moment: datetime) -> tuple[ColumnElement[bool], ...]:
    """What an open emergency is. One that somebody ended is over, whatever another machine's clock says of
    the moment."""
    return PassEmergency.place_id == place_id, PassEmergency.until > moment, PassEmergency.ended_by.is_(None)


def latest(place_id: str) -> PassEmergency | None:
    """The newest emergency, open or over."""
    return (
        session()
        .scalars(
            select(PassEmergency)
            .where(PassEmergency.place_id == place_id)
            .order_by(PassEmergency.id.desc())
            .limit(1)
        )
        .one_or_none()
    )


def latest_or_404(place_id: str) -> PassEmergency:
    """The same. Raises a 404 where there never was one."""
    found = latest(place_id)
    if found is None:
        raise Problem("not-found")
    return found


def account_for(emergency: PassEmergency, person_id: str, by: str) -> None:
    """Somebody has been found safe; once more changes nothing. Raises a 404 for somebody who was not at the
    place."""
    person = session().get(PassPresence, person_id)
    if person is None or person.place_id != emergency.place_id:
        raise Problem("not-found")
    mark = upsert(table_of(PassAccounted)).values(
        emergency_id=emergency.id, person_id=person_id, by=by[:60], at=now()
    )
    session().execute(mark.on_conflict_do_nothing())
    audit("pass.account_for", "pass_person", person_id, emergency=emergency.id, by=by)
