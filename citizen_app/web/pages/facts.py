"""What the pages show that is known on the server: open services, and in demo mode who and what can be tried."""

from __future__ import annotations

from citizen_app.registry.catalogue import search
from citizen_app.text import Language


def listed_services(language: Language) -> list[dict[str, str]]:
    """Enabled services as `{id, title, summary}`."""
    return [
        {"id": found.id, "title": found.title.say(language), "summary": found.summary.say(language)}
        for found in search()
    ]


def demo_citizens() -> list[dict[str, str]]:
    """Demo citizens as `{name, phone, otp}`; empty outside demo mode."""
    return []


def demo_kiosks() -> list[dict[str, str]]:
    """Demo kiosks as `{name, service, activation_path}`; empty outside demo mode."""
    return []
