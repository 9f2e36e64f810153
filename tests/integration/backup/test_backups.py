"""Backups: made while others write, restored elsewhere, believed only when every row is there."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import text

from citizen_app.backup import operations
from citizen_app.backup.archive import BackupRefused, read_manifest
from citizen_app.factory import CitizenFlask, create_app
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, dispose


def run(app: CitizenFlask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["backup", *arguments])


def count(app: CitizenFlask, table: str) -> int:
    with app.app_context(), transaction(reading=True):
        return int(db.session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def test_made_verified_and_restored_elsewhere(city: City, elsewhere: CitizenFlask, tmp_path: Path) -> None:
    path = tmp_path / "city.backup"
    made = run(city.app, "create", str(path), "--json")
    assert made.exit_code == 0, made.output
    told = json.loads(made.output)
    assert told["tables"]["citizens"]["rows"] == 1
    assert any("CITIZEN_FIELD_KEYS" in words for words in told["not_inside"])
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []

    restored = run(elsewhere, "restore", str(path))
    assert restored.exit_code == 0, restored.output
    for table in ("citizens", "usage_events", "probe_entries", "signing_keys", "scan_answers"):
        assert count(elsewhere, table) == count(city.app, table) > 0, table
    there = City(elsewhere)
    kiosk, citizen = there.kiosk("probe", name="新"), there.citizen("李四")
    assert kiosk.scan(citizen.code(), "enter").json["decision"] == "allow", "the city goes on"
    with elsewhere.app_context(), pytest.raises(Exception, match="append-only"), transaction():
        db.session.execute(text("DELETE FROM usage_events"))
    with city.app.app_context():
        told = operations.last_backup(city.app.extensions["settings"])
    assert told is not None and told["verified"] is True


def test_what_was_verified_says_so_and_what_was_not_too(city: City, tmp_path: Path) -> None:
    first, second = str(tmp_path / "first.backup"), str(tmp_path / "second.backup")
    assert "intact" in run(city.app, "create", first).output
    unverified = run(city.app, "create", second, "--no-verify").output
    assert "not verified" in unverified and "intact" not in unverified
    assert "intact" in run(city.app, "verify", second).output
    assert json.loads(run(city.app, "verify", second, "--json").output)["verified"] is True


def test_every_row_acknowledged_before_is_in_a_backup_made_during_writes(
    city: City, elsewhere: CitizenFlask, tmp_path: Path
) -> None:
    kiosk, citizen = city.kiosk("probe", name="忙"), city.citizen("王五")
    acknowledged: list[str] = []
    stop = threading.Event()

    def scan() -> None:
        while not stop.is_set():
            answer = kiosk.scan(citizen.code(), "enter").json
            if answer.get("decision") == "allow":  # or too many in this second
                acknowledged.append(answer["usage_id"])

    thread = threading.Thread(target=scan)
    thread.start()
    try:
        while len(acknowledged) < 20:
            assert thread.is_alive()
        before = list(acknowledged)
        path = tmp_path / "busy.backup"
        with city.app.app_context():
            operations.create(path)
        during = len(acknowledged) - len(before)
    finally:
        stop.set()
        thread.join(20)
    assert during >= 1, "nothing was written meanwhile: the test says nothing"
    assert run(elsewhere, "restore", str(path)).exit_code == 0
    with elsewhere.app_context(), transaction(reading=True):
        there = {
            str(row[0]).replace("-", "") for row in db.session.execute(text("SELECT id FROM usage_events"))
        }
    assert {usage_id.replace("-", "") for usage_id in before} <= there


def test_a_file_copied_without_its_wal_loses_rows(city: City, tmp_path: Path) -> None:
    """The control: what the backup must not be."""
    settings = city.app.extensions["settings"]
    if not settings.on_sqlite:
        pytest.skip("of SQLite files")
    source = Path(settings.database_url.removeprefix("sqlite:///"))
    naive = tmp_path / "naive.db"
    shutil.copy(source, naive)
    path = tmp_path / "city.backup"
    assert run(city.app, "create", str(path), "--no-verify").exit_code == 0
    with sqlite3.connect(naive) as copied:
        assert copied.execute("SELECT count(*) FROM usage_events").fetchone()[0] == 0
    assert read_manifest(path)["tables"]["usage_events"]["rows"] == 1


def test_any_flipped_byte_and_any_cut_is_found(city: City, tmp_path: Path) -> None:
    path = tmp_path / "city.backup"
    assert run(city.app, "create", str(path), "--no-verify").exit_code == 0
    whole = path.read_bytes()
    places = sorted({0, 100, 600, len(whole) // 3, len(whole) // 2, len(whole) - 100, len(whole) - 3})
    for place in places:
        changed = bytearray(whole)
        changed[place] ^= 1
        path.write_bytes(changed)
        refused = run(city.app, "verify", str(path))
        assert refused.exit_code == 1, place
    path.write_bytes(whole[:-1])
    assert run(city.app, "verify", str(path)).exit_code == 1
    path.write_bytes(b"")
    assert "no backup" in run(city.app, "verify", str(path)).output
    path.write_bytes(whole)
    assert run(city.app, "verify", str(path)).exit_code == 0


def test_a_row_that_did_not_come_back_is_found(
    city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "city.backup"
    with city.app.app_context():
        manifest = operations.create(path)
        wrong = replace(manifest.tables["citizens"], rows=2)
        lying = replace(manifest, tables={**manifest.tables, "citizens": wrong})
        monkeypatch.setattr(operations, "_examined", lambda path: lying)
        with pytest.raises(BackupRefused, match="citizens: 1 rows instead of 2"):
            operations.verify(path)


def test_other_keys_are_refused_and_named(city: City, elsewhere: CitizenFlask, tmp_path: Path) -> None:
    path = tmp_path / "city.backup"
    assert run(city.app, "create", str(path), "--no-verify").exit_code == 0
    settings = elsewhere.extensions["settings"]
    elsewhere.extensions["settings"] = replace(settings, field_keys={1: bytes(range(32))})
    refused = run(elsewhere, "restore", str(path))
    assert refused.exit_code == 1
    assert "CITIZEN_FIELD_KEYS, number 1" in refused.output
    other = {"CITIZEN_PSEUDONYM_KEY": "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA="}
    environment = {
        "CITIZEN_DEMO": "1",
        "CITIZEN_DATA_DIR": str(tmp_path / "third"),
        "CITIZEN_DATABASE_URL": settings.database_url,
        "CITIZEN_SERVICES_DIR": str(settings.services_dir),
    }
    stranger = create_app(environment | other)
    assert "not written by this installation" in run(stranger, "verify", str(path)).output


def test_what_stands_at_the_target_is_refused_then_moved_aside(city_alone: City, tmp_path: Path) -> None:
    path, city = tmp_path / "city.backup", city_alone
    assert run(city.app, "create", str(path), "--no-verify").exit_code == 0
    city.citizen("后来")
    dispose(city.app)
    if (settings := city.app.extensions["settings"]).on_sqlite:
        Path(settings.database_url.removeprefix("sqlite:///")).chmod(0o644)  # as SQLite makes it
    assert "--replace" in run(city.app, "restore", str(path)).output
    restored = run(city.app, "restore", str(path), "--replace")
    assert restored.exit_code == 0, restored.output
    assert count(city.app, "citizens") == 1
    if settings.on_sqlite:
        file = Path(settings.database_url.removeprefix("sqlite:///"))
        (aside,) = file.parent.glob(f"{file.name}.before-*")
        assert f"{aside}\n" in restored.output
        assert [oct(path.stat().st_mode & 0o777) for path in (aside, file)] == ["0o600"] * 2
        with sqlite3.connect(aside) as opened:
            assert opened.execute("SELECT count(*) FROM citizens").fetchone()[0] == 2
        return
    with city.app.app_context(), transaction():
        (schema,) = db.session.execute(
            text("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'before%'")
        ).scalars()
        assert f"schema {schema}\n" in restored.output
        assert db.session.execute(text(f"SELECT count(*) FROM {schema}.citizens")).scalar() == 2


def test_a_database_in_use_is_not_replaced(city: City, tmp_path: Path) -> None:
    path = tmp_path / "city.backup"
    assert run(city.app, "create", str(path), "--no-verify").exit_code == 0
    with city.app.app_context(), db.engine.connect() as held:
        held.execute(text("SELECT count(*) FROM citizens"))
        refused = run(city.app, "restore", str(path), "--replace")
        assert refused.exit_code == 1
        assert "stop" in refused.output
        assert held.execute(text("SELECT count(*) FROM citizens")).scalar() == 1


def test_a_newer_version_s_backup_is_refused(
    city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "city.backup"
    assert run(city.app, "create", str(path), "--no-verify").exit_code == 0
    told = read_manifest(path)
    told["revisions"]["core"] = "core_9999"
    monkeypatch.setattr(operations, "read_manifest", lambda path: told)
    assert "newer version of the program: core (core_9999)" in run(city.app, "verify", str(path)).output


def test_a_full_disk_leaves_nothing_behind(
    city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(operations.sqlite, "pack", full)
    monkeypatch.setattr(operations.postgresql, "dump", full)
    target = tmp_path / "out"
    target.mkdir()
    refused = run(city.app, "create", str(target))
    assert refused.exit_code == 1
    assert "No space left" in refused.output
    assert list(target.iterdir()) == []


def test_a_mistyped_folder_is_no_file(city: City, tmp_path: Path) -> None:
    refused = run(city.app, "create", str(tmp_path / "backup" / "dialy"))
    assert refused.exit_code == 2
    assert "there is no folder" in refused.output and "dialy" in refused.output
    assert not (tmp_path / "backup").exists()


def test_a_folder_keeps_so_many_and_no_backup_is_overwritten(city: City, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for month in range(1, 5):
        (folder / f"citizen-2026{month:02}01T000000Z.backup").touch()
    (folder / "notes.txt").touch()
    made = run(city.app, "create", str(folder), "--no-verify", "--keep", "3")
    assert made.exit_code == 0, made.output
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 4
    assert names[0] == "citizen-20260301T000000Z.backup"
    again = run(city.app, "create", str(folder / names[0]), "--no-verify")
    assert "never overwritten" in again.output


@pytest.mark.processes
def test_too_old_or_absent_programs_are_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupRefused, match="install postgresql-client-17"):
        operations.postgresql.program_for("pg_dump", 17)
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 14.2'\n")
    old.chmod(0o755)
    with pytest.raises(BackupRefused, match="older than the server"):
        operations.postgresql.program_for("pg_dump", 15)
