"""For anyone: hospitals, departments by symptom, doctors, sessions with numbers left."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from citizen_app.toolkit.time import now
from citizen_app.toolkit.web import ANYONE, Page, PageQuerySchema, service_blueprint
from services.hospital import queries
from services.hospital.manifest import SERVICE
from services.hospital.operations.states import PLACES
from services.hospital.schemas.public import (
    DepartmentListSchema,
    DoctorListSchema,
    FindQuerySchema,
    HospitalPageSchema,
    SessionListSchema,
    SessionQuerySchema,
    SlotListSchema,
)

MOST: Final = 100
public = service_blueprint(SERVICE.id, "find", ANYONE, "Hospitals, departments, doctors, sessions")


@public.route("/hospitals", methods=["GET"])
@public.arguments(PageQuerySchema, location="query")
@public.response(200, HospitalPageSchema)
def hospitals(asked: dict[str, Any]) -> Page[Any]:
    """Hospitals that take patients."""
    return queries.hospitals_page(**asked)


@public.route("/departments", methods=["GET"])
@public.arguments(FindQuerySchema, location="query")
@public.response(200, DepartmentListSchema)
def departments(asked: dict[str, Any]) -> dict[str, Any]:
    """Departments by name or symptom (`发烧`, `toothache`), in Chinese, pinyin or English; the first
    hundred."""
    return {"items": queries.departments_by(asked["q"], asked["hospital_id"])[:MOST]}


@public.route("/doctors", methods=["GET"])
@public.arguments(FindQuerySchema, location="query")
@public.response(200, DoctorListSchema)
def doctors(asked: dict[str, Any]) -> dict[str, Any]:
    """Doctors by name or by what they are good at; the first hundred."""
    found = queries.doctors_by(asked["q"], asked["department_id"], asked["hospital_id"])
    return {"items": found[:MOST]}


@public.route("/sessions", methods=["GET"])
@public.arguments(SessionQuerySchema, location="query")
@public.response(200, SessionListSchema)
def sessions(asked: dict[str, Any]) -> dict[str, Any]:
    """Sessions to come, the next first, with the numbers that are left; three hundred at most."""
    return {"items": queries.sessions_of(now(), **asked)}


@public.route("/sessions/<id:session_id>/slots", methods=["GET"])
@public.response(200, SlotListSchema)
def slots(session_id: str) -> dict[str, Any]:
    """The slots of a session, each with the numbers that are left."""
    return slots_shown(queries.session_or_404(session_id).id, ("app",))


def slots_shown(session_id: str, channels: Iterable[str]) -> dict[str, Any]:
    """The slots that these channels sell, each with the numbers that are left."""
    moment = now()
    found = queries.slots_of(session_id, channels, moment)
    left = PLACES.left_in([pool.id for pool in found], moment)
    return {
        "items": [
            {
                "id": pool.id,
                "channel": pool.channel,
                "starts_at": pool.starts_at,
                "ends_at": pool.ends_at,
                "left": left[pool.id],
            }
            for pool in found
        ]
    }
