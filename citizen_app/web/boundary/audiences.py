"""Who may call: every blueprint states its audience where it is made, and a route without one does not
start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol, TypeVar

from flask import Blueprint, current_app, g, request
from flask.sansio.scaffold import Scaffold
from flask_smorest import Blueprint as ApiBlueprint

from citizen_app.citizens.tokens import SignedInCitizen, read_access_token
from citizen_app.kiosks.queries import KioskView, kiosk_of_token
from citizen_app.limits import OPEN_TO_ANYONE
from citizen_app.staff.callers import StaffCaller
from citizen_app.staff.officers import Officer
from citizen_app.staff.permissions import OPERATE, permission_of
from citizen_app.staff.sessions import staff_of_token
from citizen_app.text import Text
from citizen_app.web.boundary.openapi import StrictParser
from citizen_app.wire.problems import Problem

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
ONLY_UNITS: Final = Text(
    "您的角色只限部分单位，而此操作涉及整项服务。",
    "Your role is for some units only; this is about the whole service.",
)
STRICT_PARSER: Final = StrictParser()


class Caller(Protocol):
    """An authenticated caller; `limit_key` is the key of rate limits, `label` what logs show (never
    personal)."""

    @property
    def limit_key(self) -> str: ...

    @property
    def label(self) -> str: ...


Found = TypeVar("Found", bound=Caller)
Kind = Literal["anyone", "citizen", "kiosk", "partner", "staff", "watcher"]


@dataclass(frozen=True)
class Audience:
    """A kind of caller and how it proves itself.

    `service`: only those who belong to that service; to others it does not exist. `read` and `write` are what
    is needed for safe methods and for the others: permissions of staff, scopes of partners. One that is
    `known_from_memory` needs no unit of work to be told; one that goes `by_unit` takes whoever holds it for
    some units of the service only, one that is `open` also anyone who reads. `limit` is how often one address
    may call each of its routes, asked before anything else happens; None where it is known who calls and the
    routes that need a limit have one of their own.
    """

    kind: Kind
    authenticate: Callable[[], Caller | None]
    service: str | None = None
    read: str | None = None
    write: str | None = None
    known_from_memory: bool = False
    limit: str | None = None
    by_unit: bool = False
    open: bool = False

    def permission(self, method: str) -> str | None:
        """The permission of staff, or the scope of partners, that a method needs; None for anyone else."""
        return self.read if method.upper() in SAFE_METHODS else self.write


def bearer_token() -> str:
    """The token of the `Authorization: Bearer` header (RFC 6750), or a 401."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Problem("sign-in-required", headers={"WWW-Authenticate": "Bearer"})
    return token.strip()


def recognised(caller: Found) -> Found:
    """Note for the log who calls, also where they are refused afterwards."""
    g.recognised = caller.label
    return caller


def _citizen() -> Caller:
    return read_access_token(bearer_token())


def _kiosk() -> Caller:
    kiosk = kiosk_of_token(bearer_token())
    if kiosk is None:
        raise Problem("sign-in-required", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    return kiosk


ANYONE: Final = Audience("anyone", lambda: None, limit=OPEN_TO_ANYONE)
ANY_MACHINE: Final = Audience("anyone", lambda: None)
"""Monitoring and static files: no rate limit, because an answer costs almost nothing."""
CITIZEN: Final = Audience("citizen", _citizen)
KIOSK: Final = Audience("kiosk", _kiosk, known_from_memory=True)


def staff(*, read: str, write: str) -> Audience:
    """Staff with a permission: `read` for safe methods, `write` for the others."""

    def authenticate() -> Caller:
        caller = recognised(staff_of_token(bearer_token()))
        caller.require(read if request.method in SAFE_METHODS else write)
        return caller

    return Audience("staff", authenticate, read=read, write=write)


def kiosk_of_service(service: str) -> Audience:
    """Kiosks of one service; a kiosk of another service finds nothing here."""

    def authenticate() -> Caller:
        kiosk = recognised(_kiosk())
        if not isinstance(kiosk, KioskView) or kiosk.service != service:
            raise Problem("not-found")
        return kiosk

    return Audience("kiosk", authenticate, service, known_from_memory=True)


def staff_of_service(service: str, permission: str | None = None, *, by_unit: bool = False) -> Audience:
    """The operators of a service (permission `services.operate` for it), and nobody else, whatever else they
    administer. With `permission`, one that the service declares, also those who hold it alone.

    Whoever holds it for some units only is refused, unless the routes go `by_unit`: then each of them asks
    `calling_officer` which units are the caller's.
    """
    wanted = OPERATE if permission is None else permission_of(service, permission)

    def authenticate() -> Caller:
        caller = recognised(staff_of_token(bearer_token()))
        if caller.units_of(wanted, service) is not None and not by_unit:
            raise Problem("not-permitted", ONLY_UNITS)
        return caller

    return Audience("staff", authenticate, service, wanted, wanted, by_unit=by_unit)


def calling_officer() -> Officer:
    """Who calls, in a route for a service's staff, and which of its units are theirs."""
    audience = audience_of(current_app.blueprints.get(request.blueprint or ""))
    caller = current_staff()
    assert audience.service is not None and audience.read is not None
    return Officer(caller.username, caller.units_of(audience.read, audience.service))


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
    """The audience of a blueprint's routes; the framework's own are for anyone: static files, and the API
    document."""
    audience: Audience = getattr(blueprint, "audience", ANYONE if blueprint else ANY_MACHINE)
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
