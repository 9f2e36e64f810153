"""The API document: OpenAPI 3.1 from the schemas that validate, and the strict request parser behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flask import Flask, Request
from marshmallow import RAISE, Schema, fields
from webargs.flaskparser import FlaskParser

from citizen_app.extensions import api
from citizen_app.problems import InputError, Problem
from citizen_app.text import Text
from citizen_app.web.strict_json import strict_loads

VERSION: Final = "1.0.0"

SEND_A_FORM: Final = Text("请以 multipart/form-data 发送文件。", "Send the file as multipart/form-data.")


class StrictParser(FlaskParser):
    """Unknown and repeated fields are refused wherever they stand; a body that is not JSON is 415, broken JSON 400."""

    DEFAULT_UNKNOWN_BY_LOCATION = {  # noqa: RUF012  (as the parser declares it)
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": RAISE,
        "json": RAISE,
        "files": RAISE,
    }

    def use_args(self, argmap: Any, *args: Any, **kwargs: Any) -> Callable[..., Any]:
        """Make the schema once, when the route is declared, not for every request."""
        schema = argmap() if isinstance(argmap, type) else argmap
        decorator: Callable[..., Any] = super().use_args(schema, *args, **kwargs)
        return decorator

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The JSON body, parsed strictly; an absent body is an empty object."""
        body = req.get_data(cache=True)
        if not body:
            return {}
        if not req.is_json:
            raise Problem("unsupported-media-type")
        try:
            return strict_loads(body)
        except ValueError as error:
            raise Problem("bad-request", errors=[InputError("/", str(error))]) from error

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """The query, each parameter once."""
        for name in req.args:
            if len(req.args.getlist(name)) > 1 and not isinstance(schema.fields.get(name), fields.List):
                raise Problem("invalid-input", errors=[InputError(f"?{name}", "stands more than once")])
        return super().load_querystring(req, schema)

    def load_files(self, req: Request, schema: Schema) -> Any:
        """The files of a form, each once, and nothing beside them."""
        if req.mimetype != "multipart/form-data":
            raise Problem("unsupported-media-type", SEND_A_FORM)
        for name in req.form:
            raise Problem("invalid-input", errors=[InputError(f"/{name}", "Unknown field.")])
        for name in req.files:
            if len(req.files.getlist(name)) > 1:
                raise Problem("invalid-input", errors=[InputError(f"/{name}", "stands more than once")])
        return super().load_files(req, schema)


class ProblemSchema(Schema):
    """RFC 9457 problem document."""

    type = fields.String(required=True, metadata={"example": "/problems/invalid-input"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    request_id = fields.String(allow_none=True)
    errors = fields.List(fields.Dict(keys=fields.String(), values=fields.String()))


def configure_api(app: Flask) -> None:
    """Set up flask-smorest: one document at `/api/openapi.json`."""
    app.config.update(
        API_TITLE="Citizen App",
        API_VERSION=f"v{VERSION}",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "info": {
                "description": "The citizen code: one signed code, any kiosk, pluggable city services.",
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        },
    )
    api._register_error_handlers = lambda: None  # the problems of `web.errors` answer for everything
    api.ERROR_SCHEMA = ProblemSchema
    api.init_app(app)
