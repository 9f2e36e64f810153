"""The one-stop entry: what the city offers behind one code."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView
from marshmallow import Schema, fields, validate

from citizen_app.consent.schemas import ScopeSchema
from citizen_app.guide.finding import services_for
from citizen_app.registry.catalogue import CATEGORIES
from citizen_app.registry.contract import ServiceModule
from citizen_app.storage.keyset import MOST_PER_PAGE, Page, PageQuerySchema, PageSchema, page_of_list
from citizen_app.web.boundary.audiences import ANYONE, api_blueprint
from citizen_app.wire.outputs import TextOut

blueprint = api_blueprint("entry", ANYONE, "/api/v1/services", "The one-stop entry")


class EntryQuerySchema(PageQuerySchema):
    """How to search: Chinese, pinyin (whole or initials) or English, typed in part or put as a question.
    Without `limit` a page is as long as pages get."""

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
    title = TextOut()


class ServiceSchema(Schema):
    """One enabled service, dumped from its descriptor."""

    id = fields.String(required=True)
    version = fields.String(required=True)
    title = TextOut()
    summary = TextOut()
    owner = TextOut()
    icon = fields.String(required=True)
    category = fields.String(required=True)
    category_title = TextOut(lambda service: CATEGORIES[service.category])
    join_mode = fields.String(required=True)
    kiosk_actions = fields.List(fields.Nested(KioskActionSchema), attribute="purposes", required=True)
    scopes = fields.List(
        fields.Nested(ScopeSchema),
        required=True,
        metadata={"description": "What it may see of a citizen, why, and on which basis."},
    )


class EntrySchema(PageSchema):
    """One page of enabled services, best match first."""

    items = fields.List(fields.Nested(ServiceSchema), required=True)


@blueprint.route("")
class Services(MethodView):
    """Enabled services."""

    @blueprint.arguments(EntryQuerySchema, location="query")
    @blueprint.response(200, EntrySchema)
    def get(self, query: dict[str, Any]) -> Page[ServiceModule]:
        """List or search the services that are switched on."""
        found = services_for(query["q"], query["category"])
        return page_of_list(found, "entry", lambda service: service.id, query["limit"], query["cursor"])
