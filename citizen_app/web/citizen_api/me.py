"""`/api/v1/me`: the citizen as they see themselves."""

from __future__ import annotations

from typing import Any

from citizen_app.citizens import personal
from citizen_app.citizens.documents import documents_of
from citizen_app.citizens.queries import citizen_by_id
from citizen_app.citizens.schemas import MeSchema, MyNameSchema
from citizen_app.delegations.queries import wards_of
from citizen_app.web.boundary.audiences import CITIZEN, api_blueprint, current_citizen
from citizen_app.web.citizen_api import NO_STORE
from citizen_app.wire.problems import Problem

blueprint = api_blueprint("citizen_me", CITIZEN, "/api/v1", "The signed-in citizen.")


@blueprint.route("/me", methods=["GET"])
@blueprint.response(200, MeSchema)
def me() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Masked name and phone, assurance level and the documents behind it, and the lists of wards and
    devices."""
    citizen = citizen_by_id(current_citizen().citizen_id)
    if citizen is None:
        raise Problem("sign-in-required", headers={"WWW-Authenticate": "Bearer"})
    name, phone = citizen.name, citizen.phone
    answer: dict[str, Any] = {
        "masked_name": personal.masked_name(name) if name is not None else None,
        "masked_phone": personal.masked_phone(phone) if phone is not None else None,
        "assurance_level": citizen.assurance_level,
        "documents": documents_of(citizen.id),
        "wards": wards_of(citizen.id),
        "devices": [],
    }
    return answer, 200, NO_STORE


@blueprint.route("/me/name", methods=["GET"])
@blueprint.response(200, MyNameSchema)
def name() -> tuple[dict[str, str | None], int, dict[str, str]]:
    """My name in full, for my own eyes: the code page shows it while I ask for it. Nobody who acts for me is
    shown it."""
    citizen = citizen_by_id(current_citizen().citizen_id)
    if citizen is None:
        raise Problem("sign-in-required", headers={"WWW-Authenticate": "Bearer"})
    return {"name": citizen.name}, 200, NO_STORE
