"""The list behind the local register: taken from CSV and XLSX, told row by row, and confirmed from."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from citizen_app.demo.people import invented_number
from citizen_app.factory import CitizenFlask
from citizen_app.toolkit.testing import City, TestCitizen
from tests.integration.identity.conftest import BORN, NUMBER, prove

OTHER = invented_number(BORN, 102)
LIST = f"""姓名,身份证号,证件类型,出生日期,备注
张晓明,{NUMBER},,,x
李四,{OTHER},身份证,,
ZHANG SAN,E12345678,护照,1990-03-07,
,{invented_number(BORN, 104)},,,
王五,{NUMBER[:-1]}{"1" if NUMBER[-1] == "0" else "0"},,,
赵六,E1,驾驶证,,
"""


@pytest.fixture
def run(app: CitizenFlask, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Hand in a list and read the report."""

    def command(words: str, content: str | Path = LIST) -> dict[str, Any]:
        path = content if isinstance(content, Path) else tmp_path / "people.csv"
        if isinstance(content, str):
            path.write_text(content, encoding="utf-8")
        result = app.test_cli_runner().invoke(args=["identity", words, str(path), "--json"])
        assert result.exit_code == 0, result.output
        said: dict[str, Any] = json.loads(result.stdout)
        return said

    return command


def test_rows_are_taken_and_the_others_told(city: City, run: Any) -> None:
    said = run("import")
    assert (said["added"], said["rejected"], said["ignored_columns"]) == (3, 3, ["备注"])
    assert [(one["row"], one["column"]) for one in said["rejects"]] == [
        (5, "姓名"),
        (6, "身份证号"),
        (7, "证件类型"),
    ]
    again = run("import")
    assert (again["added"], again["unchanged"]) == (0, 3)
    changed = run("import", LIST.replace("李四", "李四一"))
    assert (changed["changed"], changed["unchanged"]) == (1, 2)
    assert city.count("audit_events", "action = 'identity.import'") == 3


def test_people_of_the_list_are_confirmed(run: Any, nobody: Callable[[], TestCitizen]) -> None:
    run("import")
    assert prove(nobody()).status_code == 200
    answer = prove(nobody(), "Zhang San", "e12345678", document_kind="passport")
    assert answer.status_code == 200, answer.text
    assert prove(nobody(), "王五", invented_number(date(2001, 1, 1), 5)).status_code == 409


def test_who_is_taken_out_is_confirmed_no_more(run: Any, nobody: Callable[[], TestCitizen]) -> None:
    run("import")
    citizen = nobody()
    assert prove(citizen).status_code == 200
    said = run("remove", f"姓名,证件号码\n张晓明,{NUMBER}\n周七,{invented_number(BORN, 105)}\n")
    assert (said["changed"], said["unchanged"]) == (1, 1)
    assert citizen.get("/api/v1/me").get_json()["assurance_level"] == 2, "accounts stay as they are"
    assert prove(nobody(), "张晓明", NUMBER).status_code == 409


def test_a_workbook_and_a_file_that_is_none(app: CitizenFlask, run: Any, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["证件号码", "姓名"])
    book.active.append([NUMBER, "张晓明"])
    book.save(tmp_path / "people.xlsx")
    assert run("import", tmp_path / "people.xlsx")["added"] == 1
    (tmp_path / "none.csv").write_text("a,b\n1,2\n")
    result = app.test_cli_runner().invoke(args=["identity", "import", str(tmp_path / "none.csv")])
    assert result.exit_code == 1
    assert "证件号码" in result.output
