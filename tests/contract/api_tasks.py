"""Runs of tasks: somebody has sent a file, and nobody has read it yet."""

from __future__ import annotations

import io
import zipfile
from typing import Any, Final

from citizen_app.factory import CitizenFlask

BUS_TASKS: Final = "/api/v1/services/bus/tasks"
PASS_TASKS: Final = "/api/v1/services/pass/tasks"
HOSPITAL_TASKS: Final = "/api/v1/services/hospital/tasks"
CLAIMS_TASK: Final = "/api/v1/admin/tasks/claims_import"
RESEAL_TASK: Final = "/api/v1/admin/tasks/reseal"
Headers = dict[str, str]


def feed() -> bytes:
    """A zip archive with nothing to import."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("agency.txt", "agency_id\n")
    return packed.getvalue()


def sent_people(app: CitizenFlask, headers: Headers, place_id: str) -> dict[str, Any]:
    """The run of a list of people that waits."""
    return _sent(app, headers, f"{PASS_TASKS}/import_people", "name,phone\n", "people.csv", place_id=place_id)


def sent_timetable(app: CitizenFlask, headers: Headers, hospital_id: str) -> dict[str, Any]:
    """The run of a timetable that waits."""
    path = f"{HOSPITAL_TASKS}/import_timetable"
    return _sent(app, headers, path, "星期\n", "lines.csv", hospital_id=hospital_id)


def sent_claims(app: CitizenFlask, headers: Headers) -> dict[str, Any]:
    """The run of a list of claims that waits."""
    return _sent(app, headers, CLAIMS_TASK, "姓名,证件号码\n", "claims.csv")


def sent_feed(app: CitizenFlask, headers: Headers) -> dict[str, Any]:
    """The run of an import that waits."""
    return _sent(app, headers, f"{BUS_TASKS}/import_gtfs", feed(), "feed.zip")


def _sent(
    app: CitizenFlask, headers: Headers, path: str, content: bytes | str, name: str, **asked: str
) -> dict[str, Any]:
    stream = io.BytesIO(content.encode() if isinstance(content, str) else content)
    answer = app.test_client().post(path, query_string=asked, data={"file": (stream, name)}, headers=headers)
    assert answer.status_code == 202, answer.text
    run: dict[str, Any] = answer.get_json()
    return run
