"""The one-stop entry: what the city offers behind one code."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify
from flask.views import MethodView
from marshmallow import Schema, fields, validate

from citizen_app.keyset import MOST_PER_PAGE, PageQuerySchema, PageSchema, page_of_list
from citizen_app.language import caller_language
from citizen_app.registry.catalogue import CATEGORIES, search
from citizen_app.registry.contract import ServiceModule
from citizen_app.text import Language
from citizen_app.web.audiences import ANYONE, api_blueprint

blueprint = api_blueprint("entry", ANYONE, "/api/v1/services", "The one-stop entry")


class EntryQuerySchema(PageQuerySchema):
    """How to search: Chinese, pinyin (whole or initials) or English. Without `limit` a page is as long as pages get."""

    limit = fields.Integer(
        load_default=MOST_PER_PAGE,
        validate=validate.Range(min=1),
        metadata={"description": f"Items per page; more than {MOST_PER_PAGE} gives {MOST_PER_PAGE}."},
    )
    q = fields.String(load_default="", validate=validate.Length(max=100))
    category = fields.String(load_default=None, validate=validate.OneOf(sorted(CATEGORIES)))


class KioskActionSchema(Schema):
    """What kiosks of the service do with a code."""

    id = fields.String(required=True)
    title = fields.String(required=True)


class ServiceSchema(Schema):
    """One enabled service."""

    id = fields.String(required=True)
    version = fields.String(required=True)
    title = fields.String(required=True)
    summary = fields.String(required=True)
    owner = fields.String(required=True)
    icon = fields.String(required=True)
    category = fields.String(required=True)
    category_title = fields.String(required=True)
    join_mode = fields.String(required=True)
    kiosk_actions = fields.List(fields.Nested(KioskActionSchema), required=True)
    scopes = fields.List(
        fields.Dict(), required=True, metadata={"description": "What it may see of a citizen, and why."}
    )


class EntrySchema(PageSchema):
    """One page of enabled services, best match first."""

    items = fields.List(fields.Nested(ServiceSchema), required=True)


def described(descriptor: ServiceModule, language: Language) -> dict[str, Any]:
    """A service in one language."""
    return {
        "id": descriptor.id,
        "version": descriptor.version,
        "title": descriptor.title.say(language),
        "summary": descriptor.summary.say(language),
        "owner": descriptor.owner.say(language),
        "icon": descriptor.icon,
        "category": descriptor.category,
        "category_title": CATEGORIES[descriptor.category].say(language),
        "join_mode": descriptor.join_mode,
        "kiosk_actions": [{"id": p.id, "title": p.title.say(language)} for p in descriptor.purposes],
        "scopes": [{"name": s.name, "reason": s.reason.say(language)} for s in descriptor.scopes],
    }


@blueprint.route("")
class Services(MethodView):
    """Enabled services."""

    @blueprint.arguments(EntryQuerySchema, location="query")
    @blueprint.response(200, EntrySchema)
    def get(self, query: dict[str, Any]) -> Response:
        """List or search the services that are switched on."""
        language = caller_language()
        found = page_of_list(
            search(query["q"], query["category"]), "entry", lambda d: d.id, query["limit"], query["cursor"]
        )
        return jsonify(
            items=[described(descriptor, language) for descriptor in found.items],
            next_cursor=found.next_cursor,
        )
