"""The routes of a plain entity, below `/api/v1/services/<id>/operator/<name>`."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from citizen_app.office import operations, queries
from citizen_app.office.columns import OfficeColumns
from citizen_app.office.declared import Office
from citizen_app.office.schemas import OfficeSchemas, schemas_of
from citizen_app.storage.keyset import Page
from citizen_app.web.boundary.audiences import calling_officer
from citizen_app.web.boundary.idempotency_keys import idempotent


def add_routes(blueprint: Blueprint, office: Office) -> None:
    """Put the routes of an entity into a blueprint for its service's staff. Raises `TypeError` where the
    blueprint's audience cannot keep units apart."""
    audience = blueprint.audience
    if audience.kind != "staff" or audience.service != office.service:
        raise TypeError(f"{office.name}: an office is for staff_of_service({office.service!r}, …)")
    if office.unit is not None and not audience.by_unit:
        raise TypeError(f"{office.name}: with unit=… its blueprint is for staff_of_service(…, by_unit=True)")
    if not hasattr(blueprint, "offices"):
        blueprint.offices = []
    blueprint.offices.append(office)
    schemas, address = schemas_of(office), f"/operator/{office.name}"
    _add_list(blueprint, office, schemas, address)
    _add_row(blueprint, office, schemas, f"{address}/<id:row_id>")
    _add_standing(blueprint, office, schemas, f"{address}/<id:row_id>")


def _add_list(blueprint: Blueprint, office: Office, schemas: OfficeSchemas, address: str) -> None:
    @blueprint.arguments(schemas.query, location="query")
    @blueprint.response(200, schemas.page)
    def listed(asked: dict[str, Any]) -> Page[OfficeColumns]:
        return queries.office_page(office, calling_officer(), **asked)

    @idempotent
    @blueprint.arguments(office.schema)
    @blueprint.response(201, schemas.row)
    @blueprint.alt_response(409)
    def create(body: dict[str, Any]) -> OfficeColumns:
        return operations.create(office, calling_officer(), body)

    _add(blueprint, office, address, "GET", listed, "list", "a list, newest first.")
    _add(blueprint, office, address, "POST", create, "create", "a new one.")


def _add_row(blueprint: Blueprint, office: Office, schemas: OfficeSchemas, address: str) -> None:
    @blueprint.response(200, schemas.row)
    def show(row_id: str) -> OfficeColumns:
        return queries.row_or_404(office, calling_officer(), row_id)

    @blueprint.arguments(schemas.change)
    @blueprint.response(200, schemas.row)
    @blueprint.alt_response(409)
    def change(body: dict[str, Any], row_id: str) -> OfficeColumns:
        return operations.change(office, calling_officer(), row_id, body.pop("version"), body)

    _add(blueprint, office, address, "GET", show, "show", "one of them.")
    words = "what is to change, and the `version` that was read; the rest stays."
    _add(blueprint, office, address, "PATCH", change, "change", words)


def _add_standing(blueprint: Blueprint, office: Office, schemas: OfficeSchemas, address: str) -> None:
    @blueprint.response(200, schemas.row)
    @blueprint.alt_response(409)
    def close(row_id: str) -> OfficeColumns:
        return operations.close(office, calling_officer(), row_id)

    @blueprint.response(200, schemas.row)
    @blueprint.alt_response(409)
    def reopen(row_id: str) -> OfficeColumns:
        return operations.reopen(office, calling_officer(), row_id)

    words = "out of use; what refers to it keeps it."
    _add(blueprint, office, f"{address}/close", "POST", close, "close", words)
    _add(blueprint, office, f"{address}/reopen", "POST", reopen, "reopen", "in use again.")


def _add(
    blueprint: Blueprint, office: Office, address: str, method: str, view: Any, action: str, words: str
) -> None:
    view.__name__ = f"{action}_{office.name}"
    view.__doc__ = f"{office.title.en}: {words}"
    blueprint.route(address, methods=[method])(view)
