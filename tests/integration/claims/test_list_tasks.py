"""A long list of claims, taken in the background: whole or not at all."""

from __future__ import annotations

import io
from typing import Any

import pytest

from citizen_app.claims import importing
from citizen_app.toolkit.testing import City, TestOperator
from tests.integration.claims.conftest import HEADER, STUDENT, counts, known_by, mine

TASK = "/api/v1/admin/tasks/claims_import"


def send(clerk: TestOperator, content: str, query: str = "") -> Any:
    file = {"file": (io.BytesIO(content.encode()), "students.csv")}
    return clerk.call("POST", f"{TASK}{query}", data=file, headers={"Accept-Language": "en"})


def test_a_clerk_sends_a_list_and_reads_the_report(city: City, clerk: TestOperator) -> None:
    citizen = known_by(city)
    sent = send(clerk, HEADER + STUDENT + "王五,1,学生,2026-09-01,\n")
    assert sent.status_code == 202, sent.text
    assert mine(citizen) == []
    assert city.run_tasks() == ["done"]
    (claim,) = mine(citizen)
    assert claim["type"] == "student"
    said = clerk.get(f"{TASK}/{sent.json['id']}").get_json()
    assert counts(said["report"]) == (1, 0, 0, 1)
    granted = "granted_by IS NOT NULL"
    assert city.count("citizen_claims", granted) == 1, "in the name of whoever sent it"
    assert clerk.get(TASK).get_json()["items"][0]["id"] == sent.json["id"]
    assert city.operator("pass").get(f"{TASK}/{sent.json['id']}").status_code == 403


def test_of_a_list_that_breaks_off_nothing_stays(
    city: City, clerk: TestOperator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "ROWS_PER_STEP", 1)
    take, steps = importing._take, iter(range(10))

    def failing(*args: Any) -> None:
        take(*args)
        if next(steps) == 1:
            raise RuntimeError("in the middle")

    monkeypatch.setattr(importing, "_take", failing)
    second = STUDENT.replace("学生", "本市居民")
    send(clerk, HEADER + STUDENT + second)
    assert city.run_tasks() == ["failed"]
    assert city.count("citizen_claims") == 0
