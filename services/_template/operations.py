"""Rules and writes. They flush; the core commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from citizen_app.toolkit.data import new_id, session, table_of, upsert
from citizen_app.toolkit.jobs import Unit, delete_in_slices
from citizen_app.toolkit.scan import Text
from citizen_app.toolkit.time import city_zone
from citizen_app.toolkit.usage import note
from services._template.manifest import SERVICE
from services._template.models import ParlourClosedDay, ParlourVisit

VISITS: Final = table_of(ParlourVisit)
VISIT: Final = Text("{day} 的到访", "Visit of {day}")


def is_open(moment: datetime, settings: Mapping[str, Any]) -> bool:
    """Whether the room is open at that moment: within the hours of a day that is not closed."""
    local = moment.astimezone(city_zone())
    within = settings["opens_at"] <= local.hour < settings["closes_at"]
    return within and session().get(ParlourClosedDay, local.date().isoformat()) is None


def sign_in(citizen_ref: str, moment: datetime, age_band: int, companions: int) -> bool:
    """Write down a visit; False when the citizen was here on that day already. Of two scans at once one is
    first."""
    visit = upsert(ParlourVisit).values(
        id=new_id(),
        citizen_ref=citizen_ref,
        day=moment.astimezone(city_zone()).date().isoformat(),
        occurred_at=moment,
        age_band=age_band,
        companions=companions,
    )
    return session().scalar(visit.on_conflict_do_nothing().returning(ParlourVisit.id)) is not None


def delete_visit(citizen_ref: str, visit_id: str) -> bool:
    """Delete a visit of the citizen's own; False when there is none. The deed stands in their log."""
    mine = VISITS.delete().where(VISITS.c.id == visit_id, VISITS.c.citizen_ref == citizen_ref)
    day = session().scalar(mine.returning(VISITS.c.day))
    if day is None:
        return False
    note(SERVICE.id, citizen_ref, "forget", "app", [VISIT.fill(day=day)])
    return True


def close_on(day: date) -> None:
    """Keep the room closed on a day; a second time changes nothing."""
    closed = upsert(ParlourClosedDay).values(day=day.isoformat())
    session().execute(closed.on_conflict_do_nothing())


def forget_visits(moment: datetime, keep_days: int, unit: Unit) -> int:
    """Delete visits that are older than they may be kept, a slice to a unit; returns how many went."""
    oldest = (moment.astimezone(city_zone()) - timedelta(days=keep_days)).date().isoformat()
    return delete_in_slices(VISITS, VISITS.c.day < oldest, unit)
