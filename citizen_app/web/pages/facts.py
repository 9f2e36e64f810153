"""What the pages show that is known on the server: open services, and in demo mode who and what can be
tried."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for

from citizen_app.consent.notice import approved_scopes, notice_shown
from citizen_app.demo.city import described_citizens
from citizen_app.guide.finding import services_for
from citizen_app.kiosks.queries import all_kiosks
from citizen_app.registry.state import enabled_modules, module_of
from citizen_app.settings import current_settings
from citizen_app.text import Language, Text
from citizen_app.usage.titles import service_title


@dataclass(frozen=True, slots=True)
class ListedService:
    """An enabled service; `address` is where its pages begin, None without any."""

    id: str
    title: str
    summary: str
    address: str | None


def listed_services(language: Language, query: str) -> list[ListedService]:
    """The enabled services that match, best first; without a query all of them."""
    return [
        ListedService(
            service.id,
            service.title.say(language),
            service.summary.say(language),
            f"/services/{service.id}/" if module_of(service.id).pages else None,
        )
        for service in services_for(query)
    ]


def seen_services(services: Sequence[ListedService], query: str) -> str:
    """What a page that is open tells, so that it hears only what has changed."""
    shown = repr((query, [(service.title, service.summary, service.address) for service in services]))
    return hashlib.sha256(shown.encode()).hexdigest()[:16]


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
