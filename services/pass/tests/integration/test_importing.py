"""A list handed in over HTTP or by command: taken row by row, again without harm, and never half when it
cannot be read."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from citizen_app.toolkit.testing import City, TestCitizen

from ...operations import importing
from ...operations.lists import MOST_LIST_ROWS, read_people
from ...routes.operators import MOST_LIST_BYTES
from ..conftest import BASE, Site, verdict

HEADER = "姓名,手机号,房号,身份\n"


def send(site: Site, content: bytes, name: str = "名单.csv", query: str = "") -> Any:
    """Hand a list in."""
    return site.operator.call(
        "POST",
        f"{BASE}/operator/places/{site.id}/members/import{query}",
        data={"file": (io.BytesIO(content), name)},
        content_type="multipart/form-data",
    )


def report(site: Site, text: str, query: str = "") -> dict[str, Any]:
    """What became of a CSV list."""
    answer = send(site, (HEADER + text).encode(), query=query)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.get_json()
    return said


def counts(said: dict[str, Any]) -> tuple[int, int, int, int]:
    """Added, changed, unchanged, rejected."""
    return said["added"], said["changed"], said["unchanged"], said["rejected"]


def line(citizen: TestCitizen, unit: str = "1-1", role: str = "住户") -> str:
    """A row."""
    return f"张三,{citizen.phone},{unit},{role}\n"


def test_people_of_a_list_enter_and_the_others_are_named(site: Site) -> None:
    first, second = site.city.citizen(), site.city.citizen()
    said = report(site, line(first) + "李四,123,2-2,\n" + line(second) + line(first, "9-9"))
    assert counts(said) == (2, 0, 0, 2)
    assert [(one["row"], one["column"]) for one in said["rejects"]] == [(3, "手机号"), (5, "手机号")]
    assert "第 2 行" in said["rejects"][1]["reason"]
    assert verdict(site.scan(first)) == verdict(site.scan(second)) == "allow member"
    assert site.city.count("audit_events", "action = 'pass.import_people'") == 1


def test_the_same_list_again_changes_nothing_and_a_changed_row_its_person(site: Site) -> None:
    first, second = site.city.citizen(), site.city.citizen()
    whole = line(first, role="管理员") + line(second)
    assert counts(report(site, whole)) == (2, 0, 0, 0)
    assert counts(report(site, whole)) == (0, 0, 2, 0)
    assert counts(report(site, line(first, "7-7", "") + line(second, "", ""))) == (0, 1, 1, 0)
    listed = {one["unit"]: one["role"] for one in site.office("GET", "/members")["items"]}
    assert listed == {"7-7": "manager", "1-1": "resident"}


def test_a_dry_run_says_the_same_and_writes_nothing(site: Site) -> None:
    person = site.city.citizen()
    assert counts(report(site, line(person) + "x,1,,\n", "?dry_run=true")) == (1, 0, 0, 1)
    assert site.city.count("pass_members") == 0
    report(site, line(person))
    assert counts(report(site, line(person, "8-8"), "?dry_run=true")) == (0, 1, 0, 0)
    assert [one["unit"] for one in site.office("GET", "/members")["items"]] == ["1-1"]


def test_while_one_list_is_read_another_is_sent_away_and_not_kept_waiting(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []

    def meanwhile(*args: Any, **kwargs: Any) -> Any:
        seen.append(send(site, (HEADER + line(site.city.citizen())).encode()))
        return read_people(*args, **kwargs)

    monkeypatch.setattr(importing, "read_people", meanwhile)
    first = report(site, line(site.city.citizen()))
    (second,) = seen
    assert counts(first) == (1, 0, 0, 0)
    assert (second.status_code, second.headers["Retry-After"]) == (503, "5")
    assert "另一个文件" in second.get_json()["detail"]
    monkeypatch.undo()
    assert send(site, b"").status_code == send(site, b"PK", "a.xlsx").status_code == 422
    assert counts(report(site, line(site.city.citizen()))) == (1, 0, 0, 0)


@pytest.mark.parametrize("query", ["", "?dry_run=true"])
def test_columns_that_are_not_taken_are_told(site: Site, query: str) -> None:
    text = f"序号,姓名,手机号,房号/部门,楼栋\n1,张三,{site.city.citizen().phone},3-3,B\n"
    said = send(site, text.encode(), query=query).get_json()
    assert said["ignored_columns"] == ["序号", "楼栋"]
    assert counts(said) == (1, 0, 0, 0)


def test_a_new_person_needs_a_name_and_a_listed_one_keeps_theirs(site: Site) -> None:
    listed, new = site.city.citizen(), site.city.citizen()
    report(site, line(listed))
    nameless = (line(listed, "9-9") + line(new)).replace("张三", "")
    for query in ("?dry_run=true", ""):
        said = report(site, nameless, query)
        assert counts(said) == (0, 1, 0, 1)
        assert (said["rejects"][0]["row"], said["rejects"][0]["column"]) == (3, "姓名")
    assert [one["masked_name"] for one in site.office("GET", "/members")["items"]] == ["张*"]
    body = {"phone": new.phone, "role": "resident"}
    site.office("POST", "/members", 422, **body)


def test_a_list_brings_no_revoked_person_back(site: Site) -> None:
    person = site.city.citizen()
    report(site, line(person))
    (member,) = site.office("GET", "/members")["items"]
    site.office("POST", f"/members/{member['id']}/revoke")
    assert counts(report(site, line(person))) == (0, 0, 0, 1)
    assert verdict(site.scan(person)) == "revoked"


def test_a_workbook_is_taken_too(site: Site) -> None:
    person, book = site.city.citizen(), Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["某小区住户表"], ["姓名", "手机号", "房号"], ["张三", int(person.phone[3:]), "=1+1"]):
        sheet.append(row)
    sheet.append(["李四", int(person.phone[3:]), "3-3"])
    written = io.BytesIO()
    book.save(written)
    said = send(site, written.getvalue(), "住户.XLSX").get_json()
    assert counts(said) == (1, 0, 0, 1)
    assert (said["rejects"][0]["row"], said["rejects"][0]["column"]) == (3, "房号")


@pytest.mark.parametrize(
    ("content", "name", "status"),
    [
        ((HEADER + "x\n" * (MOST_LIST_ROWS + 1)).encode(), "a.csv", 422),
        (b"x" * (MOST_LIST_BYTES + 1), "a.csv", 422),
        (b"x" * (MOST_LIST_BYTES + 100_000), "a.csv", 413),
        (b"", "a.csv", 422),
        (HEADER.encode(), "a.xls", 422),
        (HEADER.encode(), "../a.csv.exe", 422),
        (b"PK", "a.xlsx", 422),
    ],
)
def test_what_is_too_much_or_no_list_is_refused(site: Site, content: bytes, name: str, status: int) -> None:
    answer = send(site, content, name)
    assert answer.status_code == status, answer.text
    assert site.city.count("pass_members") == 0


def test_while_a_list_is_read_gates_go_on_and_nobody_waits(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed, new, said = site.city.citizen(), site.city.citizen(), []
    site.list_citizen(listed)

    def read_slowly(*given: Any) -> Any:
        said.append(verdict(site.scan(listed)))  # a second unit of work inside an open one would raise
        return read_people(*given)

    monkeypatch.setattr(importing, "read_people", read_slowly)
    assert counts(report(site, line(new))) == (1, 0, 0, 0)
    assert said == ["allow member"]


def test_nothing_is_read_for_those_who_may_not_write(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Any] = []
    monkeypatch.setattr(importing, "read_people", lambda *given: read.append(given))
    path = f"{BASE}/operator/places/{site.id}/members/import"
    stranger = site.city.client.post(path, data={"file": (io.BytesIO(HEADER.encode()), "a.csv")})
    assert stranger.status_code == 401
    nowhere = path.replace(site.id, "0190a6f2-0000-7000-8000-000000000000")
    file = {"file": (io.BytesIO(HEADER.encode()), "a.csv")}
    answer = site.operator.call("POST", nowhere, data=file, content_type="multipart/form-data")
    assert answer.status_code == 404
    assert read == []


def test_a_list_that_fails_in_its_last_rows_leaves_nothing_behind(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: Any, **more: Any) -> None:
        raise RuntimeError("the audit log is away")

    monkeypatch.setattr(importing, "audit", fail)
    assert send(site, (HEADER + line(site.city.citizen())).encode()).status_code == 500
    assert site.city.count("pass_members") == 0


def test_rows_with_letters_that_nobody_sees_are_refused(site: Site) -> None:
    person = site.city.citizen()
    said = report(site, line(person).replace("张三", "张\u202e三") + line(site.city.citizen(), "3\x07-2"))
    assert counts(said) == (0, 0, 0, 2)
    assert [(one["row"], one["column"]) for one in said["rejects"]] == [(2, "姓名"), (3, "房号")]
    assert "U+202E" in said["rejects"][0]["reason"]


def test_the_door_takes_one_file_and_nothing_else(site: Site) -> None:
    path = f"{BASE}/operator/places/{site.id}/members/import"
    assert site.operator.call("POST", path, json={"file": "x"}).status_code == 415
    assert site.operator.call("POST", path, content_type="multipart/form-data", data={}).status_code == 422
    file = (io.BytesIO(HEADER.encode()), "a.csv")
    beside = {"file": file, "note": "hello"}
    assert site.operator.call("POST", path, data=beside).status_code == 422
    two = {"file": [(io.BytesIO(b"1"), "a.csv"), (io.BytesIO(b"2"), "b.csv")]}
    assert site.operator.call("POST", path, data=two).status_code == 422
    large = {"kind": "x" * 800_000}
    assert site.operator.call("POST", f"{BASE}/operator/places", json=large).status_code == 413


def test_the_command_takes_long_lists_in_slices(site: Site, city: City, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    rows = [f"住户{n},138000{n:05d},{n},\n" for n in range(MOST_LIST_ROWS + 500)]
    path.write_text(HEADER + "".join(rows) + "坏,1,1,\n", encoding="gb18030")
    arguments = ["pass", "import-people", site.id, str(path), "--json"]
    done = city.app.test_cli_runner().invoke(args=arguments)
    assert done.exit_code == 1, done.output
    said = json.loads(done.stdout)
    assert counts(said) == (MOST_LIST_ROWS + 500, 0, 0, 1)
    assert city.count("pass_members") == MOST_LIST_ROWS + 500
    again = city.app.test_cli_runner().invoke(args=[*arguments[:-1], "--dry-run", "--language", "en"])
    assert f"unchanged {MOST_LIST_ROWS + 500}" in again.stdout
    unknown = tmp_path / "unknown.csv"
    unknown.write_text("手机号,姓名,楼栋\n13800000001,住户1,B\n", encoding="utf-8")
    told = city.app.test_cli_runner().invoke(args=["pass", "import-people", site.id, str(unknown)])
    assert "没有认出的列，内容未导入：楼栋" in told.stdout
    wrong = city.app.test_cli_runner().invoke(args=["pass", "import-people", "nowhere", str(path)])
    assert wrong.exit_code == 2
    assert site.id in city.app.test_cli_runner().invoke(args=["pass", "places"]).stdout
