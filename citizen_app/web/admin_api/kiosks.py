"""Kiosks in the console. An operator of one service sees and changes that service's kiosks only; others' are
404.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from citizen_app.codes.drawing import draw_plain_svg
from citizen_app.extensions import limiter
from citizen_app.kiosks import operations, pins, queries
from citizen_app.kiosks.activation import LINK_LIFETIME
from citizen_app.kiosks.activation_links import activation_link
from citizen_app.kiosks.models import Kiosk
from citizen_app.kiosks.schemas import (
    ActivationCodeSchema,
    ActivationLinkSchema,
    KioskChangeSchema,
    KioskDetailSchema,
    KioskPageSchema,
    KioskQuerySchema,
    KioskSchema,
    NewKioskSchema,
)
from citizen_app.kiosks.schemas_staffed import NewPinSchema, PinSetSchema
from citizen_app.registry.contract import Purpose
from citizen_app.registry.modules import current_registry
from citizen_app.storage.keyset import Page
from citizen_app.text import Text
from citizen_app.web.boundary.audiences import api_blueprint, current_staff, staff
from citizen_app.web.boundary.idempotency_keys import idempotent

blueprint = api_blueprint(
    "admin_kiosks",
    staff(read="kiosks.read", write="kiosks.manage"),
    "/api/v1/admin/kiosks",
    "Kiosks in the console.",
)

BLUEPRINTS: Final = (blueprint,)


@blueprint.route("", methods=["GET"])
@blueprint.arguments(KioskQuerySchema, location="query")
@blueprint.response(200, KioskPageSchema)
def list_kiosks(filters: dict[str, Any]) -> Page[Kiosk]:
    """Kiosks, newest first."""
    return queries.kiosk_page(services=current_staff().services("kiosks.read"), **filters)


@blueprint.route("", methods=["POST"])
@idempotent
@blueprint.arguments(NewKioskSchema)
@blueprint.response(201, ActivationCodeSchema)
def create_kiosk(body: dict[str, Any]) -> dict[str, Any]:
    """Create a kiosk; the activation code is shown once."""
    current_staff().require("kiosks.manage", body["service"])
    kiosk, code = operations.create(**{**body, "place": Text(**body["place"])}, purposes_of=purposes_of)
    return _with_code(kiosk, code)


@blueprint.route("/<id:kiosk_id>", methods=["GET"])
@blueprint.response(200, KioskDetailSchema)
def show_kiosk(kiosk_id: str) -> dict[str, Any]:
    """One kiosk."""
    kiosk = queries.kiosk_or_404(kiosk_id, current_staff().services("kiosks.read"))
    return {"kiosk": kiosk, "unreadable": queries.unreadable_counts(kiosk.id)}


@blueprint.route("/<id:kiosk_id>", methods=["PATCH"])
@blueprint.arguments(KioskChangeSchema)
@blueprint.response(200, KioskSchema)
@blueprint.alt_response(409)
def change_kiosk(body: dict[str, Any], kiosk_id: str) -> Kiosk:
    """Rename or move a kiosk, change its purposes or defaults."""
    kiosk = _to_manage(kiosk_id)
    place = body.pop("place", None)
    if place is not None:
        kiosk = operations.move(kiosk_id, Text(**place))
    if body:
        kiosk = operations.change(kiosk_id, purposes_of=purposes_of, **body)
    return kiosk


@blueprint.route("/<id:kiosk_id>/activation-code", methods=["POST"])
@blueprint.response(200, ActivationCodeSchema)
@blueprint.alt_response(409)
def new_activation_code(kiosk_id: str) -> dict[str, Any]:
    """A fresh activation code; the one before is void."""
    kiosk, code = operations.new_activation_code(_to_manage(kiosk_id).id)
    return _with_code(kiosk, code)


@blueprint.route("/<id:kiosk_id>/activation-link", methods=["POST"])
@blueprint.response(200, ActivationLinkSchema)
@blueprint.alt_response(409)
def new_activation_link(kiosk_id: str) -> dict[str, Any]:
    """A fresh activation code as a link for a camera, good once within ten minutes; the code before is
    void."""
    kiosk, code = operations.new_activation_code(_to_manage(kiosk_id).id, LINK_LIFETIME)
    link = activation_link(code)
    return {
        "kiosk": kiosk,
        "link": link,
        "svg": draw_plain_svg(link, f"{kiosk.number}").decode(),
        "activation_expires_at": kiosk.activation_expires_at,
    }


@blueprint.route("/<id:kiosk_id>/pin", methods=["POST"])
@limiter.limit("60/minute")
@blueprint.arguments(NewPinSchema)
@blueprint.response(200, PinSetSchema)
@blueprint.alt_response(409)
def set_pin(body: dict[str, Any], kiosk_id: str) -> dict[str, str]:
    """Give the kiosk a PIN, which unlocks it too; the PIN is shown once."""
    return {"pin": pins.set_pin(_to_manage(kiosk_id).id, body["pin"])}


@blueprint.route("/<id:kiosk_id>/revoke", methods=["POST"])
@blueprint.response(200, KioskSchema)
def revoke_kiosk(kiosk_id: str) -> Kiosk:
    """Shut a kiosk out for good, everywhere within a second."""
    return operations.revoke(_to_manage(kiosk_id).id)


def purposes_of(service: str) -> Sequence[Purpose] | None:
    """The purposes of an installed service."""
    module = current_registry().get(service)
    return None if module is None else module.descriptor.purposes


def _to_manage(kiosk_id: str) -> Kiosk:
    kiosk = queries.kiosk_or_404(kiosk_id, current_staff().services("kiosks.read"))
    current_staff().require("kiosks.manage", kiosk.service)
    return kiosk


def _with_code(kiosk: Kiosk, code: str) -> dict[str, Any]:
    return {"kiosk": kiosk, "activation_code": code, "activation_expires_at": kiosk.activation_expires_at}
