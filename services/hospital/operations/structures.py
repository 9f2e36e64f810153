"""What an office may set up: what a thing names is of the same hospital, and what is closed is used by
nobody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import invalidate, session
from citizen_app.toolkit.settings import service_settings
from citizen_app.toolkit.time import city_zone, now
from citizen_app.toolkit.web import invalid_input
from services.hospital.manifest import SERVICE
from services.hospital.models import (
    HospitalCampus,
    HospitalClosure,
    HospitalDepartment,
    HospitalDoctor,
    HospitalTemplate,
)
from services.hospital.operations.stopping import clear_some, stop_closed
from services.hospital.operations.timetable import refit
from services.hospital.snapshot import TOPIC

ELSEWHERE: Final = Text("不属于这家医院", "not of this hospital")
NOT_OF_DEPARTMENT: Final = Text("不属于这个科室", "not of this department")
OF: Final[Mapping[str, type[Any]]] = {
    "campus_id": HospitalCampus,
    "department_id": HospitalDepartment,
    "doctor_id": HospitalDoctor,
}


def check_parts(values: Mapping[str, Any], row: Any = None) -> None:
    """What a thing names is of its own hospital, and a doctor of the department. Raises a 422."""
    found: dict[str, Any] = {}
    for name, model in OF.items():
        wanted = values.get(name)
        if wanted is not None:
            found[name] = session().get(model, wanted)
            if found[name] is None or found[name].hospital_id != values["hospital_id"]:
                raise invalid_input(f"/{name}", ELSEWHERE)
    doctor, department = found.get("doctor_id"), found.get("department_id")
    if doctor is not None and department is not None and doctor.department_id != department.id:
        raise invalid_input("/doctor_id", NOT_OF_DEPARTMENT)


def structure_changed(row: Any) -> None:
    """Every worker reads hospitals, departments and doctors anew."""
    session().flush()
    invalidate(TOPIC)


def line_changed(line: HospitalTemplate) -> None:
    """Sessions to come follow their line, except where somebody has a number."""
    moment = now()
    today = moment.astimezone(city_zone()).date()
    refit(line, today, today + timedelta(days=service_settings(SERVICE.id)["days_made"]), moment)


def closure_changed(closure: HospitalClosure) -> None:
    """停诊 takes effect at once: nobody can book any more; who had a number is told within the minute. A
    closure that is ended lets sessions be made again; those that were stopped stay stopped."""
    if not closure.closed:
        stop_closed(closure, now())
        clear_some(now())
