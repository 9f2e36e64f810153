"""Rules in the console: what a version would change is shown before it is saved, and nothing is saved by
that."""

from __future__ import annotations

import re
from typing import Any

from time_machine import Traveller
from werkzeug.datastructures import MultiDict

from citizen_app.toolkit.testing import City, TestOperator
from services.hospital.operations.rules import Rules
from services.hospital.schemas.rules import as_form, from_form

from .conftest import FREE, MakeWard, Ward, hours

RULES = "/console/services/hospital/rules"
OWN_PAGE = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}


def form_of(**rules: Any) -> MultiDict[str, str]:
    """What the form sends for some rules."""
    sent: MultiDict[str, str] = MultiDict()
    for name, value in as_form(Rules.of({**FREE, **rules}).as_dict()).items():
        for one in value if isinstance(value, list | tuple) else [value]:
            sent.add(name, "" if one is None else str(one))
    return sent


def send(operator: TestOperator, path: str, form: MultiDict[str, str], status: int) -> Any:
    """Send a form of the console."""
    form = form.copy()
    form["csrf_token"] = operator.form_token()
    answer = operator.browser().post(f"/console/services/hospital/{path}", data=form, headers=OWN_PAGE)
    assert answer.status_code == status, answer.text
    return answer


def test_a_version_is_looked_at_first_and_then_published(ward: Ward, city: City) -> None:
    officer = city.operator("hospital", unit=ward.id)
    address = f"rules/{ward.id}/new"
    assert "放号时间" in officer.browser().get(f"/console/services/hospital/{address}").text
    form = form_of(cancel_at=None, cancel_minutes=4_320, release_days=14)
    form["after"] = "1"
    shown = send(officer, address, form, 200).text
    for words in ("提前几天放号", '<td>30</td><td class="fw-semibold">14</td>', "发布为新版本"):
        assert words in shown
    assert city.count("hospital_policies") == 1, "a preview writes nothing"
    form["form_step"] = "edit"
    assert 'value="4320"' in send(officer, address, form, 200).text
    form["form_step"] = "save"
    assert send(officer, address, form, 303).headers["Location"].endswith("done=published")
    (newest, _) = ward.office("GET", "/policies")["items"]
    assert Rules.of(newest["rules"]) == Rules.of(from_form_of(form))
    assert "刚刚被别人修改" in send(officer, address, form, 409).text, (
        "who has seen an older version looks again"
    )
    listed = officer.browser().get(f"{RULES}/").text
    (link,) = set(re.findall(rf"{RULES}/{ward.id}/{newest['id']}", listed))
    assert "4320" in officer.browser().get(link).text


def from_form_of(form: MultiDict[str, str]) -> dict[str, Any]:
    """The rules that a form means."""
    kept: dict[str, Any] = dict(
        Rules.of({**FREE, "cancel_at": None, "cancel_minutes": 4_320, "release_days": 14}).as_dict()
    )
    return from_form({**{f"kinds_{rung}": [] for rung in range(1, 5)}, **as_form(kept)})


def test_the_effect_is_counted_from_what_has_happened(
    make_ward: MakeWard, city: City, time_travel: Traveller
) -> None:
    ward = make_ward(ladders=[])
    session = ward.open()
    people = [city.citizen() for _ in range(3)]
    booked = [
        ward.book(one, slot)
        for one, slot in zip(people, (*ward.slots(session), ward.slots(session)[0]), strict=True)
    ]
    ward.mine(people[0], "POST", f"/bookings/{booked[0]['id']}/cancel")
    time_travel.shift(hours(56))
    ward.mine(people[1], "POST", f"/bookings/{booked[1]['id']}/cancel")
    strict = {"cancel_at": None, "cancel_minutes": 4_320}
    ladder = {"kinds": ["cancel", "late_cancel"], "strikes": 1, "within_days": 30, "suspend_days": 30}
    effect = ward.office("POST", "/policies/effect", rules={**FREE, **strict, "ladders": [ladder]})
    assert (effect["cancelled"], effect["late"], effect["late_then"]) == (2, 1, 2)
    assert (effect["suspended"], effect["suspended_then"]) == (0, 2)
    assert (effect["bookings_kept"], effect["sessions"], effect["released_anew"]) == (1, 1, 0)
    assert effect["changes"]["cancel_minutes"] == [30, 4_320]
    elsewhere = make_ward("H2", ladders=[])
    assert elsewhere.office("POST", "/policies/effect", rules={**FREE, "ladders": [ladder]})["cancelled"] == 0


def test_a_ladder_without_its_numbers_is_refused_beside_the_field(ward: Ward, city: City) -> None:
    form = form_of()
    form["suspend_days_1"] = ""
    refused = send(city.operator("hospital"), f"rules/{ward.id}/new", form, 422).text
    assert 'id="field-suspend_days_1-error"' in refused


def test_another_hospitals_rules_do_not_exist(ward: Ward, make_ward: MakeWard, city: City) -> None:
    other = city.operator("hospital", unit=make_ward("H2").id)
    client = other.browser()
    assert client.get(f"{RULES}/?hospital_id={ward.id}").status_code == 404
    assert client.get(f"{RULES}/{ward.id}/new").status_code == 404
    send(other, f"rules/{ward.id}/new", form_of(), 404)
    assert client.get(f"{RULES}/{ward.id}/new?department_id={ward.department}").status_code == 404
