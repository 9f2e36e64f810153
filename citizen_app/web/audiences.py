"""Who may call: every blueprint states its audience where it is made, and a route without one does not start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from flask import Blueprint, g, request
from flask.sansio.scaffold import Scaffold
from flask_smorest import Blueprint as ApiBlueprint

from citizen_app.citizens.tokens import SignedInCitizen, read_access_token
from citizen_app.kiosks.queries import KioskView, kiosk_of_token
from citizen_app.problems import Problem
from citizen_app.staff.sessions import StaffCaller, staff_of_token
from citizen_app.web.openapi import StrictParser

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
STRICT_PARSER: Final = StrictParser()


class Caller(Protocol):
    """Whoever calls; `limit_key` is what rate limits count, `label` what logs show (never personal)."""

    @property
    def limit_key(self) -> str: ...

    @property
    def label(self) -> str: ...


@dataclass(frozen=True)
class Audience:
    """A kind of caller and how it proves itself. `reads_only_on_get` is false where authentication itself writes; one that is
    `known_from_memory` needs no unit of work to be told."""

    name: str
    authenticate: Callable[[], Caller | None]
    reads_only_on_get: bool = True
    known_from_memory: bool = False

    def reading(self, method: str) -> bool:
        """Whether a request by this method runs in a read-only transaction."""
        return self.reads_only_on_get and method in SAFE_METHODS


def bearer_token() -> str:
    """The token of the `Authorization: Bearer` header (RFC 6750), or a 401."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Problem("sign-in-required", headers={"WWW-Authenticate": "Bearer"})
    return token.strip()


def _citizen() -> Caller:
    return read_access_token(bearer_token())


def _kiosk() -> Caller:
    kiosk = kiosk_of_token(bearer_token())
    if kiosk is None:
        raise Problem("sign-in-required", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    return kiosk


ANYONE: Final = Audience("anyone", lambda: None)
CITIZEN: Final = Audience("citizen", _citizen)
KIOSK: Final = Audience("kiosk", _kiosk, known_from_memory=True)


def staff(*, read: str, write: str) -> Audience:
    """Staff with a permission: `read` for safe methods, `write` for the others."""

    def authenticate() -> Caller:
        caller = staff_of_token(bearer_token())
        caller.require(read if request.method in SAFE_METHODS else write)
        return caller

    return Audience(f"staff({read}, {write})", authenticate, reads_only_on_get=False)


def kiosk_of_service(service: str) -> Audience:
    """Kiosks of one service; a kiosk of another service finds nothing here."""

    def authenticate() -> Caller:
        kiosk = _kiosk()
        if not isinstance(kiosk, KioskView) or kiosk.service != service:
            raise Problem("not-found")
        return kiosk

    return Audience(f"kiosk({service})", authenticate, known_from_memory=True)


def staff_of_service(
    service: str, *, read: str = "services.read", write: str = "services.operate"
) -> Audience:
    """Staff who hold the permission for this service; to others it does not exist."""

    def authenticate() -> Caller:
        caller = staff_of_token(bearer_token())
        permission = read if request.method in SAFE_METHODS else write
        caller.require(permission)
        if not caller.may(permission, service):
            raise Problem("not-found")
        return caller

    return Audience(f"staff({service}: {read}, {write})", authenticate, reads_only_on_get=False)


def api_blueprint(name: str, audience: Audience, url_prefix: str, description: str) -> ApiBlueprint:
    """A blueprint of the JSON API, documented in the OpenAPI document, for one audience."""
    blueprint = ApiBlueprint(name, __name__, url_prefix=url_prefix, description=description)
    blueprint.ARGUMENTS_PARSER = STRICT_PARSER  # routes bind their parser while they are declared
    blueprint.audience = audience
    return blueprint


def page_blueprint(name: str, audience: Audience, **options: Any) -> Blueprint:
    """A blueprint of pages for browsers, for one audience."""
    blueprint = Blueprint(name, __name__, **options)
    blueprint.audience = audience  # type: ignore[attr-defined]
    return blueprint


def audience_of(blueprint: Scaffold | None) -> Audience:
    """The audience of a blueprint's routes; pages of the framework itself (static files) are for anyone."""
    audience: Audience = getattr(blueprint, "audience", ANYONE)
    return audience


def current_citizen() -> SignedInCitizen:
    """The citizen who calls, in a route for citizens."""
    caller = g.caller
    assert isinstance(caller, SignedInCitizen)
    return caller


def current_kiosk() -> KioskView:
    """The kiosk that calls, in a route for kiosks."""
    caller = g.caller
    assert isinstance(caller, KioskView)
    return caller


def current_staff() -> StaffCaller:
    """The member of staff who calls, in a route for staff."""
    caller = g.caller
    assert isinstance(caller, StaffCaller)
    return caller
