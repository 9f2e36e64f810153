"""Requests that wait for a second person. Only a session decides, never a token for automation."""

from __future__ import annotations

from typing import Any

from citizen_app.approvals.models import Approval
from citizen_app.approvals.operations import decide
from citizen_app.approvals.queries import Shown, approvals_page
from citizen_app.approvals.schemas import ApprovalPageSchema, ApprovalSchema
from citizen_app.staff.permissions import OWN_ACCOUNT
from citizen_app.storage.keyset import Page, PageQuerySchema
from citizen_app.web.boundary.audiences import api_blueprint, current_staff, staff

blueprint = api_blueprint(
    "admin_approvals",
    staff(read=OWN_ACCOUNT, write=OWN_ACCOUNT),
    "/api/v1/admin/approvals",
    "Acts that need a second person.",
)


@blueprint.route("", methods=["GET"])
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, ApprovalPageSchema)
def list_approvals(query: dict[str, Any]) -> Page[Shown]:
    """What one has asked for and what one may decide, newest first."""
    return approvals_page(current_staff(), **query)


@blueprint.route("/<id:approval_id>/approve", methods=["POST"])
@blueprint.response(200, ApprovalSchema)
@blueprint.alt_response(409)
def approve(approval_id: str) -> Approval:
    """Approve a colleague's request, which does the act, or confirm what was done at once."""
    return decide(approval_id, current_staff(), approve=True)


@blueprint.route("/<id:approval_id>/refuse", methods=["POST"])
@blueprint.response(200, ApprovalSchema)
@blueprint.alt_response(409)
def refuse(approval_id: str) -> Approval:
    """Refuse a colleague's request."""
    return decide(approval_id, current_staff(), approve=False)
