"""Plain entities, and a service's own pages, in the console."""

from __future__ import annotations

import re
from typing import Any

from werkzeug.test import TestResponse

from citizen_app.registry import state
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing.people import TestOperator
from tests.office_services.archive.tests.archive import API, CONSOLE, ROOM, Archive

OWN_PAGE = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}


def send(officer: TestOperator, path: str, **fields: Any) -> TestResponse:
    """A form of a page below the archive's."""
    data = {"csrf_token": officer.form_token(), **fields}
    return officer.browser().post(f"{CONSOLE}/{path}", data=data, headers=OWN_PAGE)


def page(officer: TestOperator, path: str, status: int = 200) -> str:
    answer = officer.browser().get(f"{CONSOLE}/{path}", headers=OWN_PAGE)
    assert answer.status_code == status, answer.text
    return answer.text


def test_a_form_from_the_schema_makes_one(archive: Archive) -> None:
    form = page(archive.head, f"rooms/new?branch_id={archive.east}")
    assert '<label class="form-label fw-semibold" for="field-seats">座位' in form
    assert re.search(rf'value="{archive.east}"[^>]*(checked|selected)', form)
    fields = {**ROOM, "branch_id": archive.east, "quiet_seats": ""}
    made = send(archive.head, "rooms/new", **fields)
    assert made.status_code == 303, made.text
    shown = archive.head.browser().get(made.location).text
    assert "已登记" in shown
    for words in ("一室", "东馆", "阅览", "否"):
        assert words in shown
    assert "一室" in page(archive.head, "rooms/?q=a1")
    assert "没有符合条件的" in page(archive.head, "rooms/?q=zz")


def test_what_is_wrong_stands_beside_its_field(archive: Archive) -> None:
    fields = {**ROOM, "branch_id": archive.east, "quiet_seats": "40", "code": "a 1"}
    refused = send(archive.head, "rooms/new", **fields)
    assert refused.status_code == 422
    assert 'id="field-code-error">大写字母和数字' in refused.text
    refused = send(archive.head, "rooms/new", **{**fields, "code": "A1"})
    assert 'id="field-quiet_seats-error">不能多于座位数' in refused.text
    assert 'value="40"' in refused.text, "what was typed stays"


def test_a_change_shows_the_row_and_empties_what_was_emptied(archive: Archive) -> None:
    room = archive.room(archive.east, "A1", quiet_seats=4, lift=True, opened_on="2026-03-01")
    form = page(archive.head, f"rooms/{room['id']}/change")
    assert "field-code" not in form, "what is fixed is not asked"
    assert 'value="2026-03-01"' in form
    fields = {"version": "1", "name_zh": "大室", "name_en": "Hall", "seats": "9", "kind": "reading"}
    done = send(archive.head, f"rooms/{room['id']}/change", **fields)
    assert done.status_code == 303, done.text
    now = archive.head.get(f"{API}/rooms/{room['id']}").get_json()
    assert (now["seats"], now["quiet_seats"], now["lift"], now["opened_on"]) == (9, None, False, None)
    assert (now["code"], now["branch_id"], now["version"]) == ("A1", archive.east, 2)
    late = send(archive.head, f"rooms/{room['id']}/change", **fields)
    assert late.status_code == 409
    assert f'href="{CONSOLE}/rooms/{room["id"]}/change"' in late.text, "the way to what it is now"


def test_a_row_that_was_closed_since_stays_in_the_form(archive: Archive) -> None:
    near = archive.room(archive.east, "N1", name_zh="隔壁")["id"]
    room = archive.room(archive.east, "A1", near_ids=[near])["id"]
    archive.head.call("POST", f"{API}/rooms/{near}/close")
    assert "隔壁" not in page(archive.head, "rooms/new")
    assert re.search(rf'value="{near}" checked', page(archive.head, f"rooms/{room}/change"))


def test_closing_asks_first_and_says_what_is_against_it(archive: Archive) -> None:
    room = archive.room(archive.east, "A1")["id"]
    assert "停用“东馆”？" in page(archive.head, f"branches/{archive.east}/close")
    refused = send(archive.head, f"branches/{archive.east}/close")
    assert (refused.status_code, "还有房间在用。" in refused.text) == (409, True)
    assert f'href="{CONSOLE}/rooms/?branch_id={archive.east}"' in page(
        archive.head, f"branches/{archive.east}"
    )
    assert send(archive.head, f"rooms/{room}/close").status_code == 303
    assert "已停用" in page(archive.head, f"rooms/{room}")
    assert send(archive.head, f"rooms/{room}/reopen").status_code == 303
    assert "在用" in page(archive.head, f"rooms/{room}")


def test_an_officer_of_a_unit_sees_that_unit(archive: Archive) -> None:
    there = archive.room(archive.west, "W1")["id"]
    branches = page(archive.clerk, "branches/")
    assert "东馆" in branches
    assert "西馆" not in branches
    assert f"{CONSOLE}/branches/new" not in branches, "units are not theirs to add"
    assert "西馆" not in page(archive.clerk, "rooms/new")
    for path in ("", "/change", "/close"):
        page(archive.clerk, f"rooms/{there}{path}", 404)
    assert send(archive.clerk, f"rooms/{there}/reopen").status_code == 404
    fields = {**ROOM, "branch_id": archive.west, "code": "W2"}
    assert send(archive.clerk, "rooms/new", **fields).status_code == 404
    assert send(archive.clerk, "rooms/new", **{**fields, "branch_id": archive.east}).status_code == 303


def test_the_navigation_names_the_service_to_its_operators_only(archive: Archive) -> None:
    for officer in (archive.head, archive.clerk):
        shown = page(officer, "rooms/")
        for name in ("branches", "rooms", "duty"):
            assert f'href="{CONSOLE}/{name}/"' in shown
        assert shown.count('aria-current="page"') == 1
        assert f'href="{CONSOLE}/duty/"' in page(officer, "")
    administrator = archive.city.operator(None, "system_admin")
    assert f"{CONSOLE}/rooms" not in page(administrator, "")
    page(administrator, "rooms/", 403)


def test_a_page_of_the_services_own(archive: Archive) -> None:
    assert "值班" in page(archive.clerk, "duty/")
    done = send(archive.clerk, "duty/take", note="夜班")
    assert (done.status_code, done.location) == (303, f"{CONSOLE}/duty/?done=taken")
    assert "已接班。" in page(archive.clerk, "duty/?done=taken")
    assert archive.city.count("audit_events", "action = 'archive.duty.take'") == 1
    assert send(archive.clerk, "duty/take", note="").status_code == 422


def test_a_service_that_is_off_says_so_kindly(archive: Archive) -> None:
    with archive.city.app.app_context(), transaction():
        state.disable("archive")
    for path in ("rooms/", "duty/"):
        shown = page(archive.head, path, 503)
        assert "档案馆暂停服务" in shown
        assert f'href="{CONSOLE}"' in shown
    assert send(archive.head, "rooms/new", **ROOM).status_code == 503
