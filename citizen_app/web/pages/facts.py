"""What the pages show that is known on the server: open services, and in demo mode who and what can be
tried."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from citizen_app.demo.city import described_citizens
from citizen_app.guide.finding import services_for
from citizen_app.kiosks.queries import all_kiosks
from citizen_app.registry.catalogue import search
from citizen_app.settings import current_settings
from citizen_app.text import Language, Text
from citizen_app.usage.titles import service_title


@dataclass(frozen=True, slots=True)
class ListedService:
    """An enabled service; `found` tells whether it matches what was looked for."""

    id: str
    title: str
    summary: str
    found: bool


def listed_services(language: Language, query: str) -> list[ListedService]:
    """Every enabled service, those that match the query first; without a query all of them match."""
    matching = {service.id: service for service in services_for(query)}
    rest = [service for service in search() if service.id not in matching]
    return [
        ListedService(
            service.id, service.title.say(language), service.summary.say(language), service.id in matching
        )
        for service in (*matching.values(), *rest)
    ]


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
