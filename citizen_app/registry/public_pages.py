"""Which pages of a service open for anybody: those that a poster may lead to."""

from __future__ import annotations

import re
from typing import Final

from flask import current_app
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

PATH: Final = re.compile(r"[^\s?#\\\x00-\x1f]{1,200}")


def is_public_page(service: str, page: str) -> bool:
    """Whether the service answers at `/services/<service>/<page>` to whoever asks. Says nothing of what
    stands there: whether a stop exists is for the service to say when the page is opened."""
    if not PATH.fullmatch(page) or any(part in ("", ".", "..") for part in page.split("/")):
        return False
    try:
        endpoint, _ = current_app.url_map.bind("").match(f"/services/{service}/{page}", "GET")
    except (HTTPException, RequestRedirect):
        return False
    blueprint = current_app.blueprints.get(endpoint.rpartition(".")[0])
    audience = getattr(blueprint, "audience", None)
    return getattr(blueprint, "service", None) == service and getattr(audience, "kind", None) == "anyone"
