"""What the pages show that is known on the server: the notice, and in demo mode who and what can be tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for

from citizen_app.codes.foreign import FOREIGN, IT_IS
from citizen_app.consent.notice import approved_scopes, notice_shown
from citizen_app.demo.city import described_citizens
from citizen_app.kiosks.pins import DEMO_PIN
from citizen_app.kiosks.queries import all_kiosks
from citizen_app.registry.state import enabled_modules
from citizen_app.settings import current_settings
from citizen_app.text import Language, Text
from citizen_app.usage.titles import service_title


@dataclass(frozen=True, slots=True)
class CodeKind:
    """A tab under the code: a service that takes codes from a phone."""

    id: str
    title: str
    address: str | None


def code_kinds(language: Language) -> list[CodeKind]:
    """The enabled services that take the code on a phone."""
    return [
        CodeKind(
            module.id,
            module.descriptor.title.say(language),
            f"/services/{module.id}/" if module.has_pages else None,
        )
        for module in enabled_modules()
        if any("online" in purpose.kinds for purpose in module.descriptor.purposes)
    ]


def service_of_page() -> Text | None:
    """What the service is called whose page was asked for; None on a page of the core."""
    service: str | None = getattr(current_app.blueprints.get(request.blueprint or ""), "service", None)
    return service_title(service) if service is not None else None


def whole_notice(language: Language) -> dict[str, Any]:
    """The privacy notice: `version`, `summary`, `body` by line, and `services` with the fields they see."""
    shown = notice_shown()
    return {
        "version": shown.version,
        "summary": shown.words.summary.say(language),
        "body": shown.words.body.say(language).splitlines(),
        "services": [
            {
                "title": module.descriptor.title.say(language),
                "scopes": [
                    {
                        "title": scope.title.say(language),
                        "reason": scope.reason.say(language),
                        "law": scope.law.say(language) if scope.law else None,
                        "essential": scope.essential,
                        "sensitive": scope.sensitive,
                    }
                    for scope in approved_scopes(module)
                ],
            }
            for module in enabled_modules()
        ],
    }


def demo_citizens(language: Language) -> list[dict[str, str]]:
    """Demo citizens as `{name, note, phone, otp}`; empty outside demo mode."""
    if not current_settings().demo:
        return []
    return [
        {
            "name": person["masked_name"],
            "note": Text.from_dict(person["note"]).say(language),
            "phone": person["phone"],
            "otp": person["otp"],
        }
        for person in described_citizens()
    ]


def foreign_codes(language: Language) -> list[dict[str, str]]:
    """Other apps' codes as `{pattern, said}`: the kiosk page tells them apart without sending them."""
    return [{"pattern": kind.pattern, "said": IT_IS.fill(name=kind.name).say(language)} for kind in FOREIGN]


def demo_pin() -> str | None:
    """The PIN of demo kiosks; None outside demo mode."""
    return DEMO_PIN if current_settings().demo else None


def demo_kiosks(language: Language) -> list[dict[str, str]]:
    """Kiosks as `{name, service, place, activation_path}`; empty outside demo mode."""
    if not current_settings().demo:
        return []
    return [
        {
            "name": kiosk.name,
            "service": service_title(kiosk.service).say(language),
            "place": kiosk.placement.place.say(language),
            "activation_path": url_for("demo.activation", kiosk_id=kiosk.id),
        }
        for kiosk in all_kiosks()
        if kiosk.state != "revoked"
    ]
