"""The guide: questions in plain words."""

from __future__ import annotations

from typing import Any, Protocol

from flask import current_app
from flask.views import MethodView
from marshmallow import Schema, fields, validate
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from citizen_app.guide.finding import MOST_AT_FIRST, Answer, answers_to
from citizen_app.web.boundary.audiences import ANYONE, api_blueprint
from citizen_app.wire.inputs import StrictSchema
from citizen_app.wire.outputs import TextOut

blueprint = api_blueprint("guide", ANYONE, "/api/v1/guide", "Questions in plain words")


class GuideQuerySchema(StrictSchema):
    """A question; without one the guide shows what it is about."""

    q = fields.String(
        load_default="",
        validate=validate.Length(max=100),
        metadata={
            "description": "In Chinese, pinyin or English.",
            "example": "next bus from the railway station",
        },
    )


class AnswerSchema(Schema):
    """An answer, in the caller's language."""

    service = fields.String(required=True, metadata={"description": "A service's id, `code` or `family`."})
    title = TextOut(metadata={"description": "The question that it answers."})
    answer = TextOut()
    link = fields.Function(
        lambda answer: page_that_is(answer),
        required=True,
        metadata={"type": "string", "description": "The page where it is done, on this site."},
    )


class GuideSchema(Schema):
    """Answers, best first; the desk is among them where nothing fits well. Without a question one of each
    service."""

    items = fields.List(
        fields.Nested(AnswerSchema), required=True, validate=validate.Length(max=MOST_AT_FIRST)
    )


@blueprint.route("")
class Guide(MethodView):
    """The guide."""

    @blueprint.arguments(GuideQuerySchema, location="query")
    @blueprint.response(200, GuideSchema)
    def get(self, asked: dict[str, Any]) -> dict[str, list[Answer]]:
        """Answers to a question, best first, at most five; without one, one of each service."""
        return {"items": answers_to(asked["q"])}


class Linked(Protocol):
    """Something of a service that leads to a page."""

    @property
    def service(self) -> str: ...

    @property
    def link(self) -> str: ...


def page_that_is(answer: Linked) -> str:
    """Its page if this site has it; else where the pages of its service begin, else the entry: a
    service may have no pages."""
    return next(
        page for page in (answer.link, f"/services/{answer.service}/", "/") if page == "/" or _is_here(page)
    )


def _is_here(page: str) -> bool:
    try:
        current_app.url_map.bind("").match(page, "GET")
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return True
