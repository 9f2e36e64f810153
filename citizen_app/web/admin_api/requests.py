"""Requests of citizens (a copy, erasure), with their deadlines. Staff see what and when, never whose."""

from __future__ import annotations

from typing import Any

from citizen_app.rights.queries import StaffRequest, staff_requests
from citizen_app.rights.schemas import RequestsQuerySchema, StaffRequestPageSchema
from citizen_app.storage.keyset import Page
from citizen_app.web.boundary.audiences import api_blueprint, staff

blueprint = api_blueprint(
    "admin_requests",
    staff(read="jobs.read", write="jobs.manage"),
    "/api/v1/admin/requests",
    "What citizens have asked for, and until when the city answers.",
)


@blueprint.route("", methods=["GET"])
@blueprint.arguments(RequestsQuerySchema, location="query")
@blueprint.response(200, StaffRequestPageSchema)
def list_requests(asked: dict[str, Any]) -> Page[StaffRequest]:
    """Requests of citizens, newest first; of erasures the services that have still to forget somebody."""
    return staff_requests(**asked)
