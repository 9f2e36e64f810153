"""A number of today at the hospital's kiosk: by the code of whoever stands there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from citizen_app.toolkit.data import session
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk
from services.hospital.models import HospitalPool

from .conftest import Clinic
from .test_check_in import kiosk_at, scanned


def ask(kiosk: TestKiosk, citizen: TestCitizen) -> Any:
    """Show the code to book a number."""
    return kiosk.scan(citizen.code(), "book_here", context=dict(kiosk.context)).get_json()


def chosen(asked: Any) -> list[str]:
    """The numbers that are offered."""
    (slot,) = asked["input"]["schema"]["properties"].values()
    return [one["const"] for one in slot["oneOf"]]


def sold_out(clinic: Clinic, of: str) -> None:
    """Nothing is left in a session."""
    for pool in session().query(HospitalPool).filter_by(session_id=of):
        pool.capacity = pool.taken


def test_a_number_is_chosen_booked_and_checked_in(clinic: Clinic, city: City) -> None:
    of = released(clinic, clinic.session())
    full = released(clinic, clinic.session(room="9 诊室"))
    released(clinic, clinic.session("south", room="5 诊室"))
    clinic.run(lambda: sold_out(clinic, full))
    kiosk, citizen = kiosk_at(clinic), city.citizen()
    asked = ask(kiosk, citizen)
    assert asked["decision"] == "needs_input", asked
    (slot,) = chosen(asked)
    done = kiosk.answer(asked, {"slot": slot}).get_json()
    assert (done["decision"], done["display"]["title"]) == ("allow", "挂号成功")
    assert done["display"]["lines"][0] == "今天 08:00，3 层 3 诊室"
    assert "内科" not in str(done["display"]), "others see the screen"
    assert clinic.state(done["outcome"]["booking_id"]) == "booked"
    assert scanned(kiosk, citizen)["display"]["title"] == "报到成功，1 号"
    assert clinic.run(lambda: session().query(HospitalPool).filter_by(session_id=of).one().taken) == 1


def test_a_second_number_at_the_same_time_is_refused_in_words(clinic: Clinic, city: City) -> None:
    released(clinic, clinic.session())
    kiosk, citizen = kiosk_at(clinic), city.citizen()
    first = ask(kiosk, citizen)
    assert kiosk.answer(first, {"slot": chosen(first)[0]}).get_json()["decision"] == "allow"
    again = ask(kiosk, citizen)
    refused = kiosk.answer(again, {"slot": chosen(again)[0]}).get_json()
    assert (refused["decision"], refused["detail_code"]) == ("deny", "not_booked")
    assert city.count("hospital_bookings") == 1


def test_without_numbers_and_without_a_real_name(clinic: Clinic, city: City) -> None:
    kiosk = kiosk_at(clinic)
    assert ask(kiosk, city.citizen())["detail_code"] == "no_numbers"
    released(clinic, clinic.session())
    unknown = city.citizen(level=1)  # type: ignore[arg-type]
    assert ask(kiosk, unknown)["decision"] == "deny"


def test_who_has_too_little_money_keeps_the_number_for_some_minutes(clinic: Clinic, city: City) -> None:
    released(clinic, clinic.session(fee=800))
    kiosk, citizen = kiosk_at(clinic), city.citizen()
    asked = ask(kiosk, citizen)
    done = kiosk.answer(asked, {"slot": chosen(asked)[0]}).get_json()
    assert done["display"]["title"] == "号已保留，请付款"
    assert clinic.state(done["outcome"]["booking_id"]) == "held"
    city.top_up(citizen, 800)
    rich = city.citizen()
    city.top_up(rich, 800)
    asked = ask(kiosk, rich)
    assert kiosk.answer(asked, {"slot": chosen(asked)[0]}).get_json()["display"]["title"] == "挂号成功"
    assert rich.get("/api/v1/me/purse").get_json()["balance"] == 0


def released(clinic: Clinic, of: str) -> str:
    """Its numbers can be booked."""

    def release() -> None:
        for pool in session().query(HospitalPool).filter_by(session_id=of):
            pool.opens_at, pool.closes_at = pool.starts_at - timedelta(days=1), pool.ends_at
            pool.capacity = 2

    clinic.run(release)
    return of
