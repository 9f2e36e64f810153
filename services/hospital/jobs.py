"""Background work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.data import session
from citizen_app.toolkit.jobs import Job, Paced, Unit
from citizen_app.toolkit.settings import service_settings
from citizen_app.toolkit.time import city_zone, now, retention_now
from services.hospital.manifest import SERVICE
from services.hospital.models import HospitalClosure
from services.hospital.operations import letters, reports, stopping, sweeping, timetable


def make_sessions() -> None:
    """Sessions of the days ahead."""
    today = now().astimezone(city_zone()).date()
    last = today + timedelta(days=service_settings(SERVICE.id)["days_made"])
    timetable.make_sessions(today, last, now(), Paced())


def stop_closed() -> None:
    """Sessions of closures, and everybody who has a number in a session that was stopped."""
    waiting = select(HospitalClosure.id).where(
        HospitalClosure.stopped_at.is_(None), HospitalClosure.closed_at.is_(None)
    )
    with transaction(reading=True):
        closures = session().scalars(waiting).all()
    for one in closures:
        with transaction():
            stopping.stop_closed(session().get_one(HospitalClosure, one), now())
    stopping.clear(now(), Paced())


def forget() -> None:
    """Bookings that are old, and copies of results; letters of which the days are over end before."""
    with transaction(reading=True):
        moment, settings = retention_now(), service_settings(SERVICE.id)
    letters.expire(moment, Paced())
    reports.forget(moment, settings["keep_report_days"], Paced())
    sweeping.forget(moment, settings["keep_days"], Paced())
    sweeping.forget_marks(moment, Paced())


def _swept(sweep: Callable[[datetime, Unit], int]) -> Callable[[], None]:
    def run() -> None:
        sweep(now(), Paced())

    return run


JOBS: Final = (
    Job("hospital.timetable", every_seconds=3_600, run=make_sessions, own_transactions=True),
    Job("hospital.holds", every_seconds=20, run=_swept(sweeping.end_overdue), own_transactions=True),
    Job("hospital.unsold", every_seconds=60, run=_swept(sweeping.give_back_unsold), own_transactions=True),
    Job("hospital.stopping", every_seconds=20, run=stop_closed, own_transactions=True),
    Job("hospital.missed", every_seconds=600, run=_swept(sweeping.miss), own_transactions=True),
    Job("hospital.reminders", every_seconds=900, run=_swept(sweeping.remind), own_transactions=True),
    Job("hospital.forget", every_seconds=86_400, run=forget, own_transactions=True),
)
