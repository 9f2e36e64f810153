"""Place codes in the console: posters that citizens' phones read. An operator of one service sees and prints
that service's only."""

from __future__ import annotations

from typing import Any, Final

from flask import Response

from citizen_app.kiosks import places, posters
from citizen_app.kiosks.drawing import draw_poster
from citizen_app.kiosks.models import PlaceCode
from citizen_app.kiosks.place_schemas import (
    NewPlaceCodeSchema,
    PlaceCodePageSchema,
    PlaceCodeQuerySchema,
    PlaceCodeSchema,
)
from citizen_app.kiosks.poster_pdf import poster_pdf
from citizen_app.registry.public_pages import is_public_page
from citizen_app.settings import current_settings
from citizen_app.storage.keyset import Page
from citizen_app.text import Text
from citizen_app.web.admin_api.kiosks import purposes_of
from citizen_app.web.boundary.audiences import api_blueprint, current_staff, staff
from citizen_app.web.boundary.idempotency_keys import idempotent

SVG: Final = "image/svg+xml"
PICTURE: Final = {
    "responses": {200: {"content": {SVG: {"schema": {"type": "string", "format": "binary"}}}}},
}
PDF: Final = "application/pdf"
SHEET: Final = {
    "responses": {200: {"content": {PDF: {"schema": {"type": "string", "format": "binary"}}}}},
}

blueprint = api_blueprint(
    "admin_place_codes",
    staff(read="kiosks.read", write="kiosks.manage"),
    "/api/v1/admin/place-codes",
    "Place codes: posters that citizens' phones read.",
)


@blueprint.route("", methods=["GET"])
@blueprint.arguments(PlaceCodeQuerySchema, location="query")
@blueprint.response(200, PlaceCodePageSchema)
def list_place_codes(filters: dict[str, Any]) -> Page[PlaceCode]:
    """Posters that hang, newest first."""
    return places.place_code_page(services=current_staff().services("kiosks.read"), **filters)


@blueprint.route("", methods=["POST"])
@idempotent
@blueprint.arguments(NewPlaceCodeSchema)
@blueprint.response(201, PlaceCodeSchema)
def create_place_code(body: dict[str, Any]) -> PlaceCode:
    """Create a place and print its first poster."""
    current_staff().require("kiosks.manage", body["service"])
    place, title = Text(**body.pop("place")), body.pop("title", None)
    return posters.create(
        **body,
        place=place,
        title=Text(**title) if title else None,
        purposes_of=purposes_of,
        is_public_page=is_public_page,
    )


@blueprint.route("/<id:place_id>", methods=["GET"])
@blueprint.response(200, PlaceCodeSchema)
def show_place_code(place_id: str) -> PlaceCode:
    """One place with its newest poster."""
    return places.place_code_or_404(place_id, current_staff().services("kiosks.read"))


@blueprint.route("/<id:place_id>/poster", methods=["GET"])
@blueprint.response(200)
@blueprint.alt_response(410)
@blueprint.doc(**PICTURE)
def place_code_poster(place_id: str) -> Response:
    """The poster that hangs, to be printed on A5 or larger; another copy of it, not a new print."""
    found = places.place_code_or_404(place_id, current_staff().services("kiosks.read"))
    drawn = draw_poster(
        places.poster_of_token(found.token), places.address_of(found.token), current_settings().city
    )
    return Response(drawn, mimetype=SVG)


@blueprint.route("/<id:place_id>/poster.pdf", methods=["GET"])
@blueprint.response(200)
@blueprint.alt_response(410)
@blueprint.doc(**SHEET)
def place_code_sheet(place_id: str) -> Response:
    """The poster that hangs, as a PDF of A5 for printers that take no SVG."""
    found = places.place_code_or_404(place_id, current_staff().services("kiosks.read"))
    hanging = places.poster_of_token(found.token)
    content = poster_pdf(hanging, places.address_of(found.token), current_settings().city)
    name = f"place-{found.kiosk.number}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype=PDF, headers=headers)


@blueprint.route("/<id:place_id>/print", methods=["POST"])
@idempotent
@blueprint.response(200, PlaceCodeSchema)
@blueprint.alt_response(409)
def print_place_code(place_id: str) -> PlaceCode:
    """Print anew: the poster that hangs is void from now on."""
    return posters.print_anew(_to_manage(place_id))


@blueprint.route("/<id:place_id>/void", methods=["POST"])
@blueprint.response(200, PlaceCodeSchema)
def void_place_code(place_id: str) -> PlaceCode:
    """Take the poster out of use, everywhere and at once."""
    return posters.void(_to_manage(place_id))


def _to_manage(place_id: str) -> str:
    found = places.place_code_or_404(place_id, current_staff().services("kiosks.read"))
    current_staff().require("kiosks.manage", found.kiosk.service)
    return found.kiosk_id
