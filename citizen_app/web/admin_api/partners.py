"""Partners in the console: systems that call a service with a key. Whoever has them for one service sees and
changes that service's only; others' are 404.

One person alone hands out a key (`docs/adr`): it opens one unit of one service to reads that each citizen
finds in their log, and is revoked within a second.
"""

from __future__ import annotations

from typing import Any

from citizen_app.partners import operations, queries
from citizen_app.partners.models import PartnerSystem
from citizen_app.partners.operations import NewKey
from citizen_app.partners.schemas import (
    KeyRotationSchema,
    NewPartnerSchema,
    PartnerChangeSchema,
    PartnerKeySchema,
    PartnerPageSchema,
    PartnerQuerySchema,
    PartnerSchema,
)
from citizen_app.storage.keyset import Page
from citizen_app.web.boundary.audiences import api_blueprint, current_staff, staff
from citizen_app.web.boundary.idempotency_keys import idempotent

blueprint = api_blueprint(
    "admin_partners",
    staff(read="partners.read", write="partners.manage"),
    "/api/v1/admin/partners",
    "Partners: other systems that call a service with a key.",
)


@blueprint.route("", methods=["GET"])
@blueprint.arguments(PartnerQuerySchema, location="query")
@blueprint.response(200, PartnerPageSchema)
def list_partners(filters: dict[str, Any]) -> Page[PartnerSystem]:
    """Partners, newest first."""
    return queries.partner_page(current_staff().services("partners.read"), **filters)


@blueprint.route("", methods=["POST"])
@idempotent
@blueprint.arguments(NewPartnerSchema)
@blueprint.response(201, PartnerKeySchema)
@blueprint.alt_response(404)
@blueprint.alt_response(409)
def create_partner(body: dict[str, Any]) -> NewKey:
    """Make a partner for one unit of a service; its key is shown once."""
    current_staff().require("partners.manage", body["service"])
    return operations.create(**body)


@blueprint.route("/<id:partner_id>", methods=["GET"])
@blueprint.response(200, PartnerSchema)
def show_partner(partner_id: str) -> PartnerSystem:
    """One partner."""
    return queries.partner_or_404(partner_id, current_staff().services("partners.read"))


@blueprint.route("/<id:partner_id>", methods=["PATCH"])
@blueprint.arguments(PartnerChangeSchema)
@blueprint.response(200, PartnerSchema)
@blueprint.alt_response(409)
def change_partner(body: dict[str, Any], partner_id: str) -> PartnerSystem:
    """Change its name, its scopes, its limit or until when it may call; everywhere within a second."""
    return operations.change(_managed(partner_id), **body)


@blueprint.route("/<id:partner_id>/rotate", methods=["POST"])
@idempotent
@blueprint.arguments(KeyRotationSchema)
@blueprint.response(200, PartnerKeySchema)
@blueprint.alt_response(409)
def rotate_partner_key(body: dict[str, Any], partner_id: str) -> NewKey:
    """A new key, shown once. The one before is accepted beside it for `keep_hours`, or until the next
    rotation."""
    return operations.rotate(_managed(partner_id), **body)


@blueprint.route("/<id:partner_id>/revoke", methods=["POST"])
@blueprint.response(200, PartnerSchema)
def revoke_partner(partner_id: str) -> PartnerSystem:
    """Shut a partner out for good, everywhere within a second."""
    return operations.revoke(_managed(partner_id))


def _managed(partner_id: str) -> str:
    found = queries.partner_or_404(partner_id, current_staff().services("partners.read"))
    current_staff().require("partners.manage", found.service)
    return found.id
