"""A browser that looks at every kind of page of the city."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException

from citizen_app.factory import CitizenFlask
from citizen_app.web.boundary.audiences import audience_of
from tests.browser.access import in_its_modes

LINKS = """
() => [...document.querySelectorAll("main a[href]")]
  .filter((link) => link.protocol.startsWith("http"))
  .map((link) => link.pathname + link.search)
"""
ELSEWHERE = {
    "pages.api_docs": "test_kiosk_access",
    "pages.kiosk": "test_kiosk_access",
    "hospital_pages_wall.wall": "test_waiting_room",
    "places.opened": "test_posters",
    "places.poster": "test_posters",
    "place_scans.result": "test_posters",
}
"""Pages that another test looks at."""
NO_PAGES = {
    "pages.manifest",
    "pages.kiosk_manifest",
    "pages.services_part",
    "pages.cards_part",
    "api-docs.openapi_json",
    "pass_pages.muster_pdf",
    "hospital_pages_mine.calendar",
    "hospital_pages_records.paper",
    "mine.copy",
    "mine.ward_copy",
}


def page_of(app: CitizenFlask, path: str) -> str | None:
    """Which page of the city an address leads to; None for what is none."""
    try:
        endpoint, _ = app.url_map.bind("").match(urlsplit(path).path)
    except HTTPException:
        return None
    return endpoint if endpoint in pages_of(app) else None


def pages_of(app: CitizenFlask) -> set[str]:
    """Every page for citizens: what is no page of the console, no API, and no file."""
    found = set()
    for rule in app.url_map.iter_rules():
        kind = audience_of(app.blueprints.get(rule.endpoint.rpartition(".")[0])).kind
        if "GET" in (rule.methods or ()) and kind in ("anyone", "citizen"):
            found.add(rule.endpoint)
    machines = ("/api/", "/static/", "/.well-known/", "/healthz", "/readyz", "/metrics", "/console")
    rules = app.url_map.iter_rules()
    found -= {rule.endpoint for rule in rules if rule.rule.startswith(machines)}
    return found - NO_PAGES


class Walk:
    """A browser that opens pages, runs axe on each in the modes of its language, and follows links to kinds
    of pages that it has not seen."""

    def __init__(self, page: Page, app: CitizenFlask) -> None:
        self.page, self.app = page, app
        self.found: dict[str, list[Any]] = {}
        self.seen: set[str] = set()

    def look(self, name: str) -> None:
        """At the page that is open."""
        self.seen.add(page_of(self.app, self.page.url) or "")
        self.found |= in_its_modes(self.page, name)

    def go(self, *paths: str) -> None:
        """Open these, and what they lead to."""
        waiting = list(paths)
        while waiting:
            path = waiting.pop(0)
            self.page.goto(path)
            self.look(path)
            for link in self.page.evaluate(LINKS):
                kind = page_of(self.app, link)
                if kind not in (None, *self.seen, *ELSEWHERE, *(page_of(self.app, one) for one in waiting)):
                    waiting.append(link)
