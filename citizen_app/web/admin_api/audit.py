"""The audit log in the console."""

from __future__ import annotations

from typing import Any, Final

from citizen_app.audit.models import AuditEvent
from citizen_app.audit.queries import audit_page
from citizen_app.audit.schemas import AuditPageSchema, AuditQuerySchema
from citizen_app.storage.keyset import Page
from citizen_app.web.boundary.audiences import api_blueprint, staff

blueprint = api_blueprint(
    "admin_audit",
    staff(read="audit.read", write="audit.read"),
    "/api/v1/admin/audit",
    "Who did what in the console.",
)

BLUEPRINTS: Final = (blueprint,)


@blueprint.route("", methods=["GET"])
@blueprint.arguments(AuditQuerySchema, location="query")
@blueprint.response(200, AuditPageSchema)
def list_events(filters: dict[str, Any]) -> Page[AuditEvent]:
    """The audit log, newest first."""
    return audit_page(**filters)
