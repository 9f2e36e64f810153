"""Citizens at the desk: found by one exact key and for a reason, which they are told."""

from __future__ import annotations

from typing import Any, Final

from citizen_app.desk.findings import Found, citizen_of, describe, finding_of
from citizen_app.desk.schemas import (
    FoundSchema,
    KnownToServiceSchema,
    ResultSchema,
    SearchSchema,
    wanted_of,
)
from citizen_app.desk.search import KnownToService, Result, role_of, search, search_in_service
from citizen_app.extensions import limiter
from citizen_app.staff.permissions import OPERATE
from citizen_app.text import Text
from citizen_app.usage.looks import Reading, note_look_of_city
from citizen_app.usage.offices import CITY
from citizen_app.web.boundary.audiences import api_blueprint, current_staff, staff
from citizen_app.wire.problems import Problem

NO_STORE: Final = {"Cache-Control": "no-store"}
ONE_SERVICE_ONLY: Final = Text(
    "只有仅就这一项服务持有 services.operate 权限的操作员可以查找。",
    "Only operators who hold the permission services.operate for this very service can search.",
)

blueprint = api_blueprint(
    "admin_citizens",
    staff(read="citizens.search", write="citizens.search"),
    "/api/v1/admin/citizens",
    "Citizens, found by clerks of the city.",
)
of_service = api_blueprint(
    "admin_citizens_of_service",
    staff(read=OPERATE, write=OPERATE),
    "/api/v1/admin/services",
    "Citizens whom a service has met, found by its operators.",
)

BLUEPRINTS: Final = (blueprint, of_service)


@blueprint.route("/search", methods=["POST"])
@limiter.limit("120/minute")
@blueprint.arguments(SearchSchema)
@blueprint.response(200, ResultSchema)
def find(body: dict[str, Any]) -> tuple[Result, int, dict[str, str]]:
    """Find somebody by phone, document or whole name: exactly one of them, and exactly as it is.

    At most five are shown, masked; of a name that more have, none is. Every search is audited with its
    reason, and whoever is shown finds it in `GET /api/v1/me/looks`. Fifty searches within an hour raise an
    alarm.
    """
    return search(current_staff(), wanted_of(body), body["reason"]), 200, NO_STORE


@blueprint.route("/<id:finding_id>", methods=["GET"])
@blueprint.response(200, FoundSchema)
def show(finding_id: str) -> tuple[Found, int, dict[str, str]]:
    """Somebody whom the caller has found, as they are now: one more look, with the reason of the search."""
    caller = current_staff()
    finding = finding_of(caller, finding_id)
    citizen = citizen_of(finding)
    reading = Reading(CITY, finding.reason or "", caller.actor, role_of(caller))
    note_look_of_city(reading, [citizen.id], "citizens.read", ("finding", finding.id))
    return describe(finding, citizen), 200, NO_STORE


@of_service.route("/<service>/citizens/search", methods=["POST"])
@limiter.limit("120/minute")
@of_service.arguments(SearchSchema)
@of_service.response(200, KnownToServiceSchema)
def find_in_service(body: dict[str, Any], service: str) -> tuple[KnownToService, int, dict[str, str]]:
    """Find somebody whom the service has met, by phone, document or whole name; the answer is the service's
    own reference of them.

    Counted and told as every search. Whom the service has never met is not found, whether they exist or not.
    """
    caller = current_staff()
    reach = caller.services(OPERATE)
    if reach is None:
        raise Problem("not-permitted", ONE_SERVICE_ONLY)
    if service not in reach:
        raise Problem("not-found")
    return search_in_service(caller, service, wanted_of(body), body["reason"]), 200, NO_STORE
