"""The shelf of a browser: services that somebody keeps at hand, and those they opened last.

Both are signed cookies and nothing else: no table says which services a person likes. What was opened last is
forgotten with the sign-out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from flask import Response, current_app, request
from itsdangerous import BadData

from citizen_app.registry.state import standing_of
from citizen_app.secrecy.vault import current_vault

FAVOURITES: Final = "favourites"
RECENT: Final = "recent"
SALT: Final = "shelf.1"
MOST_FAVOURITES: Final = 24
MOST_RECENT: Final = 4
DAYS_KEPT: Final = 180
RECENT_DAYS_KEPT: Final = 30


def favourites() -> list[str]:
    """Ids of services kept at hand, the one kept last first."""
    return _read(FAVOURITES)


def shelf() -> list[str]:
    """Ids of the enabled services that stand on the shelf: those kept at hand, then those opened last."""
    both = dict.fromkeys((*_read(FAVOURITES), *_read(RECENT)))
    return [service for service in both if standing_of(service).enabled]


def keep(response: Response, service: str, kept: bool) -> None:
    """Put a service on the shelf, or take it down."""
    others = [one for one in favourites() if one != service]
    _write(response, FAVOURITES, [service, *others][:MOST_FAVOURITES] if kept else others, DAYS_KEPT)


def forget_recent(response: Response) -> None:
    """Forget what was opened last."""
    response.delete_cookie(RECENT, secure=request.is_secure, httponly=True, samesite="Lax")


def remember_visit(response: Response) -> Response:
    """After a page of a service was shown, it is the one that was opened last."""
    service = getattr(current_app.blueprints.get(request.blueprint or ""), "service", None)
    shown = request.method == "GET" and response.status_code == 200 and response.mimetype == "text/html"
    if service is None or not shown:
        return response
    known = _read(RECENT)
    if known[:1] != [service]:
        _write(
            response,
            RECENT,
            [service, *(one for one in known if one != service)][:MOST_RECENT],
            RECENT_DAYS_KEPT,
        )
    return response


def _read(cookie: str) -> list[str]:
    try:
        held = current_vault().signer(SALT).loads(request.cookies.get(cookie, ""))
    except (BadData, UnicodeError, ValueError):
        return []
    return [one for one in held if isinstance(one, str)] if isinstance(held, list) else []


def _write(response: Response, cookie: str, services: Iterable[str], days: int) -> None:
    signed = current_vault().signer(SALT).dumps(list(services))
    response.set_cookie(
        cookie,
        signed if isinstance(signed, str) else signed.decode(),
        max_age=days * 24 * 3600,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
