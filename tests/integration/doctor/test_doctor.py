"""`flask doctor`: silent about a sound installation, and for every check something that makes it speak."""

from __future__ import annotations

import json
from collections import namedtuple
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import Result
from sqlalchemy import text

from citizen_app import clock
from citizen_app.backup import operations as backups
from citizen_app.codes import keys
from citizen_app.doctor import checkup, database, machine, running
from citizen_app.doctor.findings import Fault
from citizen_app.extensions import db
from citizen_app.factory import CitizenFlask, create_app
from citizen_app.jobs.outbox import enqueue
from citizen_app.jobs.runner import run_due
from citizen_app.registry.modules import current_registry
from citizen_app.staff import operations as staff_operations
from citizen_app.transactions import transaction
from citizen_app.vault import Vault
from tests.conftest import dispose
from tests.scanning import City

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


def run(app: CitizenFlask, *options: str) -> Result:
    return app.test_cli_runner().invoke(args=["doctor", *options])


def levels(app: CitizenFlask) -> dict[str, str]:
    """The level of each check."""
    result = run(app, "--json")
    findings = json.loads(result.stdout)["findings"]
    for finding in findings:
        for part in ("what", "why", "remedy"):
            if part in finding:
                assert finding[part]["zh"]
                assert finding[part]["en"]
    return {finding["check"]: finding["level"] for finding in findings}


def found(app: CitizenFlask, check: Callable[[], Any]) -> list[tuple[str, str]]:
    """Level and English words of what one check finds."""
    with app.app_context(), transaction(reading=True):
        faults: list[Fault] = list(check())
    return [(fault.level, fault.what.en) for fault in faults]


def change(app: CitizenFlask, statement: str, **values: object) -> None:
    with app.app_context(), transaction():
        db.session.execute(text(statement), values)


def choose(app: CitizenFlask, **changes: Any) -> None:
    app.extensions["settings"] = replace(app.extensions["settings"], **changes)


def production(app: CitizenFlask, **changes: Any) -> None:
    choose(
        app, demo=False, trusted_proxies=1, sms_url="https://sms.example.org", sms_secret="x" * 32, **changes
    )


def test_a_sound_city(city: City) -> None:
    found = levels(city.app)
    assert {check: level for check, level in found.items() if level != "ok"} == {"demo": "warning"}
    assert found.keys() == {"database", *(check.id for check in checkup.CHECKS)}
    assert run(city.app).exit_code == 1
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
    with time_machine.travel(datetime.now(UTC) + timedelta(days=45)):
        assert found(city.app, database.partitions)[0][0] == "warning"
    with time_machine.travel(datetime.now(UTC) + timedelta(days=150)):
        assert found(city.app, database.partitions)[0][0] == "failure"


def test_a_role_that_may_change_logs(city: City) -> None:
    if city.app.extensions["settings"].on_sqlite:
        pytest.skip("of PostgreSQL")
    production(city.app)
    for grant, expected in (("SELECT", 0), ("SELECT, UPDATE", 1)):
        with city.app.app_context(), transaction():
            db.session.execute(text("CREATE ROLE citizen_doctor_test"))
            try:
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
    change(city.app, "UPDATE job_runs SET failures = 3, last_error = 'OSError' WHERE name = 'usage.rollup'")
    assert found(city.app, running.jobs_run)[0][0] == "warning"
    change(city.app, "DELETE FROM job_runs WHERE name = 'usage.rollup'")
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
    assert "not well" in found(city.app, running.services)[0][1]
    for left, level in ((-1, "failure"), (3, "warning")):
        monkeypatch.setattr(module.hooks, "health", lambda left=left: {"days_left": left})
        assert found(city.app, running.services)[0][0] == level
    monkeypatch.setattr(module.hooks, "health", lambda: {"days_left": 30})
    assert found(city.app, running.services) == []
    monkeypatch.setattr(running, "check_module", lambda *_, finished: ["a rule"])
    assert "contract" in found(city.app, running.services)[0][1]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestMachine:
    """Checks that ask no database."""

    def test_proxies(self, app: CitizenFlask) -> None:
        production(app)
        assert found(app, machine.proxies) == []
        choose(app, bind="0.0.0.0:8000")
        assert "trusted while" in found(app, machine.proxies)[0][1]
        choose(app, trusted_proxies=0)
        assert "No trusted proxy" in found(app, machine.proxies)[0][1]

    def test_sms(self, app: CitizenFlask) -> None:
        choose(app, sms_url="http://127.0.0.1:9/sms")
        assert found(app, machine.sms_gateway) == []
        choose(app, sms_url="http://sms.example.org/sms")
        assert found(app, machine.sms_gateway)

    def test_redis(self, app: CitizenFlask) -> None:
        assert found(app, machine.redis_answers) == []
        choose(app, redis_url="redis://127.0.0.1:1/0")
        assert "does not answer" in found(app, machine.redis_answers)[0][1]

    def test_disk(self, app: CitizenFlask, monkeypatch: pytest.MonkeyPatch) -> None:
        usage = namedtuple("usage", "total used free")
        for free, level in ((900 << 20, "warning"), (100 << 20, "failure")):
            monkeypatch.setattr(machine.shutil, "disk_usage", lambda _, free=free: usage(500 << 30, 0, free))
            assert found(app, machine.disk_space)[0][0] == level

    def test_permissions(self, app: CitizenFlask) -> None:
        folder = app.extensions["settings"].data_dir
        folder.chmod(0o700)
        assert found(app, machine.file_permissions) == []
        folder.chmod(0o755)
        assert str(folder) in found(app, machine.file_permissions)[0][1]
        secrets = folder / "demo-secrets.json"
        secrets.chmod(0o644)
        assert str(secrets) in found(app, machine.file_permissions)[1][1]
        folder.chmod(0o700)
        assert found(app, machine.file_permissions) == []

    def test_backups(self, app: CitizenFlask) -> None:
        production(app)
        assert "never" in found(app, machine.backups)[0][1]
        City(app)
        with app.app_context():
            path = app.extensions["settings"].data_dir / "x.backup"
            backups.note_success(path, backups.create(path), verified=False)
        assert [words for _, words in found(app, machine.backups)] == ["The last backup was not verified"]
        with time_machine.travel(datetime.now(UTC) + timedelta(days=2)):
            assert "48 hours" in found(app, machine.backups)[0][1]

    def test_a_check_that_breaks_says_so_and_stops_no_other(
        self, app: CitizenFlask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken() -> Any:
            raise OSError("no such device")

        checks = tuple(replace(c, find=broken) if c.id == "disk" else c for c in checkup.CHECKS)
        monkeypatch.setattr(checkup, "CHECKS", checks)
        seen = levels(app)
        assert seen["disk"] == "failure"
        assert seen["migrations"] == "ok"
