"""Lists of claims: rows are taken and told, come again, and wait for whoever has no account yet."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine

from citizen_app.citizens.documents import Source, proof_of
from citizen_app.citizens.operations import set_real_name
from citizen_app.citizens.traits import AssuranceLevel
from citizen_app.claims import operations, waiting
from citizen_app.claims.operations import end_claim
from citizen_app.claims.queries import known_of
from citizen_app.demo.people import invented_number
from citizen_app.identity.documents import DocumentKind, read_document
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen, TestOperator
from citizen_app.toolkit.testing.races import while_uncommitted
from tests.integration.claims.conftest import (
    ADMIN,
    BORN,
    HEADER,
    NUMBER,
    STUDENT,
    TODAY,
    counts,
    known_by,
    mine,
)

NOVEMBER = datetime(2026, 11, 28, 4, tzinfo=UTC)
Send = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def november(time_travel: time_machine.Traveller) -> None:
    time_travel.move_to(NOVEMBER)


def is_student(city: City, citizen: TestCitizen, moment: datetime = NOVEMBER) -> bool:
    with city.app.app_context(), transaction(reading=True):
        known = known_of(citizen.id)
        assert known is not None
        return known.has("student", moment)


def test_rows_are_taken_and_the_others_told(city: City, send: Send) -> None:
    wrong = invented_number(BORN, 2)
    said = send(
        "姓名,身份证号,类别,有效期起,有效期止,备注\n"
        + STUDENT
        + f"李四,{invented_number(BORN, 3)},resident,2026-01-01,,\n"
        + f",{invented_number(BORN, 4)},学生,2026-09-01,2027-08-31\n"
        + f"王五,{wrong[:-1]}{'1' if wrong[-1] == '0' else '0'},学生,2026-09-01,2027-08-31\n"
        + f"赵六,{wrong},宇航员,2026-09-01,2027-08-31\n"
        + f"赵六,{wrong},学生,2026-09-01,\n"
        + f"赵六,{wrong},学生,,2027-08-31\n"
        + f"赵六,{wrong},学生,2026-09-01,2026-08-31\n"
        + f"赵六,{wrong},学生,1026-09-01,2026-08-31\n"
        + f"赵六,{wrong},,2026-09-01,2026-08-31\n"
    )
    assert counts(said) == (2, 0, 0, 8)
    assert said["ignored_columns"] == ["备注"]
    told = [(one["row"], one["column"]) for one in said["rejects"]]
    assert told == [
        (4, "姓名"),
        (5, "身份证号"),
        (6, "类别"),
        (7, "有效期止"),
        (8, "有效期起"),
        (9, "有效期止"),
        (10, "有效期起"),
        (11, "类别"),
    ]
    assert city.count("audit_events", "action = 'claims.import'") == 1


def test_the_same_list_again_changes_nothing_and_a_longer_one_extends(city: City, send: Send) -> None:
    citizen = known_by(city)
    assert counts(send(HEADER + STUDENT)) == (1, 0, 0, 0)
    assert counts(send(HEADER + STUDENT + STUDENT)) == (0, 0, 2, 0)
    longer = STUDENT.replace("2027-08-31", "2028-08-31")
    assert counts(send(HEADER + longer)) == (0, 1, 0, 0)
    assert counts(send(HEADER + longer + STUDENT)) == (0, 0, 2, 0)
    (claim,) = mine(citizen)
    assert (claim["valid_from"], claim["valid_to"]) == (
        "2026-08-31T16:00:00.000Z",
        "2028-08-31T16:00:00.000Z",
    )
    assert (claim["source"], claim["state"], claim["evidence"]) == ("import", "current", None)
    assert is_student(city, citizen)
    assert not is_student(city, citizen, datetime(2026, 8, 31, 15, 59, tzinfo=UTC))


def test_a_list_that_says_an_earlier_end_counts_from_now_on(city: City, send: Send) -> None:
    citizen = known_by(city)
    send(HEADER + STUDENT)
    shorter = HEADER + STUDENT.replace("2027-08-31", "2026-10-31")
    assert counts(send(shorter)) == (0, 1, 0, 0)
    assert counts(send(shorter)) == (0, 0, 1, 0)
    (claim,) = mine(citizen)
    assert (claim["state"], claim["void_from"]) == ("over", "2026-10-31T16:00:00.000Z")
    assert is_student(city, citizen, datetime(2026, 11, 20, tzinfo=UTC)), "what was rated stays"
    assert not is_student(city, citizen)


def test_what_somebody_has_ended_does_not_come_back_with_the_same_list(city: City, send: Send) -> None:
    citizen = known_by(city)
    send(HEADER + STUDENT)
    (claim,) = mine(citizen)
    with city.app.app_context(), transaction():
        end_claim(claim["id"], ended_by=None, reason="已退学")
    assert counts(send(HEADER + STUDENT)) == (0, 0, 1, 0)
    assert not is_student(city, citizen)


def test_a_trial_says_the_same_and_writes_nothing(city: City, send: Send) -> None:
    known_by(city)
    assert counts(send(HEADER + STUDENT, "?dry_run=true")) == (1, 0, 0, 0)
    assert city.count("citizen_claims") == 0
    assert city.count("audit_events", "action = 'claims.import'") == 0


def test_the_report_does_not_tell_who_has_an_account(city: City, send: Send) -> None:
    known_by(city)
    other = STUDENT.replace(NUMBER, invented_number(BORN, 7))
    assert send(HEADER + STUDENT) == send(HEADER + other)


def test_a_claim_waits_for_its_citizen(city: City, send: Send) -> None:
    send(HEADER + STUDENT)
    assert city.count("citizen_claims", "citizen_id IS NULL") == 1
    citizen = known_by(city)
    assert is_student(city, citizen)
    assert counts(send(HEADER + STUDENT)) == (0, 0, 1, 0)


def test_a_claim_waits_until_the_name_is_proved(city: City, send: Send) -> None:
    send(HEADER + STUDENT)
    citizen = city.citizen(name="", level=AssuranceLevel.PHONE)
    assert not is_student(city, citizen)
    document = read_document(DocumentKind.RESIDENT_ID, NUMBER, TODAY)
    with city.app.app_context(), transaction():
        set_real_name(citizen.id, "王子涵", proof_of(document, Source.LOCAL))
    assert is_student(city, citizen)


def test_a_number_of_somebody_else_gives_them_nothing(city: City, send: Send) -> None:
    citizen = known_by(city, name="别人")
    send(HEADER + STUDENT)
    with city.app.app_context():
        waiting.assign_all_waiting_claims()
    assert not is_student(city, citizen)
    assert city.count("citizen_claims", "citizen_id IS NULL") == 1


def test_a_list_and_a_proof_at_once_find_each_other(city: City, app: Any) -> None:
    """Neither sees the other's row: the job does."""
    document = read_document(DocumentKind.RESIDENT_ID, NUMBER, TODAY)
    citizen = city.citizen(name="", level=AssuranceLevel.PHONE)
    runner = app.test_cli_runner()

    def prove() -> None:
        set_real_name(citizen.id, "王子涵", proof_of(document, Source.LOCAL))

    def take(path: Path = Path(app.extensions["settings"].data_dir) / "list.csv") -> None:
        path.write_text(HEADER + STUDENT, encoding="utf-8")
        assert runner.invoke(args=["claims", "import", str(path)]).exit_code == 0

    while_uncommitted(app, prove, take)
    with app.app_context():
        waiting.assign_all_waiting_claims()
    assert is_student(city, citizen)


def test_who_never_came_is_forgotten_when_the_time_is_over(
    city: City, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(HEADER + STUDENT)
    citizen = known_by(city, number=invented_number(BORN, 9))
    send(HEADER + STUDENT.replace(NUMBER, invented_number(BORN, 9)))
    for moment, left in ((datetime(2027, 11, 28, tzinfo=UTC), 2), (datetime(2027, 11, 30, tzinfo=UTC), 1)):
        monkeypatch.setattr(waiting, "retention_now", lambda moment=moment: moment)
        with city.app.app_context():
            waiting.sweep_waiting_claims()
        assert city.count("citizen_claims") == left
    assert len(mine(citizen)) == 1, "history of whoever came stays"


def test_no_number_and_no_name_stands_in_the_table(city: City, send: Send) -> None:
    send(HEADER + STUDENT)
    for column in ("document_index", "name_index", "statement", "evidence_sealed"):
        with city.app.app_context(), transaction(reading=True):
            row = operations.db.session.query(operations.CitizenClaim).one()
            stored = getattr(row, column) or b""
        assert NUMBER.encode() not in stored
        assert "王子涵".encode() not in stored


def test_a_workbook_of_the_command_line_and_a_file_that_is_none(app: Any, city: City, tmp_path: Path) -> None:
    book, citizen = openpyxl.Workbook(), known_by(city)
    assert book.active is not None
    book.active.append(["证件号码", "姓名", "type", "valid_from", "valid_to"])
    book.active.append([NUMBER, "王子涵", "Student", date(2026, 9, 1), date(2027, 8, 31)])
    book.save(tmp_path / "students.xlsx")
    run = app.test_cli_runner().invoke
    for options, added in (["--dry-run"], 1), ([], 1), ([], 0):
        result = run(args=["claims", "import", str(tmp_path / "students.xlsx"), "--json", *options])
        assert result.exit_code == 0, result.output
        assert json.loads(result.stdout)["added"] == added
    assert is_student(city, citizen)
    (tmp_path / "none.csv").write_text("a,b\n1,2\n")
    result = run(args=["claims", "import", str(tmp_path / "none.csv")])
    assert result.exit_code == 1
    assert "证件号码" in result.output


def test_others_hand_in_no_lists(city: City, clerk: TestOperator) -> None:
    for other in (city.operator("bus"), city.operator(None, "system_admin")):
        sent = other.call(
            "POST", f"{ADMIN}/import", data={"file": (io.BytesIO((HEADER + STUDENT).encode()), "a.csv")}
        )
        assert sent.status_code == 403, sent.text
    assert city.count("citizen_claims") == 0
