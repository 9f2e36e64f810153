"""A long list of people, taken in the background: whole or not at all, with a report for the office."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest

from ...operations import importing
from ..conftest import BASE, MakeSite, Site

TASKS = f"{BASE}/tasks"
EN = {"Accept-Language": "en"}
ROWS = 450


def send(site: Site, text: str, query: str = "") -> Any:
    return site.operator.call(
        "POST",
        f"{TASKS}/import_people?place_id={site.id}{query}",
        data={"file": (io.BytesIO(text.encode()), "名单.csv")},
        headers=EN,
    )


def people(count: int) -> str:
    return "姓名,手机号,房号\n" + "".join(f"张三,1391234{number:04d},1-{number}\n" for number in range(count))


def test_a_list_is_taken_and_the_rejected_rows_are_told_in_the_readers_language(site: Site) -> None:
    sent = send(site, people(ROWS) + "李四,123,2-2\n")
    assert (sent.status_code, sent.json["title"]) == (202, "Import a list of people")
    assert site.city.run_tasks() == ["done"]
    assert site.city.count("pass_members") == ROWS
    ended = site.operator.get(f"{TASKS}/{sent.json['id']}", **EN).get_json()
    assert ended["said"] == f"{ROWS} added, 0 changed, 0 unchanged, 1 not taken"
    assert (ended["stage"], ended["done"], ended["total"]) == ("Storing the list", ROWS, ROWS)
    (reject,) = ended["report"]["rejects"]
    assert (reject["row"], reject["column"], reject["reason"]) == (
        ROWS + 2,
        "手机号",
        "is not a mobile number",
    )
    assert site.city.count("audit_events", "action = 'pass.import_people' AND actor_kind = 'staff'") == 1

    send(site, people(ROWS + 5), "&dry_run=true")
    assert site.city.run_tasks() == ["done"]
    assert site.city.count("pass_members") == ROWS


def test_of_a_list_that_breaks_off_nothing_stays(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    store, steps = importing._store, iter(range(10))

    def failing(*args: Any) -> None:
        store(*args)
        if next(steps) == 1:
            raise RuntimeError("in the middle")

    monkeypatch.setattr(importing, "_store", failing)
    send(site, people(ROWS))
    assert site.city.run_tasks() == ["failed"]
    assert site.city.count("pass_members") == 0


def test_whoever_has_one_place_imports_for_it_alone(make_site: MakeSite) -> None:
    site, other = make_site(), make_site()
    of_place, of_other = (site.city.operator("pass", unit=one.id) for one in (site, other))
    assert send(replace(site, operator=of_place), people(2)).status_code == 202
    assert send(replace(site, operator=of_other), people(2)).status_code == 404
    assert site.city.run_tasks() == ["done"]
    assert [len(one.get(TASKS).get_json()["items"]) for one in (of_place, of_other)] == [1, 0]
    shown = of_place.browser().get("/console/services/pass/places/").text
    assert "/console/tasks/start/pass/import_people" in shown


def test_a_place_that_is_not_there_is_refused_before_anything_waits(site: Site) -> None:
    nowhere = Site(site.city, site.operator, "01932c07-0000-7000-8000-000000000000", site.kiosk, site.other)
    assert send(nowhere, people(1)).status_code == 404
    assert site.city.count("stored_files") == 0
