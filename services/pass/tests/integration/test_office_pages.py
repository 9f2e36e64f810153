"""Operators in the console: places, gates and the kiosks at them; an operator of one place has that one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from werkzeug.test import TestResponse

from citizen_app.toolkit.data import new_id
from citizen_app.toolkit.testing import TestOperator
from citizen_app.toolkit.time import city_zone, now, rfc3339

from ..conftest import BASE, MakeSite, Site, verdict

OFFICE = "/console/services/pass/places"
OWN_PAGE = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
RULES = {
    "name_zh": "河滨小区",
    "name_en": "Riverside",
    "trail_days": "20",
    "admits": "listed",
    "inviters": "nobody",
}


def send(officer: TestOperator, path: str, **fields: Any) -> TestResponse:
    """A form of the operators' pages."""
    data = {"csrf_token": officer.form_token(), **fields}
    return officer.browser().post(f"{OFFICE}{path}", data=data, headers=OWN_PAGE)


def page(officer: TestOperator, path: str, status: int = 200) -> str:
    answer = officer.browser().get(f"{OFFICE}{path}", headers=OWN_PAGE)
    assert answer.status_code == status, answer.text
    return answer.text


def test_a_place_is_set_up_and_changed(site: Site) -> None:
    officer = site.operator
    rules = {**RULES, "guests_per_host": "3", "longest_visit_hours": "24", "accompanied": "free"}
    wrong = send(officer, "/new", kind="compound", **rules, anti_passback="hard")
    assert wrong.status_code == 422
    assert 'id="field-anti_passback-error"' in wrong.text
    made = send(officer, "/new", kind="compound", **rules, anti_passback="off", exits_are_read="true")
    assert made.status_code == 303, made.text
    place = made.location.removeprefix(f"{OFFICE}/").partition("?")[0]
    shown = page(officer, f"/{place}")
    for words in ("河滨小区", "住宅小区", "不接受邀请", "还没有通道"):
        assert words in shown
    assert "河滨小区" in page(officer, "/?q=river")
    form = page(officer, f"/{place}/change")
    assert 'value="3"' in form
    changed = send(officer, f"/{place}/change", **{**rules, "guests_per_host": "9"}, anti_passback="off")
    assert changed.status_code == 303
    told = site.call(officer, "GET", f"/api/v1/services/pass/operator/places/{place}", 200)
    assert (told["policy"]["guests_per_host"], told["policy"]["claims_allowed"]) == (9, False)
    assert send(officer, f"/{place}/standing").status_code == 303
    assert "已关闭" in page(officer, f"/{place}")


def test_a_gate_gets_a_kiosk_and_loses_it(site: Site) -> None:
    officer, base = site.operator, f"/{site.id}/gates"
    gate = {"name_zh": "北门", "name_en": "North", "direction": "in"}
    assert send(officer, f"{base}/new", code="N1", **gate).status_code == 303
    assert send(officer, f"{base}/new", code="N1", **gate).status_code == 409
    gates = {one["code"]: one for one in site.office("GET", "/gates")["items"]}
    north = gates["N1"]["id"]
    assert send(officer, f"{base}/{north}/kiosk", kiosk_id=new_id()).status_code == 422
    assert send(officer, f"{base}/{north}/kiosk", kiosk_id=site.kiosk.id).status_code == 303
    gates = {one["code"]: one for one in site.office("GET", "/gates")["items"]}
    assert (gates["N1"]["kiosk_ids"], gates["E1"]["kiosk_ids"]) == ([site.kiosk.id], [])
    assert send(officer, f"{base}/{north}/kiosks/{site.kiosk.id}").status_code == 303
    assert send(officer, f"{base}/{north}", **{**gate, "name_zh": "后门"}).status_code == 303
    gates = {one["code"]: one for one in site.office("GET", "/gates")["items"]}
    assert (gates["N1"]["in_use"], gates["N1"]["kiosk_ids"]) == (False, [])
    assert "后门" in page(officer, f"/{site.id}")


def test_an_operator_of_one_place_has_that_place(site: Site) -> None:
    officer = site.city.operator("pass", unit=site.id)
    stranger = site.city.operator("pass", unit=new_id())
    assert site.id in page(officer, "/")
    assert site.id not in page(stranger, "/")
    page(officer, f"/{site.id}")
    for path in ("", "/change", "/standing", "/gates/new"):
        page(stranger, f"/{site.id}{path}", 404)
    assert send(stranger, f"/{site.id}/standing").status_code == 404
    assert send(officer, "/new", kind="compound", **RULES).status_code == 403


def test_opening_hours_are_set_on_pages_and_hold_at_the_gate(site: Site) -> None:
    officer, base = site.operator, f"/{site.id}/hours"
    assert page(officer, base).count("随时") >= 3
    window = {"groups": ["member", "guest"], "weekdays": list("12345"), "opens": "08:00", "closes": "18:00"}
    wrongs: list[dict[str, Any]] = [
        {"groups": []},
        {"weekdays": []},
        {"opens": ""},
        {"closes": "25:00"},
        {"groups": ["nobody"]},
    ]
    for wrong in wrongs:
        assert send(officer, f"{base}/new", **{**window, **wrong}).status_code == 422, wrong
    assert send(officer, f"{base}/new", **window).status_code == 303
    assert send(officer, f"{base}/new", **window).status_code == 303, "twice is once"
    night = {"groups": ["member"], "weekdays": ["5"], "opens": "22:00", "closes": "06:00"}
    assert send(officer, f"{base}/new", **night).status_code == 303
    shown = page(officer, base)
    for words in ("周一至周五 08:00–18:00", "周五 22:00–次日 06:00"):
        assert words in shown
        assert words in page(officer, f"/{site.id}")
    stored = site.office("GET", "")["hours"]["weekly"]
    assert [len(stored[group]) for group in ("member", "guest")] == [2, 1]
    removed = f"{base}/guest/0800-1800-12345"
    assert "最后一个时段" in page(officer, removed)
    assert send(officer, removed).status_code == 303
    assert send(officer, removed).status_code == 404
    assert site.office("GET", "")["hours"]["weekly"]["guest"] == []


def test_a_special_date_closes_the_gate_and_opens_it_again(site: Site) -> None:
    officer, base = site.operator, f"/{site.id}/hours/days"
    member = site.city.citizen("张小三")
    site.list_citizen(member)
    assert site.scan(member)["decision"] == "allow"
    with site.city.app.app_context():
        today = now().astimezone(city_zone()).date().isoformat()
    day = {"day": today, "groups": ["member", "guest", "anyone"], "opens": "", "closes": ""}
    half = send(officer, f"{base}/new", **{**day, "opens": "08:00"})
    assert (half.status_code, 'id="field-closes-error"' in half.text) == (422, True)
    assert send(officer, f"{base}/new", **day).status_code == 303
    assert "全天不开放" in page(officer, f"/{site.id}/hours")
    assert verdict(site.scan(member)) == "outside_hours"
    twice = {**day, "opens": "00:00", "closes": "12:00", "opens_again": "12:00", "closes_again": "00:00"}
    assert send(officer, f"{base}/new", **twice).status_code == 303, "it replaces what was said of the day"
    assert len(site.office("GET", "")["hours"]["exceptions"]) == 1
    assert site.scan(member)["decision"] == "allow"
    assert send(officer, f"{base}/{today}").status_code == 303
    page(officer, f"{base}/{today}", 404)


def test_an_operator_of_one_place_has_that_place_over_the_api(site: Site, make_site: MakeSite) -> None:
    other = make_site()
    member = other.list_citizen(site.city.citizen())
    officer = site.city.operator("pass", unit=site.id)
    listed = site.call(officer, "GET", f"{BASE}/operator/places", 200)["items"]
    assert [place["id"] for place in listed] == [site.id]
    name = {"zh": "新园区", "en": "New site"}
    site.call(officer, "POST", f"{BASE}/operator/places", 403, kind="factory", name=name)
    own, foreign = (f"{BASE}/operator/places/{one}" for one in (site.id, other.id))
    site.call(officer, "PATCH", own, 200, name=name)
    assert site.call(officer, "GET", f"{own}/members", 200)["items"] == []
    gate = other.office("GET", "/gates")["items"][0]["id"]
    since = {"reason": "查看"}
    for method, path, body in (
        ("GET", foreign, {}),
        ("PATCH", foreign, {"closed": True}),
        ("GET", f"{foreign}/gates", {}),
        ("GET", f"{foreign}/members", {}),
        ("PATCH", f"{foreign}/members/{member}", {"name": "别人"}),
        ("POST", f"{foreign}/members/{member}/revoke", {}),
        ("POST", f"{foreign}/trail", since),
        ("GET", f"{foreign}/presence", {}),
        ("GET", f"{foreign}/statistics?first=2026-11-01&last=2026-11-02", {}),
        ("POST", f"{foreign}/emergency", {"reason": "演练", "until": rfc3339(now() + timedelta(hours=1))}),
        ("PATCH", f"{BASE}/operator/gates/{gate}", {"in_use": False}),
        ("POST", f"{BASE}/operator/gates/{gate}/kiosks", {"kiosk_id": site.kiosk.id}),
        ("DELETE", f"{BASE}/operator/gates/{gate}/kiosks/{other.kiosk.id}", {}),
    ):
        site.call(officer, method, path, 404, **body)


def test_a_kiosk_is_not_taken_from_a_place_of_others(site: Site, make_site: MakeSite) -> None:
    other = make_site()
    officer = site.city.operator("pass", unit=site.id)
    gate = site.office("GET", "/gates")["items"][0]["id"]
    bind = f"{BASE}/operator/gates/{gate}/kiosks"
    site.call(officer, "POST", bind, 422, kiosk_id=other.kiosk.id)
    bound = {one["code"]: one["kiosk_ids"] for one in other.office("GET", "/gates")["items"]}
    assert bound["E1"] == [other.kiosk.id]
    site.call(officer, "POST", bind, 204, kiosk_id=site.other.id)
    site.call(officer, "POST", bind, 204, kiosk_id=site.other.id)
    site.call(site.operator, "POST", bind, 204, kiosk_id=other.kiosk.id)
