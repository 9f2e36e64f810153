"""Letters of referral: written, agreed to, booked with once, taken back, answered; who sees which."""

from __future__ import annotations

import time
from collections import Counter
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import update

from citizen_app.toolkit.data import session
from citizen_app.toolkit.testing import City, TestCitizen, TestOperator
from citizen_app.toolkit.testing.races import LONG_ENOUGH, run_concurrently
from services.hospital.models import HospitalReferral
from services.hospital.operations import booking, letters, patients

from .conftest import BASE, MakeWard, hours
from .test_people import BORN_17

REASON = "外院复查，请专科评估"
OWN_PAGE = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
CONSOLE = "/console/services/hospital/letters"


class Two:
    """Two hospitals, and a citizen who is a patient of the first."""

    def __init__(self, make_ward: MakeWard, city: City) -> None:
        self.city, self.a, self.b = city, make_ward("H1"), make_ward("H2")
        self.citizen = city.citizen("王小明")
        session_id = self.a.open()
        self.number = self.a.book(self.citizen, self.a.slots(session_id)[0])["number"]
        (row,) = self.a.desk("GET", f"/sessions/{session_id['id']}/bookings")["items"]
        self.patient = row["patient"]["id"]

    def write(self, status: int = 201, **more: Any) -> Any:
        """The desk of the first writes a letter to the department of the second."""
        body = {"department_id": self.b.department, "reason": REASON, **more}
        return self.a.desk("POST", f"/patients/{self.patient}/referrals", status, **body)

    def clinic(self, **more: Any) -> dict[str, Any]:
        """An afternoon at the second, with a number for whoever has a letter."""
        hours_of = {"starts": "14:00:00", "ends": "15:00:00", "app_places": 0, "referral_places": 1}
        slots = {} if "referral_places" in more else {"slot_minutes": 60}
        return self.b.open(**{**hours_of, **slots, **more})

    def mine(self, path: str = "", method: str = "GET", status: int = 200) -> Any:
        """A call of the citizen about their letters."""
        return self.a.mine(self.citizen, method, f"/referrals{path}", status)

    def agreed(self) -> str:
        """A letter to which the citizen has agreed."""
        letter = str(self.write()["id"])
        self.mine(f"/{letter}/accept", "POST")
        return letter


@pytest.fixture
def two(make_ward: MakeWard, city: City) -> Two:
    """Two hospitals."""
    return Two(make_ward, city)


def test_a_letter_is_read_there_once_its_patient_agrees_and_books_once(two: Two, city: City) -> None:
    two.clinic(referral_places=2)
    letter = two.write()["id"]
    assert two.b.desk("GET", "/referrals")["items"] == [], "nobody there knows yet"
    two.b.desk("GET", f"/referrals/{letter}", 404)
    (shown,) = two.mine()["items"]
    assert (shown["state"], shown["valid_until"], "reason" in shown) == ("offered", "2026-05-24", False)
    assert two.mine(f"/{letter}/slots")["items"] == []
    assert two.mine(f"/{letter}/accept", "POST")["reason"] == REASON
    (there,) = two.b.desk("GET", "/referrals")["items"]
    assert (there["masked_name"], "reason" in there) == ("王*明", False)
    assert two.b.desk("GET", f"/referrals/{letter}")["reason"] == REASON
    looks = two.citizen.get("/api/v1/me/looks").get_json()["items"]
    assert {"查看转诊单列表", "查看转诊单"} <= {one["reason"] for one in looks}
    first, second = two.mine(f"/{letter}/slots")["items"]
    held = two.b.hold(two.citizen, first)
    assert two.mine(f"/{letter}")["state"] == "used"
    other = two.clinic(weekday=4)
    assert other["left"] == 0, "none for whoever has no letter"
    two.mine(f"/{letter}/decline", "POST", 409)
    two.a.desk("POST", f"/referrals/{letter}/withdraw", 409)
    two.b.mine(two.citizen, "POST", f"/bookings/{held['id']}/cancel")
    assert two.mine(f"/{letter}")["state"] == "accepted", "what was given up is free again"
    held = two.b.book(two.citizen, second)
    told = two.b.hold(two.citizen, first, 409)
    assert "转诊号需要一份您已同意" in told["detail"]
    assert two.b.hold(city.citizen(), first, 409)["detail"] == told["detail"]
    moved = two.b.mine(two.citizen, "POST", f"/bookings/{held['id']}/move", slot_id=first["id"])
    assert two.mine(f"/{letter}")["booking_id"] == moved["id"], "the letter goes along"


def test_no_more_than_the_patient_wants_and_no_longer_than_it_holds(
    two: Two, city: City, time_travel: Any
) -> None:
    letter = two.agreed()
    assert "已有一份" in two.write(409)["detail"]
    two.mine(f"/{letter}/decline", "POST")
    assert two.b.desk("GET", "/referrals")["items"] == [], "they have changed their mind"
    second = two.write()["id"]
    two.a.desk("POST", f"/referrals/{second}/withdraw")
    two.mine(f"/{second}/accept", "POST", 409)
    two.a.rules(referral_days=1)
    third = two.agreed()
    two.b.desk("POST", f"/referrals/{third}/withdraw", 404)
    two.clinic(weekday=3)
    assert two.mine(f"/{third}/slots")["items"] == [], "the clinic is after its last day"
    fourth = {"department_id": two.a.department, "reason": REASON}
    two.a.desk("POST", f"/patients/{two.patient}/referrals", 422, **fourth)
    time_travel.shift(hours(48))
    assert two.mine(f"/{third}")["state"] == "expired"
    city.run_jobs("hospital")
    assert [one["state"] for one in two.mine()["items"]] == ["expired", "withdrawn", "declined"]
    logged = two.citizen.get("/api/v1/me/usage").get_json()["items"]
    assert REASON not in str(logged) and "内科" not in str(logged)


def test_guardians_and_others_see_what_they_may(two: Two, city: City) -> None:
    letter = two.write()["id"]
    stranger = city.citizen()
    for method, path in (("GET", ""), ("POST", "/accept"), ("GET", "/slots")):
        two.a.mine(stranger, method, f"/referrals/{letter}{path}", 404)
    elsewhere = city.operator("hospital", unit=two.b.id)
    assert elsewhere.call("GET", f"{BASE}/desk/{two.a.id}/referrals").status_code == 404
    parent, teenager = city.citizen(), city.citizen("小红", born=BORN_17)
    two.citizen = teenager
    two.a.book(teenager, two.a.slots(two.a.sessions()[0])[1])
    rows = two.a.desk("GET", f"/sessions/{two.a.sessions()[0]['id']}/bookings")["items"]
    two.patient = next(row["patient"]["id"] for row in rows if row["patient"]["id"] != two.patient)
    two.write()
    acting = city.acting(parent, teenager, "guardian")
    assert two.a.mine(acting, "GET", "/referrals")["items"] == []
    assert teenager.call("PUT", f"{BASE}/sharing", json={"shares": True}).status_code == 200
    assert len(two.a.mine(acting, "GET", "/referrals")["items"]) == 1


def press(who: TestOperator | TestCitizen, address: str, **sent: str) -> str:
    """Send a form; where it leads."""
    client = who.browser()
    sent = {"csrf_token": who.form_token(), **sent}
    answer = client.post(address, data=sent, headers=OWN_PAGE)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def test_on_pages_there_and_back(two: Two, city: City) -> None:
    two.clinic(referral_places=2)
    here, there = (city.operator("hospital", unit=one.id) for one in (two.a, two.b))
    refused = here.browser().post(
        f"{CONSOLE}/new",
        data={"csrf_token": here.form_token(), "number": "0000000000"},
        headers=OWN_PAGE,
    )
    assert (refused.status_code, "没有这个预约号" in refused.text) == (422, True)
    to = press(here, f"{CONSOLE}/new", number=two.number)
    assert there.browser().get(to).status_code == 404, "no patient of theirs"
    press(here, to, department_id=two.b.department, reason=REASON)
    assert "王*明" in here.browser().get(f"{CONSOLE}/?direction=sent").text
    assert "王*明" not in there.browser().get(f"{CONSOLE}/").text
    (letter,) = (one["id"] for one in two.mine()["items"])
    page = f"/services/hospital/referrals/{letter}"
    assert REASON in two.citizen.browser().get(page).text
    assert press(two.citizen, f"{page}/agree").endswith("done=agreed")
    assert REASON in there.browser().get(f"{CONSOLE}/{letter}").text
    assert there.browser().get(f"{CONSOLE}/{letter}/answer").status_code == 404, "they have not come yet"
    slot = two.mine(f"/{letter}/slots")["items"][0]
    assert slot["id"] in two.citizen.browser().get(page).text
    two.b.book(two.citizen, slot)
    back = press(there, f"{CONSOLE}/{letter}/answer", department_id=two.a.department, reason="继续康复治疗")
    assert back.endswith("done=sent")
    sent = two.a.desk("GET", "/referrals?direction=sent&limit=1")
    assert ([one["id"] for one in sent["items"]], sent["next_cursor"]) == ([letter], None)
    returned = two.mine()["items"][0]
    assert (returned["answers_id"], returned["state"]) == (letter, "offered")
    press(there, f"{CONSOLE}/{returned['id']}/withdraw")
    assert two.mine()["items"][0]["state"] == "withdrawn"


@pytest.mark.parametrize("unit", ["their hospital", "every hospital"])
def test_a_letter_is_offered_only_where_it_may_go(two: Two, city: City, unit: str) -> None:
    writer = city.operator("hospital", unit=two.a.id if unit == "their hospital" else None)
    to = press(writer, f"{CONSOLE}/new", number=two.number)
    form = writer.browser().get(to)
    assert (two.b.department in form.text, two.a.department in form.text) == (True, False)
    two.b.entity("POST", f"/campuses/{two.b.campus}/close")
    nowhere = writer.browser().get(to)
    assert (nowhere.status_code, "没有可以转往的科室" in nowhere.text) == (409, True)
    english = writer.browser().get(f"{to}?lang=en").text
    assert "no department of another hospital takes patients" in english


def race_for_one_letter(two: Two, city: City, monkeypatch: pytest.MonkeyPatch) -> Counter[int]:
    """Two numbers on two days, and one letter: what becomes of two requests at once."""
    letter = two.agreed()
    known = two.b.hold(
        two.citizen, two.b.slots(two.clinic(weekday=5, app_places=1, referral_places=0, slot_minutes=60))[0]
    )
    two.b.mine(two.citizen, "POST", f"/bookings/{known['id']}/cancel")
    for weekday in (2, 4):
        two.clinic(weekday=weekday)
    slots = [one["id"] for one in two.mine(f"/{letter}/slots")["items"]]
    assert len(slots) == 2
    for module in (booking, patients):  # one person's requests take no turns: only the letter's guard is left
        monkeypatch.setattr(module, "locked_person", lambda ref, moment: SimpleNamespace(ref=ref))

    def send(slot_id: str) -> int:
        return two.citizen.call("POST", f"{BASE}/bookings", json={"slot_id": slot_id}).status_code

    return Counter(run_concurrently([partial(send, one) for one in slots]))


def test_two_at_once_with_one_letter_book_one(two: Two, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    assert race_for_one_letter(two, city, monkeypatch) == {201: 1, 409: 1}


def test_without_the_guard_one_letter_books_twice(
    two: Two, city: City, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("units of work that write take turns there")

    def careless(letter: HospitalReferral, made: Any, *rest: Any) -> None:
        time.sleep(LONG_ENOUGH)
        one = update(HospitalReferral).where(HospitalReferral.id == letter.id)
        session().execute(one.values(state="used", booking_id=made.id))

    monkeypatch.setattr(letters, "use", careless)
    assert race_for_one_letter(two, city, monkeypatch) == {201: 2}
