"""What only demo mode offers: a one-time code for a demo kiosk at one tap."""

from __future__ import annotations

from flask import Response, jsonify

from citizen_app.kiosks.operations import new_activation_code
from citizen_app.kiosks.queries import kiosk_or_404
from citizen_app.settings import current_settings
from citizen_app.web.boundary.audiences import ANYONE, page_blueprint
from citizen_app.web.boundary.page_callers import refuse_other_sites
from citizen_app.wire.problems import Problem

blueprint = page_blueprint("demo", ANYONE, url_prefix="/demo")


@blueprint.post("/kiosks/<id:kiosk_id>/activation")
def activation(kiosk_id: str) -> Response:
    """A fresh activation code for a kiosk; 404 outside demo mode."""
    if not current_settings().demo:
        raise Problem("not-found")
    refuse_other_sites()
    if kiosk_or_404(kiosk_id, None).state == "revoked":
        raise Problem("not-found")
    _, code = new_activation_code(kiosk_id)
    return jsonify(activation_code=code)
