"""`flask doctor`: silent about a sound installation, and for every check something that makes it speak."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import text

from citizen_app import clock
from citizen_app.backup import operations as backups
from citizen_app.codes import keys
from citizen_app.doctor import channels, checkup, database, running, scanning, service_checks
from citizen_app.factory import CitizenFlask, create_app
from citizen_app.ids import new_id
from citizen_app.jobs.outbox import enqueue
from citizen_app.jobs.runner import run_due
from citizen_app.notices.models import CitizenEmail
from citizen_app.notices.webhook_models import NoticeWebhook
from citizen_app.process.breaker import FAILURES_TO_OPEN
from citizen_app.registry.modules import InstalledModule, current_registry
from citizen_app.secrecy.vault import Vault
from citizen_app.staff import operations as staff_operations
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, dispose
from citizen_app.usage.partitions import MONTHS_AHEAD, Month
from tests.integration.doctor.patients import change, choose, found, levels, production, run

SERVICES = Path(__file__).parents[2] / "sample_services"


@pytest.fixture
def services_dir() -> Path | None:
    """The sample services instead of the product's."""
    return SERVICES


@pytest.fixture
def city(app: CitizenFlask) -> City:
    """A city that has been scanned in once, with somebody to look after it."""
    made = City(app)
    assert made.kiosk("probe").scan(made.citizen().code(), "enter").json["decision"] == "allow"
    with app.app_context():
        run_due(app.extensions["jobs"])
        with transaction():
            staff_operations.create("zhao.min", "quiet-lantern-river", [("system_admin", None)])
    return made


@pytest.fixture
def durable(city: City) -> Iterator[None]:
    """Commits wait for the disk, as everywhere but in test databases."""
    with city.app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        yield
        return
    database = f'ALTER DATABASE "{engine.url.database}"'
    change(city.app, f"{database} RESET synchronous_commit")
    engine.dispose()
    yield
    change(city.app, f"{database} SET synchronous_commit = off")
    engine.dispose()


@pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.processes)], indirect=True
)
@pytest.mark.usefixtures("durable")
def test_a_sound_city(city: City) -> None:
    found = levels(city.app)
    assert {check: level for check, level in found.items() if level != "ok"} == {"demo": "warning"}
    assert found.keys() == {"database", *(check.id for check in checkup.CHECKS)}
    assert run(city.app).exit_code == 1
    assert ", 1 warning, 0 failures\n" in run(city.app, "--language", "en").output
    production(city.app)
    assert "the backup" not in run(city.app, "--language", "en").output
    assert run(city.app, "--language", "en").exit_code == 1
    with city.app.app_context():
        path = Path(city.app.extensions["settings"].data_dir) / "x.backup"
        backups.note_success(path, backups.create(path), verified=True)
    result = run(city.app, "--language", "en")
    assert (result.exit_code, "0 warnings, 0 failures" in result.output) == (0, True), result.output


def test_a_database_that_does_not_answer(app_environment: dict[str, str], tmp_path: Path) -> None:
    url = "postgresql://127.0.0.1:1/none"
    if app_environment["CITIZEN_DATABASE_URL"].startswith("sqlite"):
        (tmp_path / "folder.db").mkdir()
        url = f"sqlite:///{tmp_path / 'folder.db'}"
    app = create_app({**app_environment, "CITIZEN_DATABASE_URL": url})
    found = levels(app)
    assert found["database"] == "failure"
    assert found["keys"] == "skipped"
    assert run(app).exit_code == 2
    dispose(app)


def test_a_database_behind_the_program(city: City) -> None:
    change(city.app, "UPDATE alembic_version_probe SET version_num = 'older'")
    try:
        found = levels(city.app)
        assert (found["migrations"], found["keys"]) == ("failure", "skipped")
    finally:
        change(city.app, "UPDATE alembic_version_probe SET version_num = 'probe_0001'")


def test_an_old_server_and_one_that_forgets(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "OLDEST_SQLITE", (99,))
    monkeypatch.setattr(database, "OLDEST_POSTGRESQL", 99)
    assert "too old" in found(city.app, database.version)[0][1]
    if city.app.extensions["settings"].on_sqlite:
        dispose(city.app)
        with city.app.app_context():
            raw = db.engine.raw_connection()
            raw.cursor().execute("PRAGMA journal_mode=DELETE")
            raw.close()
        assert found(city.app, database.durability) == [("failure", "SQLite's journal mode is delete")]
        return
    with city.app.app_context(), transaction():
        db.session.execute(text("SET LOCAL synchronous_commit = off"))
        db.session.execute(text("SET LOCAL timezone = 'Asia/Shanghai'"))
        words = [fault.what.en for fault in (*database.durability(), *database.session())]
    assert [("synchronous_commit" in words[-2]), "Asia/Shanghai" in words[-1]] == [True, True]


def test_clocks_that_disagree(city: City) -> None:
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=30)):
        faults = found(city.app, database.clocks)
    assert ("failure" in dict(faults)) and any("future" in words for _, words in faults)
    if not city.app.extensions["settings"].on_sqlite:
        assert any("clock differs" in words for _, words in faults)
    assert found(city.app, database.clocks) == []


def test_too_few_connections_and_partitions(city: City) -> None:
    choose(city.app, workers=64, threads=64)
    if city.app.extensions["settings"].on_sqlite:
        assert found(city.app, database.connections) == []
        return
    assert "are needed" in found(city.app, database.connections)[0][1]
    assert (MONTHS_AHEAD, _partitions_found(city, 1)) == (3, [])
    assert [level for level, _ in _partitions_found(city, 2)] == ["warning"]
    assert [level for level, _ in _partitions_found(city, 3)] == ["failure"]


def _partitions_found(city: City, months: int) -> list[tuple[str, str]]:
    """What is said of partitions so many months from now, of which nobody has made more."""
    month = Month.of(clock.now()).after(months)
    with time_machine.travel(datetime(month.year, month.month, 1, tzinfo=UTC)):
        return found(city.app, database.partitions)


def test_a_role_that_may_change_logs(city: City) -> None:
    if city.app.extensions["settings"].on_sqlite:
        pytest.skip("of PostgreSQL")
    production(city.app)
    for grant, expected in (("SELECT", 0), ("SELECT, UPDATE", 1)):
        with city.app.app_context(), transaction():
            db.session.execute(text("CREATE ROLE citizen_doctor_test"))
            try:
                db.session.execute(text("GRANT USAGE ON SCHEMA public TO citizen_doctor_test"))
                db.session.execute(text(f"GRANT {grant} ON usage_events TO citizen_doctor_test"))
                db.session.execute(text("SET LOCAL ROLE citizen_doctor_test"))
                assert len(list(database.rights())) == expected
            finally:
                db.session.rollback()


def test_keys_that_are_missing_old_or_used_up(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(days=88)):
        assert {level for level, _ in found(city.app, running.issuer_keys)} == {"warning"}
    monkeypatch.setattr(running, "MOST_SERIALS", 1)
    assert "serials" in found(city.app, running.issuer_keys)[0][1]
    with city.app.app_context(), transaction():
        db.session.query(keys.SigningKeyRow).filter_by(use="bundles").update({"disabled_at": clock.now()})
    assert ("failure", "No key signs bundles") in found(city.app, running.issuer_keys)


def test_keys_of_another_city(city: City) -> None:
    settings = city.app.extensions["settings"]
    city.app.extensions["vault"] = Vault(replace(settings, field_keys={1: bytes(range(32))}))
    assert len(found(city.app, running.sealed_rows)) == 3  # two issuer keys and a citizen
    city.app.extensions["vault"] = Vault(replace(settings, pseudonym_key=bytes(range(32))))
    assert "CITIZEN_PSEUDONYM_KEY" in found(city.app, running.sealed_rows)[0][1]


def test_nobody_for_the_console_and_nobody_for_the_jobs(city: City) -> None:
    change(city.app, "UPDATE staff SET state = 'disabled'")
    assert found(city.app, running.staff_accounts)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=30)):
        assert found(city.app, running.jobs_run) == [("failure", "Background work is not being done")]
    change(city.app, "UPDATE job_runs SET next_run_at = '2026-01-01' WHERE name = 'usage.rollup'")
    assert found(city.app, running.jobs_run) == [], "it looks first whether there is work, and there is none"
    change(city.app, "UPDATE job_runs SET failures = 3, last_error = 'OSError' WHERE name = 'usage.rollup'")
    assert found(city.app, running.jobs_run)[0][0] == "warning"
    change(city.app, "DELETE FROM job_runs")
    assert found(city.app, running.jobs_run)[0][0] == "failure"


def test_messages_that_do_not_leave_and_counts_that_stand_still(city: City) -> None:
    with city.app.app_context(), transaction():
        enqueue("sms", {})
    for minutes, level in ((6, "warning"), (61, "failure")):
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes)):
            assert found(city.app, running.outbox)[0][0] == level
    change(city.app, "UPDATE outbox_messages SET state = 'given_up'")
    assert "given up" in found(city.app, running.outbox)[0][1]
    assert found(city.app, running.rollup) == []
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=20)):
        assert found(city.app, running.rollup)[0][0] == "warning"


def test_a_service_that_is_not_well(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    with city.app.app_context():
        module = current_registry().get("probe")
    assert module is not None

    def broken() -> dict[str, int]:
        raise RuntimeError

    monkeypatch.setattr(module.hooks, "health", broken)
    assert "not well" in found(city.app, service_checks.services)[0][1]
    for left, level, words in (
        (-4352, "failure", "ended 4352 days ago"),
        (-1, "failure", "ended 1 day ago"),
        (3, "warning", "last 3 days more"),
    ):
        monkeypatch.setattr(module.hooks, "health", lambda left=left: {"days_left": left})
        told, what = found(city.app, service_checks.services)[0][:2]
        assert (told, words in what) == (level, True)
    monkeypatch.setattr(module.hooks, "health", lambda: {"days_left": 30})
    assert found(city.app, service_checks.services) == []
    monkeypatch.setattr(service_checks, "check_module", lambda *_, others: ["a rule"])
    assert "contract" in found(city.app, service_checks.services)[0][1]


def test_a_service_that_answers_no_scan(city: City) -> None:
    """Whatever process asks: the breaker itself is in the memory of a worker."""
    kiosk, citizen = city.kiosk("probe"), city.citizen()
    assert levels(city.app)["scans"] == "ok"
    kiosk.scan(citizen.code(), "crash")
    assert found(city.app, scanning.scans_answered) == [
        ("warning", "Service probe gave no answer to 1 of its last 2 scans")
    ]
    for _ in range(FAILURES_TO_OPEN):
        kiosk.scan(citizen.code(), "enter" if _module(city).breaker.is_open else "crash")
    assert levels(city.app)["scans"] == "failure"
    assert run(city.app).exit_code == 2
    with time_machine.travel(datetime.now(UTC) + scanning.LOOKED_BACK):
        assert found(city.app, scanning.scans_answered) == [], "that was before"


def test_a_single_scan_without_an_answer_among_many(city: City) -> None:
    kiosk, citizen = city.kiosk("probe"), city.citizen()
    kiosk.scan(citizen.code(), "crash")
    for _ in range(int(1 / scanning.TOLERATED)):
        kiosk.scan(citizen.code(), "enter")
    assert found(city.app, scanning.scans_answered) == []


def _module(city: City) -> InstalledModule:
    with city.app.app_context():
        module = current_registry().get("probe")
    assert module is not None
    return module


def test_a_webhook_that_fails_is_named(city: City) -> None:
    with city.app.app_context(), transaction():
        made = NoticeWebhook(
            id=new_id(), service="probe", name="门禁", url="https://x.example.org/", notices=[]
        )
        made.secret, made.last_error = "whsec_AAAA", "answered 503"
        made.failing_since = clock.now() - timedelta(minutes=20)
        db.session.add(made)
    ((level, words),) = found(city.app, channels.webhooks)
    assert (level, "answered 503" in words) == ("warning", True)


def test_an_address_without_a_mail_server_is_named(city: City) -> None:
    citizen = city.citizen()
    with city.app.app_context(), transaction():
        row_id = new_id()
        db.session.add(
            CitizenEmail(id=row_id, citizen_id=citizen.id, address="li@example.org", confirmed_at=clock.now())
        )
    assert found(city.app, channels.email_has_a_way) == []
    production(city.app)
    ((level, words),) = found(city.app, channels.email_has_a_way)
    assert (level, "1 citizen" in words) == ("warning", True)
