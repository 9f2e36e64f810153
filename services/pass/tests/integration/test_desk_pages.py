"""The pages of a place's desk: what its managers see and do there, and nobody else."""

from __future__ import annotations

import re
import threading
from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from citizen_app.toolkit.data import new_id, session
from citizen_app.toolkit.testing import TestCitizen
from citizen_app.toolkit.testing.races import run_concurrently
from citizen_app.toolkit.time import now

from ...models import PassClaim
from ...operations import claims
from ..conftest import Site
from .test_looks import Town, town

__all__ = ["town"]

HTML = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
BASE = "/services/pass"
PEOPLE_OF: dict[str, tuple[tuple[str, ...], str]] = {
    "applications?status=waiting": (("applicant", "refused"), "Applications to Lake Gardens"),
    "applications/{applicant}/approve": (("applicant",), "Your application to Lake Gardens was dealt with"),
    "applications/{applicant}/refuse": (("applicant",), "Your application to Lake Gardens was dealt with"),
    "members": (("manager", "resident"), "Member list of Lake Gardens"),
    "members/{resident}": (("resident",), "Your membership of Lake Gardens was dealt with"),
    "members/{resident}/suspend": (("resident",), "Your membership of Lake Gardens was dealt with"),
    "members/{resident}/revoke": (("resident",), "Your membership of Lake Gardens was dealt with"),
    "members/{resident}/restore": (("resident",), "Your membership of Lake Gardens was dealt with"),
    "guests": (("guest", "resident"), "Invitations to Lake Gardens"),
    "guests/{guest}/end": (("guest", "resident"), "An invitation to Lake Gardens was dealt with"),
    "inside": (("resident", "guest"), "Who is inside Lake Gardens now"),
    "inside/sheet": (("resident", "guest"), "Who is inside Lake Gardens now (printed)"),
    "muster": (("resident", "guest"), "Muster list of an emergency at Lake Gardens"),
    "muster/sheet": (("resident", "guest"), "Muster sheet of an emergency at Lake Gardens"),
    "muster/sheet.pdf": (("resident", "guest"), "Muster sheet of an emergency at Lake Gardens"),
    "muster/{person}": (("resident",), "Muster list of an emergency at Lake Gardens"),
}
"""Pages that tell of people: who is shown, and the reason told."""
OTHERS = ("", "emergency/new", "emergency/end")


def opened(site: Site, who: TestCitizen, path: str, status: int = 200, language: str = "zh") -> str:
    """A page of the desk."""
    answer = who.browser().get(
        f"{BASE}/managed/{site.id}{'/' if path else ''}{path}",
        headers={**HTML, "Accept-Language": language},
    )
    assert answer.status_code == status, (path, answer.text)
    text: str = answer.data.decode(errors="replace")  # a sheet may be a PDF
    return text


def sent(site: Site, who: TestCitizen, path: str, **values: str) -> Any:
    """The form of a page of the desk."""
    return who.browser().post(
        f"{BASE}/managed/{site.id}/{path}", data={"csrf_token": who.form_token(), **values}, headers=HTML
    )


def with_ids(town: Town, path: str) -> str:
    """A path with the ids of the people in it."""
    inside = {one["unit"]: one["person_id"] for one in town.site.inside() if not one["as_guest"]}
    return path.format(**town.ids, person=inside["3-2-1201"])


def test_each_person_on_a_page_finds_one_look_and_nobody_else_any(town: Town) -> None:
    for path, (shown, reason) in PEOPLE_OF.items():
        path = with_ids(town, path)
        before = {name: len(town.looks(name)) for name in town.people}
        opened(town.site, town.people["manager"], path)
        for name in town.people:
            looks = town.looks(name)
            fresh = [(one["by"], one["reason"]) for one in looks[: len(looks) - before[name]]]
            told = [("A manager of Lake Gardens", reason)] if name in shown else []
            assert fresh == told, (path, name)


@pytest.mark.parametrize("who", ["resident", "guest", "stranger", "suspended manager"])
def test_nobody_but_its_managers_stands_at_the_desk(town: Town, who: str) -> None:
    site, asking = town.site, town.people.get(who)
    if asking is None:
        asking = site.city.citizen()
        member = site.list_citizen(asking, "manager")
        opened(site, asking, "")
        site.office("POST", f"/members/{member}/suspend")
    before = site.city.count("audit_events", "1 = 1")
    for path in (*PEOPLE_OF, *OTHERS):
        opened(site, asking, with_ids(town, path), 404)
    for path in ("applications/{applicant}/approve", "members/{resident}/revoke", "guests/{guest}/end"):
        assert sent(site, asking, with_ids(town, path)).status_code == 404
    assert sent(site, asking, "emergency/end").status_code == 404
    opened(site, town.people["manager"], "")
    assert (
        site.city.count("audit_events", "action LIKE 'pass.%' AND action NOT LIKE 'pass.read_presence'")
        <= before
    )


def test_an_applicant_is_let_in_once_the_manager_agrees(site: Site) -> None:
    manager, applicant = site.city.citizen(), site.city.citizen()
    site.list_citizen(manager, "manager")
    claim = {"place_id": site.id, "role": "resident", "unit": "5-1-302", "name": "赵六六"}
    claim_id = site.mine(applicant, "POST", "/claims", 201, **claim)["id"]
    assert site.scan(applicant)["detail_code"] == "not_a_member"
    page = opened(site, manager, "applications?status=waiting")
    assert "赵*六" in page and "赵六六" not in page and "5-1-302" in page
    answer = sent(site, manager, f"applications/{claim_id}/approve")
    assert answer.status_code == 303 and answer.location.endswith("status=waiting&done=approved")
    assert site.scan(applicant)["outcome"]["basis"] == "member"
    assert "没有申请" in opened(site, manager, "applications?status=waiting")
    assert "已通过" in opened(site, manager, "applications")


def test_an_applicant_reads_why_not(site: Site) -> None:
    manager, applicant = site.city.citizen(), site.city.citizen()
    site.list_citizen(manager, "manager")
    claim = {"place_id": site.id, "role": "resident", "unit": "5-1-302", "name": "赵六六"}
    claim_id = site.mine(applicant, "POST", "/claims", 201, **claim)["id"]
    refused = sent(site, manager, f"applications/{claim_id}/refuse", reason="")
    assert refused.status_code == 422 and 'aria-invalid="true"' in refused.text
    assert sent(site, manager, f"applications/{claim_id}/refuse", reason="该户未登记").status_code == 303
    assert "该户未登记" in applicant.browser().get(f"{BASE}/applications", headers=HTML).text


def approved_by_two(site: Site, applicant: TestCitizen) -> list[Any]:
    """The answers to two managers who agree concurrently."""
    managers = [site.city.citizen() for _ in range(2)]
    for one in managers:
        site.list_citizen(one, "manager")
    claim = {"place_id": site.id, "role": "resident", "unit": "5-1-302", "name": "赵六六"}
    claim_id = site.mine(applicant, "POST", "/claims", 201, **claim)["id"]
    path = f"applications/{claim_id}/approve"
    return run_concurrently([partial(sent, site, one, path) for one in managers])


def test_of_two_managers_who_decide_at_once_one_has_decided(site: Site) -> None:
    applicant = site.city.citizen()
    answers = approved_by_two(site, applicant)
    assert Counter(answer.status_code for answer in answers) == {303: 1, 409: 1}
    late = next(answer for answer in answers if answer.status_code == 409)
    assert "该申请已处理" in late.text and "<form" not in re.sub("<footer.*", "", late.text, flags=re.DOTALL)
    assert site.city.count("pass_members", "source = 'claim'") == 1
    assert len([one for one in applicant.usage() if one["purpose"] == "decide"]) == 1


def test_control_without_holding_the_application_both_decide_it(
    site: Site, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("on SQLite writing units take turns")
    barrier = threading.Barrier(2)

    def looked_at(model: type[PassClaim], claim_id: str) -> PassClaim | None:
        found = session().get(model, claim_id)
        barrier.wait()
        return found

    monkeypatch.setattr(claims, "lock_row", looked_at)
    answers = approved_by_two(site, site.city.citizen())
    assert Counter(answer.status_code for answer in answers) == {303: 2}


def test_a_member_who_is_suspended_stays_outside_until_restored(town: Town) -> None:
    site, manager, resident = town.site, town.people["manager"], town.people["resident"]
    site.office("POST", "/emergency/end")
    member = town.ids["resident"]
    for action, told in (("suspend", "suspended"), ("restore", "allow"), ("revoke", "revoked")):
        assert f"/{action}" in opened(site, manager, f"members/{member}")
        answer = sent(site, manager, f"members/{member}/{action}")
        assert answer.location.endswith(f"/members/{member}?done={action}")
        seen = site.scan(resident, at=site.other)
        assert seen.get("detail_code", seen["decision"]) == told
    assert "/suspend" not in opened(site, manager, f"members/{member}")
    found = opened(site, manager, "members?unit=1201&status=revoked")
    assert member in found and town.ids["manager"] not in found


def test_heads_are_counted_on_the_screen_and_on_paper(town: Town) -> None:
    site, manager = town.site, town.people["manager"]
    page = opened(site, manager, "muster", language="en")
    assert "Missing" in page and page.count("Is safe</button>") == 2
    person = with_ids(town, "{person}")
    assert sent(site, manager, f"muster/{person}").location.endswith("/muster?done=accounted")
    assert opened(site, manager, "muster").count("已到</button>") == 1
    sheet = opened(site, manager, "muster/sheet")
    assert sheet.count("☐") == 1 and "☑ 已到" in sheet and "共 2 人，未到 1 人。" in sheet
    assert "张小三" in sheet and "王客人" in sheet
    assert sent(site, manager, f"muster/{new_id()}").status_code == 404


def test_a_manager_opens_the_gates_and_closes_them_again(site: Site) -> None:
    manager, stranger = site.city.citizen(), site.city.citizen()
    site.list_citizen(manager, "manager")
    assert "没有过紧急开放" in opened(site, manager, "muster")
    opened(site, manager, "muster/sheet", 404)
    until = (now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    assert sent(site, manager, "emergency/new", reason="演练", until=until).status_code == 422
    form = opened(site, manager, "emergency/new")
    offered = re.search(r'name="until"[^>]*value="([^"]+)"', form)
    assert offered is not None
    assert sent(site, manager, "emergency/new", reason="演练", until=offered[1]).status_code == 303
    assert site.scan(stranger)["outcome"]["basis"] == "emergency"
    again = sent(site, manager, "emergency/new", reason="演练", until=offered[1])
    assert again.status_code == 409 and "紧急开放已在进行" in again.text
    assert sent(site, manager, "emergency/end").status_code == 303
    assert sent(site, manager, "emergency/end").status_code == 409
    assert "结束" in opened(site, manager, "muster")


def test_a_manager_ends_the_invitation_of_another(town: Town) -> None:
    site, manager = town.site, town.people["manager"]
    site.office("POST", "/emergency/end")
    page = opened(site, manager, "guests")
    assert "王*人" in page and "3-2-1201" in page and "王客人" not in page
    assert sent(site, manager, f"guests/{town.ids['guest']}/end").status_code == 303
    seen = site.scan(town.people["guest"], at=site.other)
    assert seen.get("detail_code") == "revoked"


def test_the_way_to_the_desk_is_shown_to_managers_only(town: Town) -> None:
    address = f"{BASE}/managed/{town.site.id}"
    for name, times in (("manager", 1), ("resident", 0)):
        page = town.people[name].browser().get(f"{BASE}/", headers=HTML).text
        assert page.count(f'href="{address}"') == times
