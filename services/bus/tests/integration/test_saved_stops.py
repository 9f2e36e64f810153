"""The stops that a citizen keeps at hand: theirs alone, bounded, and gone with them."""

from __future__ import annotations

import threading
from collections import Counter
from functools import partial
from typing import Any

import pytest

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.testing import City, TestCitizen
from citizen_app.toolkit.testing.races import run_concurrently
from services.bus import hooks
from services.bus.operations import saved_stops
from services.bus.tests.conftest import Import
from services.bus.tests.feeds import SMALL

SAVED = "/api/v1/services/bus/saved-stops"
PAGE = "/services/bus/saved"
HTML = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
MANY = {"stops.txt": SMALL["stops.txt"] + "".join(f"x{n},站{n},33.9,118.2,0,\n" for n in range(40))}


def kept(citizen: TestCitizen) -> list[str]:
    """The ids of a citizen's stops."""
    return [one["id"] for one in citizen.get(SAVED).get_json()["items"]]


def keep(citizen: TestCitizen, stop: str) -> int:
    """The status of keeping one."""
    return citizen.call("PUT", f"{SAVED}/{stop}").status_code


def pressed(citizen: TestCitizen, stop: str) -> Any:
    """The button of the page."""
    return citizen.browser().post(f"{PAGE}/{stop}", data={"csrf_token": citizen.form_token()}, headers=HTML)


def test_a_citizen_keeps_stops_and_drops_them(city: City, import_small: Import) -> None:
    mine, other = city.citizen(), city.citizen()
    assert kept(mine) == [] and keep(mine, "s1") == 404  # no timetable yet
    import_small()
    assert [keep(mine, stop) for stop in ("s1", "P", "s1")] == [204, 204, 204]
    assert sorted(kept(mine)) == ["P", "s1"] and kept(other) == []
    assert keep(mine, "nowhere") == 404
    for _ in range(2):
        assert mine.call("DELETE", f"{SAVED}/s1").status_code == 204
    assert other.call("DELETE", f"{SAVED}/P").status_code == 204
    assert kept(mine) == ["P"]


def test_the_page_keeps_and_drops_with_one_button(city: City, import_small: Import) -> None:
    import_small()
    citizen = city.citizen()
    browser = citizen.browser()
    assert "还没有收藏站点" in browser.get(PAGE, headers=HTML).text
    assert "收藏市政府？" in browser.get(f"{PAGE}/s2", headers=HTML).text
    assert pressed(citizen, "s2").location.endswith("/saved?done=saved")
    page = browser.get(f"{PAGE}?done=saved", headers=HTML).text
    assert "市政府" in page and "开往项王故里" in page and "已收藏" in page
    assert "要取消吗" in browser.get(f"{PAGE}/s2", headers=HTML).text
    assert pressed(citizen, "s2").location.endswith("/saved?done=dropped")
    assert kept(citizen) == [] and pressed(citizen, "nowhere").status_code == 404


def test_a_stop_that_the_next_timetable_does_not_have_is_not_shown(city: City, import_small: Import) -> None:
    import_small(MANY)
    citizen = city.citizen()
    assert keep(citizen, "x1") == 204
    import_small()
    assert kept(citizen) == [] and "还没有收藏站点" in citizen.browser().get(PAGE, headers=HTML).text
    import_small({**MANY, "agency.txt": SMALL["agency.txt"].replace("宿迁公交", "公交")})
    assert kept(citizen) == ["x1"]


def filled(city: City, free: int) -> TestCitizen:
    """A citizen with room for some more."""
    citizen = city.citizen()
    for number in range(saved_stops.MOST_SAVED - free):
        assert keep(citizen, f"x{number}") == 204
    return citizen


def test_the_limit_holds_against_many_at_once(city: City, import_small: Import) -> None:
    import_small(MANY)
    citizen = filled(city, free=2)
    answers = run_concurrently([partial(keep, citizen, f"x{number}") for number in range(30, 36)])
    assert Counter(answers) == {204: 2, 409: 4} and len(kept(citizen)) == saved_stops.MOST_SAVED
    assert keep(citizen, "x1") == 204  # kept already


def test_control_without_taking_turns_the_limit_does_not_hold(
    city: City, import_small: Import, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("on SQLite writing units take turns")
    import_small(MANY)
    citizen, barrier = filled(city, free=1), threading.Barrier(2)
    monkeypatch.setattr(saved_stops, "lock_caller", lambda: None)
    counted = saved_stops.saved_stops

    def together(citizen_ref: str) -> list[str]:
        found = counted(citizen_ref)
        barrier.wait(timeout=30)
        return found

    monkeypatch.setattr(saved_stops, "saved_stops", together)
    assert run_concurrently([partial(keep, citizen, stop) for stop in ("x38", "x39")]) == [204, 204]


def test_nothing_is_kept_of_whoever_has_died(city: City, import_small: Import) -> None:
    import_small()
    mine, other = city.citizen(), city.citizen()
    assert keep(mine, "s1") == keep(other, "s1") == 204
    with city.app.app_context(), transaction():
        hooks.on_death(mine.ref("bus"))
    assert kept(mine) == [] and kept(other) == ["s1"]
