"""What a phone that installs the pages is told (W3C Web Application Manifest)."""

from __future__ import annotations

from typing import Any

from flask import url_for

from citizen_app.settings import current_settings
from citizen_app.text import Language, Text

NAME = Text("{city}市民码", "{city} Citizen Code")
SHORT_NAME = Text("市民码", "Code")
SHOW = Text("亮码", "Show my code")
MINE = Text("我的", "Mine")


def manifest(language: Language) -> dict[str, Any]:
    """The manifest in one language; the code is a shortcut, one tap from the home screen."""
    return {
        "id": "/",
        "name": NAME.fill(city=current_settings().city).say(language),
        "short_name": SHORT_NAME.say(language),
        "lang": "zh-CN" if language == "zh" else "en",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f3f5f4",
        "theme_color": "#0b5f6b",
        "icons": [
            icon_of("icon-192.png", "192x192"),
            icon_of("icon-512.png", "512x512"),
            {**icon_of("icon-maskable-512.png", "512x512"), "purpose": "maskable"},
        ],
        "shortcuts": [
            {"name": title.say(language), "url": address, "icons": [icon_of("icon-192.png", "192x192")]}
            for title, address in ((SHOW, "/code"), (MINE, "/mine"))
        ],
    }


def icon_of(name: str, sizes: str) -> dict[str, str]:
    """An icon as a manifest names it: PNG, because not every launcher takes SVG."""
    return {"src": url_for("static", filename=f"images/{name}"), "sizes": sizes, "type": "image/png"}
