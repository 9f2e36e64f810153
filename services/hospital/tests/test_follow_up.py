"""What time brings: follow-up numbers, and what is forgotten."""

from __future__ import annotations

from sqlalchemy import select
from time_machine import Traveller

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.data import session
from citizen_app.toolkit.testing import City
from citizen_app.toolkit.time import now
from services.hospital.models import HospitalBooking, HospitalPool
from services.hospital.operations import sweeping
from services.hospital.operations.arriving import check_in

from .conftest import Ward, hours


def test_follow_up_numbers_are_for_whoever_was_seen_here_lately(
    ward: Ward, city: City, time_travel: Traveller
) -> None:
    line = ward.line(follow_up_places=1, slot_minutes=60, valid_until="2026-09-30")
    ward.entity("POST", "/templates", 201, **line)
    (wednesday, *_) = ward.sessions()
    seen, stranger = city.citizen(), city.citizen()
    booked = ward.book(seen, ward.slots(wednesday)[0])
    ward.desk("POST", f"/bookings/{booked['id']}/seen", 409, reason_zh="未到")
    time_travel.move_to("2026-05-12T23:50:00+00:00")
    with city.app.app_context(), transaction():
        check_in(session().get_one(HospitalBooking, booked["id"]), now())
    ward.desk("POST", f"/bookings/{booked['id']}/seen", reason_zh="已就诊")
    (again,) = (one for one in ward.sessions() if one["day"] == "2026-05-20")
    slot = {"id": _follow_up(city, again["id"])}
    assert "近 90 天" in str(ward.hold(stranger, slot, 409))
    held = ward.hold(seen, slot)
    assert (held["state"], held["department"]) == ("held", "内科")
    ward.mine(seen, "POST", f"/bookings/{held['id']}/cancel")
    time_travel.move_to("2026-08-20T02:00:00+00:00")
    city.run_jobs("hospital")
    later = next(one for one in ward.sessions() if one["day"] > "2026-08-20")
    ward.hold(seen, {"id": _follow_up(city, later["id"])}, 409)


def test_old_bookings_are_forgotten_with_all_that_hangs_on_them(
    ward: Ward, city: City, time_travel: Traveller
) -> None:
    first, second = ward.slots(ward.open())
    citizen, missed = city.citizen(), city.citizen()
    booked = ward.book(citizen, first)
    ward.book(missed, second)
    time_travel.move_to("2026-05-12T23:50:00+00:00")
    with city.app.app_context(), transaction():
        check_in(session().get_one(HospitalBooking, booked["id"]), now())
    time_travel.move_to("2026-05-13T03:00:00+00:00")
    city.run_jobs("hospital")
    (strike,) = ward.mine(missed, "GET", "/strikes")["items"]
    ward.mine(missed, "POST", f"/strikes/{strike['id']}/appeal", 204, reason="到了")
    with city.app.app_context():
        assert sweeping.forget(now(), 365, transaction) == 0
    time_travel.shift(hours(366 * 24))
    with city.app.app_context():
        assert sweeping.forget(now(), 365, transaction) == 2
    for table in ("bookings", "moves", "tickets", "ticket_moves", "strikes", "appeals"):
        assert city.count(f"hospital_{table}") == 0, table


def _follow_up(city: City, session_id: str) -> str:
    """The first follow-up number of a session."""
    slots = select(HospitalPool.id).where(
        HospitalPool.session_id == session_id, HospitalPool.channel == "follow_up"
    )
    with city.app.app_context(), transaction(reading=True):
        return str(session().scalars(slots).first())
