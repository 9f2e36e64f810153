"""A service's own routes: under `/api/v1/services/<id>/`, each for a stated audience.

    BLUEPRINTS = (public, mine)
    public = service_blueprint(SERVICE.id, "lines", ANYONE, "Lines and departures")
    mine = service_blueprint(SERVICE.id, "trips", CITIZEN, "My trips")

Input is a `StrictSchema`, a change (PATCH) a `ChangeSchema`. A rule of one's own raises `Refused(Text(…))`,
or `invalid_input(pointer, Text(…))` where it needs the database: what a caller reads exists in both languages
where it is written. `Pattern` is a regular expression with such words. `file_argument` is the door for a
file. A write that makes something new is `@idempotent`: sent again with the same `Idempotency-Key` it gives
its first answer. One that sets a state, or carries an id of its own, is safe to repeat by nature and needs no
key.

A write in a blueprint for `ANYONE` is a mistake unless it says why it is open: `@written_by_anyone("a
passer-by reports a broken stop")` below its route. Then the service itself keeps strangers from filling its
tables.

`@require(2, fresh_seconds=300)` on a route of citizens asks for a real name, and for somebody who has just
proved who they are; whoever has not is told the next step. Inside a route, `require_fresh(300)` asks only
where it matters.

Staff who hold a role for some units of the service only (a branch, a hospital: ids that the service gives
meaning) reach no blueprint for `staff_of_service(SERVICE.id)`. One that goes by units says so,
`staff_of_service(SERVICE.id, by_unit=True)`, and asks `calling_officer()`: its `units` are None for all, and
`.require(unit)` is a 404 for another's. A permission that `ServiceModule.permissions` declares can be asked
for by its id, `staff_of_service(SERVICE.id, "fares")`.

Other systems (a hospital's, an operator's) call with a key that the city hands out for one service and one
of its units:

    PARTNERS = partner_of_service(SERVICE.id, read="schedules", write="reports")

The scopes are declared in `ServiceModule.partner_scopes`. `calling_partner()` is who calls: its `unit` is the
only one it may see, and `.require(unit)` is a 404 for another's. With `open=True` anyone may read, and
`calling_partner_or_none()` tells the two apart. What it reads of citizens is a look (`toolkit.looks`) under
the name of the system.

An interface whose form is laid down elsewhere answers everything below its path in that form, every error
included, and its routes are declared from there on:

    FHIR = Dialect(below="/fhir", media="application/fhir+json", render=outcome, lenient=True)
    slots = service_blueprint(SERVICE.id, "fhir_slots", PARTNERS, "Slots", dialect=FHIR)

`@limited("10/minute")`, above what reads the input, is a limit of the route's own for each caller.

A service that is switched off answers 503 without running the route.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, g, jsonify
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, post_load, validate, validates_schema

from citizen_app.audit.operations import record as audit
from citizen_app.extensions import limiter
from citizen_app.kiosks.queries import KioskView
from citizen_app.partners.queries import Partner
from citizen_app.registry.behaviour import KioskOfScan
from citizen_app.registry.checks.routes import OPEN_WRITE
from citizen_app.secrecy.vault import current_vault
from citizen_app.staff.officers import Officer
from citizen_app.storage.keyset import Page, PageQuerySchema, PageSchema, page, page_of_matching, page_of_rows
from citizen_app.text import Language
from citizen_app.web.boundary.assurance import require, require_fresh
from citizen_app.web.boundary.audiences import (
    ANYONE,
    CITIZEN,
    Audience,
    api_blueprint,
    calling_officer,
    current_citizen,
    current_staff,
    kiosk_of_service,
    staff_of_service,
)
from citizen_app.web.boundary.dialects import Dialect, ProblemDocument, speak
from citizen_app.web.boundary.idempotency_keys import idempotent
from citizen_app.web.boundary.partners import calling_partner, calling_partner_or_none, partner_of_service
from citizen_app.web.boundary.uploads import UploadedFile, file_argument, large_body
from citizen_app.wire.faults import Refused
from citizen_app.wire.inputs import (
    ChangeSchema,
    ClientGeneratedId,
    Pattern,
    StrictBoolean,
    StrictInteger,
    StrictSchema,
)
from citizen_app.wire.language import caller_language, speaking
from citizen_app.wire.moments import Moment
from citizen_app.wire.outputs import MomentOut, TextOut
from citizen_app.wire.problems import InputError, Problem, invalid_input, load_part

View = Callable[..., Any]


def service_blueprint(
    service: str, name: str, audience: Audience, description: str, *, dialect: Dialect | None = None
) -> Blueprint:
    """A blueprint of a service for one audience; its OpenAPI tag is `<service>: <name>`. With a `dialect` its
    routes lie below the dialect's path, which several blueprints may share."""
    below = dialect.below if dialect is not None else ""
    blueprint = api_blueprint(
        f"{service}_{name}", audience, f"/api/v1/services/{service}{below}", description
    )
    blueprint.service = service
    if dialect is not None:
        speak(blueprint, dialect)
    return blueprint


def limited(words: str) -> Callable[[View], View]:
    """A limit of a route, for example `"10/minute;60/hour"`, for each caller, or each address where nobody is
    known: beyond it the answer is a 429 with `Retry-After`."""
    return limiter.limit(words)


def written_by_anyone(why: str) -> Callable[[View], View]:
    """Declare that an anonymous write is intended; `why` appears in the API document. Place it below
    `route`."""
    declared: Callable[[View], View] = Blueprint.doc(**{OPEN_WRITE: why})
    return declared


def citizen_ref(service: str) -> str:
    """The pairwise reference of the citizen who calls, for this service, in a route for citizens."""
    return current_vault().citizen_ref(service, current_citizen().citizen_id)


def calling_kiosk() -> KioskOfScan:
    """The kiosk that calls, in a route for the service's kiosks."""
    assert isinstance(g.caller, KioskView)
    return KioskOfScan(g.caller.id, g.caller.name, g.caller.place)


def calling_staff() -> str:
    """The user name of the member of staff who calls, in a route for staff."""
    return current_staff().username


def attachment(content: bytes, media_type: str, name: str) -> Response:
    """A file to download and keep, which no browser opens inside of a page; `name` is plain ASCII and says
    nothing about anybody. Above the route stands `@blueprint.response(200, content_type=media_type)`."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, content_type=media_type, headers=headers)


def language() -> Language:
    """The caller's language."""
    return caller_language()


__all__ = [
    "ANYONE",
    "CITIZEN",
    "RAISE",
    "Audience",
    "Blueprint",
    "ChangeSchema",
    "ClientGeneratedId",
    "Dialect",
    "InputError",
    "Moment",
    "MomentOut",
    "Officer",
    "Page",
    "PageQuerySchema",
    "PageSchema",
    "Partner",
    "Pattern",
    "Problem",
    "ProblemDocument",
    "Refused",
    "Schema",
    "StrictBoolean",
    "StrictInteger",
    "StrictSchema",
    "TextOut",
    "UploadedFile",
    "attachment",
    "audit",
    "calling_kiosk",
    "calling_officer",
    "calling_partner",
    "calling_partner_or_none",
    "calling_staff",
    "citizen_ref",
    "fields",
    "file_argument",
    "idempotent",
    "invalid_input",
    "jsonify",
    "kiosk_of_service",
    "language",
    "large_body",
    "limited",
    "load_part",
    "page",
    "page_of_matching",
    "page_of_rows",
    "partner_of_service",
    "post_load",
    "require",
    "require_fresh",
    "service_blueprint",
    "speaking",
    "staff_of_service",
    "validate",
    "validates_schema",
    "written_by_anyone",
]
