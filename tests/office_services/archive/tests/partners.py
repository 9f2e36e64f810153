"""Partners of the archive, and calls with their keys."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from werkzeug.test import TestResponse

from citizen_app.factory import CitizenFlask
from citizen_app.toolkit.testing.people import TestOperator
from tests.office_services.archive.tests.archive import Archive

PARTNERS = "/api/v1/admin/partners"
ROOT = "/api/v1/services/archive/catalogue"
OWN_PAGE = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}


def wanted(archive: Archive, **other: Any) -> dict[str, Any]:
    """A partner of the east branch."""
    usual = {"service": "archive", "unit": archive.east, "name": "东馆系统", "scopes": ["rooms"]}
    return {**usual, **other}


def handed_out(archive: Archive, admin: TestOperator, **other: Any) -> tuple[str, str]:
    """The id and the key of a new partner."""
    made = admin.call("POST", PARTNERS, json=wanted(archive, **other))
    assert made.status_code == 201, made.text
    return made.get_json()["partner"]["id"], made.get_json()["key"]


def call(app: CitizenFlask, key: str, path: str = "readers/x") -> TestResponse:
    """A call with a key."""
    return app.test_client().get(f"{ROOT}/{path}", headers={"Authorization": f"Bearer {key}"})


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    """Whether the condition comes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return condition()
