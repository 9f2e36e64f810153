"""Installations for the doctor, and what it says of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from click.testing import Result
from sqlalchemy import text

from citizen_app.doctor.findings import Fault
from citizen_app.factory import CitizenFlask
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction


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
    """Level and English message of each finding of one check."""
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
