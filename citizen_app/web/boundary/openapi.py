"""The API document: OpenAPI 3.1 from the schemas that validate, and the strict request parser behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flask import Flask, Request
from marshmallow import RAISE, Schema, fields, validate
from webargs.flaskparser import FlaskParser

from citizen_app.extensions import LazyApi
from citizen_app.ids import IdConverter
from citizen_app.registry.contract import SCOPES
from citizen_app.rights.schemas import ObstacleSchema
from citizen_app.text import Text
from citizen_app.web.boundary.openapi_responses import SECURITY_SCHEMES, BoundaryPlugin
from citizen_app.wire.inputs import NOTHING_TO_CHANGE
from citizen_app.wire.problem_types import TYPES
from citizen_app.wire.problems import MOST_ERRORS, InputError, Problem, invalid_input
from citizen_app.wire.strict_json import BrokenJson, DuplicateKey, strict_loads

VERSION: Final = "1.0.0"

TWICE: Final = Text("出现了不止一次", "stands more than once")
UNKNOWN: Final = "Unknown field."
"""marshmallow's, for what it is not asked about."""
SEND_AN_OBJECT: Final = Text("应为一个对象，内含声明的各项", "send an object with the declared fields")
SEND_A_FORM: Final = Text("请以 multipart/form-data 发送文件。", "Send the file as multipart/form-data.")


def json_body(req: Request, *, any_text: bool = False) -> Any:
    """The JSON of a request; with `any_text` the schema judges what is no Unicode text.

    Raises a 415 for what does not say that it is JSON, a 400 for what is none, a 422 for an object that names
    a member twice.
    """
    if not req.is_json:
        raise Problem("unsupported-media-type")
    try:
        return strict_loads(req.get_data(cache=True), any_text=any_text)
    except DuplicateKey as error:
        raise invalid_input("/", error.words) from error
    except BrokenJson as error:
        raise Problem("bad-request", errors=[InputError("/", error.words)]) from error


def declared_fields(req: Request) -> dict[str, Any]:
    """The body of an operation whose fields are declared elsewhere: an object, still to be checked. Raises as
    `json_body`, and a 422."""
    body = json_body(req)
    if not isinstance(body, dict):
        raise invalid_input("/", SEND_AN_OBJECT)
    return body


class StrictParser(FlaskParser):
    """Unknown and repeated fields are refused everywhere; a body that is not JSON is a 415, malformed JSON a
    400."""

    DEFAULT_UNKNOWN_BY_LOCATION = {  # noqa: RUF012  (as the parser declares it)
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": RAISE,
        "json": RAISE,
        "files": RAISE,
    }
    refuses_unknown_parameters = True

    def use_args(self, argmap: Any, *args: Any, **kwargs: Any) -> Callable[..., Any]:
        """Make the schema once, when the route is declared, not for every request."""
        schema = argmap() if isinstance(argmap, type) else argmap
        decorator: Callable[..., Any] = super().use_args(schema, *args, **kwargs)
        return decorator

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The JSON body, parsed strictly; an absent body is an empty object, and of a change (PATCH) it is a
        mistake."""
        any_text: bool = getattr(schema, "judges_texts", False)
        body = json_body(req, any_text=any_text) if req.get_data(cache=True) else {}
        if req.method == "PATCH" and body == {}:
            raise invalid_input("/", NOTHING_TO_CHANGE)
        return body

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """The query, each parameter once."""
        declared = {one.data_key or name: one for name, one in schema.fields.items()}
        for name in req.args:
            if name not in declared and not self.refuses_unknown_parameters:
                continue
            if len(req.args.getlist(name)) > 1 and not isinstance(declared.get(name), fields.List):
                raise invalid_input(f"?{name}", TWICE)
        return super().load_querystring(req, schema)

    def load_files(self, req: Request, schema: Schema) -> Any:
        """The files of a form, each once, and nothing beside them."""
        if req.mimetype != "multipart/form-data":
            raise Problem("unsupported-media-type", SEND_A_FORM)
        for name in req.form:
            raise Problem("invalid-input", errors=[InputError(f"/{name}", UNKNOWN)])
        for name in req.files:
            if len(req.files.getlist(name)) > 1:
                raise invalid_input(f"/{name}", TWICE)
        return super().load_files(req, schema)


class InputErrorSchema(Schema):
    """One fault in the input."""

    pointer = fields.String(
        required=True,
        metadata={
            "description": "JSON Pointer (RFC 6901) into the body, `?name` for a query parameter, or the name of a header."
        },
    )
    message = fields.String(required=True)


class ProblemSchema(Schema):
    """RFC 9457 problem document; `title` and `detail` in the caller's language."""

    type = fields.String(required=True, validate=validate.OneOf([f"/problems/{slug}" for slug in TYPES]))
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    request_id = fields.String(
        required=True, allow_none=True, metadata={"description": "Quote it when you ask for help."}
    )
    opens_at = fields.DateTime(metadata={"description": "When bookings of what is not open yet are taken."})
    suspended_until = fields.DateTime(metadata={"description": "Until when booking is suspended."})
    state = fields.String(metadata={"description": "The state of a thing that cannot be moved as `wanted`."})
    wanted = fields.String(metadata={"description": "The state that it cannot be moved to."})
    required_level = fields.Integer(
        metadata={"description": "Of `assurance-too-low`: the level that is needed."}
    )
    max_age = fields.Integer(
        metadata={"description": "Of `reauthentication-required`: how old the proof may be, in seconds."}
    )
    tries_left = fields.Integer(
        metadata={
            "description": "Of `identity-proof-required`: how often the end of a document may be given."
        }
    )
    scopes = fields.List(
        fields.String(validate=validate.OneOf(sorted(SCOPES))),
        validate=validate.Length(max=len(SCOPES)),
        metadata={"description": "Of `consent-missing`: the fields that the service cannot do without."},
    )
    against = fields.List(
        fields.Nested(ObstacleSchema),
        validate=validate.Length(max=10),
        metadata={"description": "What has to be settled before an account can be closed."},
    )
    next_step = fields.String(metadata={"description": "The address of this API that helps on."})
    errors = fields.List(
        fields.Nested(InputErrorSchema),
        validate=validate.Length(max=MOST_ERRORS),
        metadata={"description": "Each fault of the input, the first hundred of them."},
    )


DECLARED_FIELDS: Final[dict[str, Any]] = {
    "required": True,
    "description": "The fields that are declared elsewhere, as a JSON Schema.",
    "content": {"application/json": {"schema": {"type": "object", "additionalProperties": True}}},
}
"""The body of an operation whose fields a service declares; `@blueprint.doc(requestBody=DECLARED_FIELDS)`."""

DESCRIPTION: Final = """The citizen code: one signed code, any kiosk, pluggable city services.

JSON in UTF-8; times RFC 3339; money in hundredths of the currency (分); ids are opaque. Unknown fields are refused. Every error is a
problem document (RFC 9457) in the language of `Accept-Language` (zh-CN, en). Lists answer `items` and `next_cursor`; a `limit` above
the most gives the most. Writes carry an id of their own (`scan_id`) or take an `Idempotency-Key`: a repetition gets the stored answer.
"""


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
                "description": DESCRIPTION,
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "servers": [{"url": "/", "description": "This installation."}],
            "components": {
                "securitySchemes": {
                    name: {"type": "http", "scheme": "bearer", "description": description}
                    for name, description in SECURITY_SCHEMES.items()
                }
            },
        },
    )
    app.extensions["api"] = api = LazyApi()
    api.ERROR_SCHEMA = ProblemSchema
    api.DEFAULT_ERROR_RESPONSE_NAME = None  # every status is named by `BoundaryPlugin`
    api._register_error_handlers = lambda: None  # the problems of `web.errors` answer for everything
    api._register_responses = lambda: None
    api._register_pagination_header = lambda: None  # our lists go by cursor
    api.init_app(app, spec_kwargs={"extra_plugins": [BoundaryPlugin(app)]})
    api.register_converter(IdConverter, lambda _: {"type": "string", "pattern": f"^{IdConverter.regex}$"})
