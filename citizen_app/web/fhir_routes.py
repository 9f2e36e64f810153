"""The routes of a FHIR facade: `metadata`, and for each type of resource search by GET and by POST, and
read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from flask import request
from flask_smorest import Blueprint
from marshmallow import Schema

from citizen_app.fhir.bundles import searchset
from citizen_app.fhir.capability import statement
from citizen_app.fhir.datatypes import BUNDLE, CAPABILITY_STATEMENT
from citizen_app.fhir.declared import BELOW, Facade, ResourceType
from citizen_app.fhir.elements import Json
from citizen_app.fhir.found import Found
from citizen_app.fhir.outcomes import outcome
from citizen_app.fhir.search import Asked, Search, is_id, read_search
from citizen_app.partners.queries import Partner
from citizen_app.text import Text
from citizen_app.web.boundary.dialects import Dialect
from citizen_app.web.boundary.partners import calling_partner, calling_partner_or_none
from citizen_app.wire.problems import Problem

MEDIA: Final = "application/fhir+json"
JSON: Final = (MEDIA, "application/json", "application/json+fhir", "json", "text/json")
FHIR: Final = Dialect(below=BELOW, media=MEDIA, render=outcome, lenient=True, statuses={422: 400})
NOBODY: Final = "00000000-0000-0000-0000-000000000000"
"""A unit with nothing in it."""
ONLY_JSON: Final = Text("这里只提供 JSON。", "This facade speaks JSON only.")
STALE: Final = Text("此后已有变化，请重新读取。", "It has changed since: read it again.")
Tell = Callable[[Found], None]


def speak_json() -> None:
    """Raise a 406 for whoever asks for another form than JSON, by `_format` or by `Accept`."""
    asked = request.args.get("_format")
    if asked is not None:
        spoken = asked.partition(";")[0].strip().replace(" ", "+").lower() in JSON
    else:
        accepted = request.accept_mimetypes
        spoken = not accepted or accepted.best_match([MEDIA, "application/json"]) is not None
    if not spoken:
        raise Problem("not-acceptable", ONLY_JSON)


def serve_metadata(blueprint: Blueprint, facade: Facade) -> None:
    """The CapabilityStatement. Raises `TypeError` where it would lie at another name than the facade's."""
    if blueprint.name != f"{facade.service.id}_fhir":
        raise TypeError('the blueprint with the metadata of a facade is called "fhir"')

    @blueprint.route("/metadata", methods=["GET"])
    @blueprint.response(200, CAPABILITY_STATEMENT)
    def metadata() -> Json:
        """The CapabilityStatement."""
        return statement(facade)


def add_type(blueprint: Blueprint, facade: Facade, kind: ResourceType, tell: Tell) -> None:
    """`search-type` by GET and by POST, and `read`, of one type; `tell` is called with what is shown."""

    def found(search: Search) -> Found:
        shown = kind.found(search, calling_unit(blueprint.audience.read))
        tell(shown)
        return shown

    def search() -> Json:
        asked = _search_of_request(kind)
        return searchset(facade, kind, found(asked), asked)

    def read(resource_id: str) -> Any:
        some = found(Search(kind.parameters, [Asked("_id", [resource_id])])).resources
        if not some:
            raise Problem("not-found")
        return with_version(some[0])

    def add(path: str, method: str, name: str, words: str, schema: type[Schema], view: Any) -> None:
        def route(**values: Any) -> Any:
            return view(**values)

        route.__name__, route.__doc__ = f"{name}_{kind.name.lower()}", words
        blueprint.route(f"/{kind.name}{path}", methods=[method])(blueprint.response(200, schema)(route))

    add("", "GET", "search", "Search by the parameters that `metadata` names.", BUNDLE, search)
    add("/_search", "POST", "search_form", "The same search, as a form.", BUNDLE, search)
    add("/<id:resource_id>", "GET", "read", "One resource.", kind.schema, read)


def calling_system() -> Partner:
    """The system that calls; one whose unit can be no id has one with nothing in it."""
    partner = calling_partner()
    return partner if is_id(partner.unit) else replace(partner, unit=NOBODY)


def calling_unit(scope: str) -> str | None:
    """The unit of the system that calls; None for whoever has no key for the scope: they see what anyone
    does."""
    partner = calling_partner_or_none()
    return calling_system().unit if partner is not None and partner.may(scope) else None


def with_version(resource: Mapping[str, Any]) -> Any:
    """An answer that names the version of the resource in its ETag."""
    version = resource.get("meta", {}).get("versionId")
    return (resource, 200, {"ETag": f'W/"{version}"'}) if version else resource


def require_version(resource: Mapping[str, Any]) -> None:
    """Raises a 409 where `If-Match` names another version of what is to be changed."""
    expected = request.headers.get("If-Match")
    if expected and expected.removeprefix("W/").strip('"') != resource["meta"]["versionId"]:
        raise Problem("conflict", STALE)


def _search_of_request(kind: ResourceType) -> Search:
    pairs = list(request.args.items(multi=True))
    if request.method == "POST":
        pairs += list(request.form.items(multi=True))
    prefer = request.headers.get("Prefer", "").replace(" ", "").lower()
    return read_search(kind.parameters, pairs, strict="handling=strict" in prefer)
