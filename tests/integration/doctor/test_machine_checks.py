"""Checks of the doctor that ask no database: each with something that makes it speak."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from citizen_app.backup import operations as backups
from citizen_app.doctor import checkup, machine
from citizen_app.factory import CitizenFlask
from citizen_app.toolkit.testing import City
from tests.integration.doctor.patients import choose, found, levels, production

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_proxies(app: CitizenFlask) -> None:
    production(app)
    assert found(app, machine.proxies) == []
    choose(app, bind="0.0.0.0:8000")
    assert "trusted while" in found(app, machine.proxies)[0][1]
    choose(app, trusted_proxies=0)
    assert "No trusted proxy" in found(app, machine.proxies)[0][1]


def test_sms(app: CitizenFlask) -> None:
    choose(app, sms_url="http://127.0.0.1:9/sms")
    assert found(app, machine.sms_gateway) == []
    choose(app, sms_url="http://sms.example.org/sms")
    assert found(app, machine.sms_gateway)


def test_redis(app: CitizenFlask) -> None:
    assert found(app, machine.redis_answers) == []
    choose(app, redis_url="redis://127.0.0.1:1/0")
    assert "does not answer" in found(app, machine.redis_answers)[0][1]


def test_disk(app: CitizenFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    for free, level in ((900 << 20, "warning"), (100 << 20, "failure")):
        monkeypatch.setattr(machine.shutil, "disk_usage", lambda _, free=free: usage(500 << 30, 0, free))
        assert found(app, machine.disk_space)[0][0] == level


def test_permissions(app: CitizenFlask) -> None:
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


def test_backups(app: CitizenFlask) -> None:
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
    app: CitizenFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Any:
        raise OSError("no such device")

    checks = tuple(replace(c, find=broken) if c.id == "disk" else c for c in checkup.CHECKS)
    monkeypatch.setattr(checkup, "CHECKS", checks)
    seen = levels(app)
    assert seen["disk"] == "failure"
    assert seen["migrations"] == "ok"
