"""A kiosk's own routes: activation, rotation of its token, heartbeat."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from citizen_app import clock
from citizen_app.codes.keys import trust_anchor
from citizen_app.extensions import limiter
from citizen_app.kiosks import operations
from citizen_app.kiosks.lists import has_list
from citizen_app.kiosks.schemas import (
    ActivationRequestSchema,
    ActivationSchema,
    HeartbeatRequestSchema,
    HeartbeatSchema,
    RotatedTokenSchema,
)
from citizen_app.registry.contract import Purpose
from citizen_app.registry.fields import Field
from citizen_app.registry.modules import current_registry
from citizen_app.text import Language
from citizen_app.web.boundary.audiences import ANYONE, KIOSK, api_blueprint, bearer_token, current_kiosk
from citizen_app.wire.language import caller_language

activation = api_blueprint("kiosk_activation", ANYONE, "/api/v1/kiosks", "A device becomes a kiosk.")
blueprint = api_blueprint("kiosks", KIOSK, "/api/v1/kiosks/me", "What a kiosk does for itself.")

BLUEPRINTS: Final = (activation, blueprint)


@activation.route("/activate", methods=["POST"])
@limiter.limit("10/minute;60/hour")
@activation.arguments(ActivationRequestSchema)
@activation.response(200, ActivationSchema)
@activation.alt_response(401)
def activate(body: dict[str, Any]) -> dict[str, Any]:
    """Trade a one-time activation code for the kiosk's token."""
    kiosk, token = operations.activate(body["activation_code"], body["public_key"])
    return {
        "kiosk_id": kiosk.id,
        "kiosk_number": kiosk.number,
        "token": token,
        "trust_anchor": trust_anchor(),
        "service": kiosk.service,
        "purposes": kiosk.purposes,
        "server_time": clock.rfc3339(clock.now()),
    }


@blueprint.route("/token", methods=["POST"])
@limiter.limit("30/hour")
@blueprint.response(200, RotatedTokenSchema)
def rotate_token() -> dict[str, Any]:
    """Give the kiosk a new token. Asking with the same token again gives the same new one, so a lost answer
    is no harm.

    The token presented works until a minute after the first heartbeat with the new one, and for a day at
    most.
    """
    token = operations.rotate_token(current_kiosk().id, bearer_token())
    return {"token": token, "server_time": clock.rfc3339(clock.now())}


@blueprint.route("/heartbeat", methods=["POST"])
@limiter.limit("60/minute")
@blueprint.arguments(HeartbeatRequestSchema)
@blueprint.response(200, HeartbeatSchema)
def heartbeat(body: dict[str, Any]) -> dict[str, Any]:
    """Tell that the kiosk lives; the answer says what it may do, in the caller's language."""
    kiosk, language = current_kiosk(), caller_language()
    operations.end_previous_token(kiosk.id, bearer_token())
    offset = operations.record_heartbeat(
        kiosk.id,
        kiosk_clock=body["clock"],
        bundle_version=body["bundle_version"],
        journal_seq=body["journal_seq"],
        app_version=body["app_version"],
    )
    module = current_registry().get(kiosk.service)
    declared = module.descriptor.purposes if module is not None else ()
    return {
        "server_time": clock.rfc3339(clock.now()),
        "clock_offset_ms": offset,
        "kiosk": {
            "id": kiosk.id,
            "name": kiosk.name,
            "number": kiosk.number,
            "service": kiosk.service,
            "place": kiosk.place.say(language),
        },
        "purposes": [_purpose(p, kiosk.purposes, language) for p in declared if p.id in kiosk.purposes],
        "context": {"defaults": dict(kiosk.context)},
        "search": has_list(module),
    }


def _purpose(purpose: Purpose, permitted: Collection[str], language: Language) -> dict[str, Any]:
    return {
        "id": purpose.id,
        "title": purpose.title.say(language),
        "context_fields": [_context_field(field, language) for field in purpose.context],
        "session_purposes": [name for name in purpose.session_purposes if name in permitted],
    }


def _context_field(field: Field, language: Language) -> dict[str, Any]:
    choices = [{"value": value, "title": words.say(language)} for value, words in field.choices]
    return {
        "name": field.name,
        "type": field.type,
        "title": field.title.say(language),
        "required": field.required,
        "choices": choices or None,
        "listed": field.listed,
        "depends_on": list(field.depends_on),
        "each_scan": field.each_scan,
    }
