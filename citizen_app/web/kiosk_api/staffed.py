"""What staff do on a kiosk's page: the PIN, choosing what is set once, looking somebody up."""

from __future__ import annotations

from typing import Any, Final

from citizen_app import clock
from citizen_app.extensions import limiter
from citizen_app.kiosks import pins
from citizen_app.kiosks.lists import look_up
from citizen_app.kiosks.queries import KioskView
from citizen_app.kiosks.schemas_staffed import (
    ChoicesQuerySchema,
    ChoicesSchema,
    FoundListSchema,
    KioskSearchSchema,
    PinSchema,
    UnlockedSchema,
)
from citizen_app.registry.behaviour import MOST_FOUND, KioskOfScan
from citizen_app.registry.choosing import choices_of
from citizen_app.registry.contract import Purpose
from citizen_app.registry.modules import InstalledModule
from citizen_app.registry.state import module_of, standing_of
from citizen_app.text import Text
from citizen_app.web.boundary.audiences import KIOSK, api_blueprint, current_kiosk
from citizen_app.web.boundary.unit_of_work import opens_its_own_units
from citizen_app.wire.language import caller_language
from citizen_app.wire.problems import Problem, invalid_input

blueprint = api_blueprint("kiosk_staff", KIOSK, "/api/v1/kiosks/me", "What staff do on a kiosk's page.")

BLUEPRINTS: Final = (blueprint,)
NOT_ITS_PURPOSE: Final = Text("不是这台设备的用途", "not a purpose of this kiosk")


@blueprint.route("/pin", methods=["POST"])
@limiter.limit("20/minute")
@blueprint.arguments(PinSchema)
@blueprint.response(200, UnlockedSchema)
@blueprint.alt_response(403)
@blueprint.alt_response(409)
@opens_its_own_units
def unlock(body: dict[str, Any]) -> dict[str, str]:
    """Try the kiosk's PIN. Five wrong ones in a row lock it for 15 minutes (429, `pin-locked`)."""
    token, until = pins.unlock(current_kiosk(), body["pin"])
    return {
        "unlock": token,
        "expires_at": clock.rfc3339(until),
        "server_time": clock.rfc3339(clock.now()),
    }


@blueprint.route("/choices", methods=["GET"])
@limiter.limit("120/minute")
@blueprint.arguments(ChoicesQuerySchema, location="query")
@blueprint.response(200, ChoicesSchema)
def choices(asked: dict[str, Any]) -> dict[str, Any]:
    """What can be chosen for a context field that is `listed`, in the caller's language."""
    kiosk = current_kiosk()
    module, purpose = purpose_of(kiosk, asked["purpose"])
    here = KioskOfScan(kiosk.id, kiosk.name, kiosk.place)
    found = choices_of(module, here, purpose, asked["field"], asked["chosen"], asked["q"])
    language = caller_language()
    return {
        "choices": [{"value": value, "title": words.say(language)} for value, words in found.items],
        "more": found.more,
    }


@blueprint.route("/search", methods=["POST"])
@limiter.limit("20/minute;200/hour")
@blueprint.arguments(KioskSearchSchema)
@blueprint.response(200, FoundListSchema)
@blueprint.alt_response(403)
@blueprint.alt_response(404)
def search(body: dict[str, Any]) -> dict[str, Any]:
    """Look somebody up on the service's own list at the kiosk's place, for staff who gave the PIN and a
    reason.

    Everybody found sees the look. It proves no presence and opens nothing.
    """
    kiosk = current_kiosk()
    pins.require_unlocked(kiosk, body["unlock"])
    found = look_up(enabled_module(kiosk), kiosk, body["words"].strip(), body["reason"])
    return {"items": found, "more": len(found) == MOST_FOUND}


def enabled_module(kiosk: KioskView) -> InstalledModule:
    """The kiosk's service. Raises a 503 where it is switched off."""
    module = module_of(kiosk.service)
    if not standing_of(module.id).enabled:
        raise Problem("service-disabled")
    return module


def purpose_of(kiosk: KioskView, purpose_id: str) -> tuple[InstalledModule, Purpose]:
    """The kiosk's service and one of its purposes. Raises a 503 where the service is switched off, a 422 for
    another purpose."""
    module = enabled_module(kiosk)
    purpose = module.descriptor.purpose(purpose_id) if purpose_id in kiosk.purposes else None
    if purpose is None:
        raise invalid_input("?purpose", NOT_ITS_PURPOSE)
    return module, purpose
