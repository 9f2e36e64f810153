"""Staff look after the installed services."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, jsonify, request
from flask.views import MethodView
from marshmallow import fields

from citizen_app.approvals.models import Approval
from citizen_app.approvals.operations import ask
from citizen_app.approvals.schemas import ApprovalSchema, WaitingSchema
from citizen_app.audit.operations import record
from citizen_app.registry import state
from citizen_app.registry.fields import json_schema_of
from citizen_app.registry.lineages import why_not_ready
from citizen_app.registry.modules import InstalledModule, current_registry
from citizen_app.staff.callers import StaffCaller
from citizen_app.storage.keyset import PageQuerySchema, PageSchema, page_of_list
from citizen_app.storage.transactions import current_connection
from citizen_app.web.boundary.audiences import api_blueprint, current_staff, staff
from citizen_app.web.boundary.openapi import DECLARED_FIELDS, declared_fields
from citizen_app.web.open_api.entry import ServiceSchema
from citizen_app.wire.language import caller_language
from citizen_app.wire.problems import Problem

blueprint = api_blueprint(
    "admin_services",
    staff(read="services.read", write="services.manage"),
    "/api/v1/admin/services",
    "Staff: installed services",
)


class InstalledServiceSchema(ServiceSchema):
    """An installed service with its standing."""

    enabled = fields.Boolean(required=True)
    granted_scopes = fields.List(fields.String(), required=True)
    declared_scopes = fields.List(fields.String(), required=True)
    settings = fields.Dict(required=True, metadata={"description": "What is in force."})
    settings_schema = fields.Dict(required=True, metadata={"description": "JSON Schema of the settings."})
    circuit_open = fields.Boolean(required=True)


class InspectedServiceSchema(InstalledServiceSchema):
    """One installed service, with what it says about its own health."""

    health = fields.Dict(required=True)


class InstalledServicesSchema(PageSchema):
    """One page of installed services."""

    items = fields.List(fields.Nested(InstalledServiceSchema), required=True)


_DECLARED: Final = ServiceSchema()
APPROVAL: Final = ApprovalSchema()


def inspected(module: InstalledModule) -> dict[str, Any]:
    """A service as staff see it."""
    standing, language = state.standing_of(module.id), caller_language()
    return {
        **_DECLARED.dump(module.descriptor),
        "enabled": standing.enabled,
        "granted_scopes": sorted(state.granted_scopes(module)),
        "declared_scopes": sorted(module.descriptor.scope_names()),
        "settings": dict(state.settings_of(module)),
        "settings_schema": json_schema_of(module.descriptor.settings, language),
        "circuit_open": module.breaker.is_open,
    }


@blueprint.route("")
class InstalledServices(MethodView):
    """Every installed service, on or off."""

    @blueprint.arguments(PageQuerySchema, location="query")
    @blueprint.response(200, InstalledServicesSchema)
    def get(self, asked: dict[str, Any]) -> Response:
        """List installed services."""
        caller = current_staff()
        seen = [module for module in current_registry() if caller.may("services.read", module.id)]
        found = page_of_list(seen, "installed-services", lambda module: module.id, **asked)
        return jsonify(items=[inspected(module) for module in found.items], next_cursor=found.next_cursor)


@blueprint.route("/<string:service>")
class InstalledService(MethodView):
    """One installed service."""

    @blueprint.response(200, InspectedServiceSchema)
    def get(self, service: str) -> Response:
        """Inspect a service."""
        module = _of_caller(service, "services.read")
        return jsonify(**inspected(module), health=dict(module.hooks.health()))


@blueprint.route("/<string:service>/enable")
class Enabling(MethodView):
    """Switching on."""

    @blueprint.response(200, InstalledServiceSchema)
    @blueprint.alt_response(409)
    @blueprint.alt_response(202, schema=WaitingSchema)
    def post(self, service: str) -> Response | tuple[Response, int]:
        """Switch a service on with the scopes it declares; effective in every worker within two seconds.
        Scopes that it did not have before need a second person: 202, and it is done when they approve."""
        module = _of_caller(service, "services.manage")
        asked = switch_on(module, current_staff())
        if asked is not None and asked.state == "pending":
            return jsonify(approval=APPROVAL.dump(asked)), 202
        return jsonify(
            {**inspected(module), "enabled": True, "granted_scopes": sorted(module.descriptor.scope_names())}
        )


@blueprint.route("/<string:service>/disable")
class Disabling(MethodView):
    """Switching off."""

    @blueprint.response(200, InstalledServiceSchema)
    def post(self, service: str) -> Response:
        """Switch a service off; its scans are refused and its routes answer 503."""
        module = _of_caller(service, "services.manage")
        state.disable(module.id)
        record("service.disable", "service", service)
        return jsonify({**inspected(module), "enabled": False})


@blueprint.route("/<string:service>/settings")
class ServiceSettings(MethodView):
    """Settings by the service's declared schema."""

    @blueprint.response(200, InstalledServiceSchema)
    @blueprint.alt_response(415)
    @blueprint.alt_response(422)
    @blueprint.doc(requestBody=DECLARED_FIELDS)
    def put(self, service: str) -> Response:
        """Choose the service's settings. The body holds fields of `settings_schema`; what is left out takes
        its default."""
        module = _of_caller(service, "services.manage")
        values = declared_fields(request)
        chosen = state.change_settings(service, values)
        record("service.settings", "service", service, names=sorted(values))
        return jsonify({**inspected(module), "settings": dict(chosen)})


def switch_on(module: InstalledModule, caller: StaffCaller, reason: str = "") -> Approval | None:
    """Switch a service on, at once where it sees nothing new; else ask a second person, whose approval does
    it. Raises a 409 for a service whose tables are not ready."""
    behind = why_not_ready(current_connection(), module, current_registry())
    if behind is not None:
        raise Problem("conflict", behind)
    scopes = sorted(module.descriptor.scope_names())
    if state.widening(module):
        wanted = {"service": module.id, "scopes": scopes}
        return ask("service.scopes", wanted, caller, service=module.id, reason=reason)
    state.enable(module.id)
    record("service.enable", "service", module.id, scopes=scopes)
    return None


def _of_caller(service: str, permission: str) -> InstalledModule:
    module = state.module_of(service)
    if not current_staff().may(permission, service):
        raise Problem("not-found")
    return module
