"""`/p/<token>`: what any camera opens that reads a poster. Opening it writes nothing; one tap does.

Whoever is not signed in is told the same as everybody, and offered to sign in and come back. A poster for a
public page of a service leads straight there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Response, make_response, render_template, request, url_for
from marshmallow import Schema, fields, validate

from citizen_app.citizens.tokens import SignedInCitizen
from citizen_app.consent.notice import approved_scopes
from citizen_app.delegations.queries import WardLine, wards_of
from citizen_app.delegations.showing import shown_ward
from citizen_app.extensions import limiter
from citizen_app.flask_globals import request_globals
from citizen_app.ids import new_id
from citizen_app.kiosks.drawing import draw_poster
from citizen_app.kiosks.places import VOID, Place, address_of, place_of_token, poster_of_token
from citizen_app.registry.fields import schema_of
from citizen_app.registry.page_blueprints import PageBlueprint
from citizen_app.registry.state import module_of, standing_of
from citizen_app.scans.attempt import OwnPhone
from citizen_app.scans.decisions import TONES, Answer
from citizen_app.scans.own_phone import (
    answer_at_place,
    asked_of_phone,
    complete_at_place,
    decide_at_place,
)
from citizen_app.settings import current_settings
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from citizen_app.web.boundary.audiences import ANYONE, current_citizen
from citizen_app.web.boundary.page_callers import CITIZEN_ON_PAGES, citizen_of_cookie
from citizen_app.web.boundary.unit_of_work import opens_its_own_units
from citizen_app.web.citizen_api.consents import FOR_A_WARD
from citizen_app.web.forms.form import Form
from citizen_app.web.pages.mine.start import me
from citizen_app.wire.inputs import ClientGeneratedId, StrictSchema
from citizen_app.wire.problems import Problem

ONESELF: Final = "self"
MYSELF: Final = Text("本人 {name}", "Myself, {name}")
TOO_LOW: Final = "assurance_too_low"
REMEDIES: Final = {"consent_missing", TOO_LOW}
"""Refusals that somebody can put right on a page of their own."""
NEVER_STORED: Final = {"Cache-Control": "no-store"}

blueprint = PageBlueprint("places", ANYONE)
tapping = PageBlueprint("place_scans", CITIZEN_ON_PAGES)


class TapSchema(StrictSchema):
    """What the button of a place's page sends, besides what the purpose asks for."""

    scan_id = ClientGeneratedId(required=True)
    who = fields.String(
        required=True,
        validate=validate.Length(1, 40),
        metadata={"label": Text("为谁办理", "For whom"), "input": "radio"},
    )


@blueprint.get("/p/<token>")
def opened(token: str) -> Response:
    """Who asks what, where, and which address is true."""
    place = _hanging(token)
    if place.page_address is not None:
        return Response(status=302, headers={"Location": place.page_address, **NEVER_STORED})
    request_globals().caller = citizen_of_cookie()  # who is signed in here; anybody may read on
    return _drawn(token, place, Form(_schema(place)))


@blueprint.get("/p/<token>/poster")
def poster(token: str) -> str:
    """The poster itself, to be printed."""
    picture = draw_poster(poster_of_token(token), address_of(token), current_settings().city).decode()
    return render_template("pages/poster.html", picture=picture)


@tapping.post("/p/<token>")
@limiter.limit("60/minute")
@opens_its_own_units
def tap(token: str) -> Response:
    """One tap: the walk."""
    with transaction(reading=True):
        place = place_of_token(token)  # a void poster and a closed service are for the walk to refuse
        form = Form(_schema(place), request.form)
    try:
        sent = form.load()
        with transaction(reading=True):
            phone = _phone(sent.pop("who"))
        answer = decide_at_place(phone, token, scan_id=sent.pop("scan_id"), context=sent)
    except Problem as problem:
        return _again(problem, form, lambda: _drawn(token, place, form))
    return _to(f"/p/{token}/{answer.scan_id}")


@tapping.get("/p/<token>/<id:scan_id>")
def result(token: str, scan_id: str) -> Response:
    """What was decided; or what else is asked."""
    place = place_of_token(token)
    whose, answer = _own_answer(place, scan_id)
    form = Form(schema_of(answer.verdict.asked)) if answer.verdict.asked else None
    return _told(token, place, whose, answer, form)


@tapping.post("/p/<token>/<id:scan_id>")
@limiter.limit("60/minute")
@opens_its_own_units
def complete(token: str, scan_id: str) -> Response:
    """The input that the service needed."""
    with transaction(reading=True):
        place = place_of_token(token)
        whose, answer = _own_answer(place, scan_id)
        form = Form(schema_of(answer.verdict.asked), request.form)
    try:
        complete_at_place(OwnPhone(whose, 0), token, scan_id, form.load())
    except Problem as problem:
        return _again(problem, form, lambda: _told(token, place, whose, answer, form))
    return _to(f"/p/{token}/{scan_id}")


def _again(problem: Problem, form: Form, draw: Callable[[], Response]) -> Response:
    """The same page with what is wrong, where that is a matter of its form."""
    if problem.kind.slug == "gone" or not form.refuse(problem):
        raise problem
    with transaction(reading=True):
        drawn = draw()
    drawn.status_code = problem.kind.status
    return drawn


def _hanging(token: str) -> Place:
    place = place_of_token(token)
    if place.is_void:
        raise Problem("gone", VOID)
    if place.purpose is not None and not standing_of(place.kiosk.service).enabled:
        raise Problem("service-disabled")
    return place


def _schema(place: Place) -> Schema:
    """The tap, and what the purpose asks for that the place does not say."""
    asked = {field.name: field.as_marshmallow() for field in asked_of_phone(place)}
    made: type[Schema] = TapSchema.from_dict(dict(asked), name="Tap")
    return made()


def _drawn(token: str, place: Place, form: Form) -> Response:
    caller = request_globals().get("caller")
    module, service = module_of(place.kiosk.service), place.kiosk.service
    form.hide(scan_id=new_id())
    shown: dict[str, Any] = {}
    if isinstance(caller, SignedInCitizen):
        wards, myself = _wards_at(caller, service), _oneself()
        form.choose("who", [(ONESELF, myself), *((w.delegation_id, _called(w)) for w in wards)])
        if wards:
            form.start(who=ONESELF)
        else:
            form.hide(who=ONESELF)
        shown.update(myself=myself, wards=wards)
    page = render_template(
        "pages/place.html",
        place=place,
        form=form,
        service=module.descriptor,
        scopes=approved_scopes(module),
        host=urlsplit(current_settings().public_url).netloc,
        here_again=f"/p/{token}",
        **shown,
    )
    return make_response(page, NEVER_STORED)


def _told(token: str, place: Place, whose: str, answer: Answer, form: Form | None) -> Response:
    verdict, remedy = answer.verdict, None
    if verdict.reason in REMEDIES:
        remedy = _remedy(place.kiosk.service, whose, verdict.reason, f"/p/{token}")
    page = render_template(
        "pages/place_result.html",
        place=place,
        verdict=verdict,
        at=answer.server_time,
        tone=TONES[verdict.decision],
        form=form,
        remedy=remedy,
        here_again=f"/p/{token}",
    )
    return make_response(page, NEVER_STORED)


def _remedy(service: str, whose: str, reason: str, back: str) -> str | None:
    """Where it is put right, and from there back to the poster; None where only the ward can, or where this
    agent may not."""
    caller = current_citizen()
    if reason == TOO_LOW:
        return url_for("mine.prove", next=back) if whose == caller.citizen_id else None
    if whose == caller.citizen_id:
        return url_for("mine.consent", service=service, next=back)
    for ward in _wards_at(caller, service):
        if ward.citizen_id == whose and ward.kind in FOR_A_WARD:
            return url_for("wards.consent", delegation_id=ward.delegation_id, service=service, next=back)
    return None


def _phone(who: str) -> OwnPhone:
    caller = current_citizen()
    if who == ONESELF:
        return OwnPhone(caller.citizen_id, caller.subject_number)
    return OwnPhone(*shown_ward(caller.citizen_id, who))


def _own_answer(place: Place, scan_id: str) -> tuple[str, Answer]:
    """The answer to a scan of the caller's, or of somebody for whom they act now."""
    caller = current_citizen()
    people = [caller.citizen_id, *(ward.citizen_id for ward in _wards_at(caller, place.kiosk.service))]
    return answer_at_place(people, place, scan_id)


def _wards_at(caller: SignedInCitizen, service: str) -> list[WardLine]:
    return [w for w in wards_of(caller.citizen_id) if w.services is None or service in w.services]


def _oneself() -> Text:
    seen = me()
    return MYSELF.fill(name=seen.name or seen.phone or "")


def _called(ward: WardLine) -> Text:
    name = ward.masked_name or "***"
    return Text(name, name)


def _to(address: str) -> Response:
    return Response(status=303, headers={"Location": address, **NEVER_STORED})
