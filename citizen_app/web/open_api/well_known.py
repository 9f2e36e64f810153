"""What a reader of codes needs to know about this city: keys, format, sizes."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify
from flask.views import MethodView
from marshmallow import Schema, fields, validate

from citizen_app import clock
from citizen_app.codes.armour import PREFIX
from citizen_app.codes.cose import Algorithm, to_base64url
from citizen_app.codes.keys import key_ring
from citizen_app.settings import current_settings
from citizen_app.web.boundary.audiences import ANYONE, api_blueprint

FORMAT_VERSION = 1
JOSE_NAMES = {Algorithm.EDDSA: "EdDSA", Algorithm.ES256: "ES256"}  # RFC 8037 §3.1, RFC 7518 §3.1
blueprint = api_blueprint("well_known", ANYONE, "/.well-known", "Published keys")


class IssuerKeySchema(Schema):
    """One trusted key: the COSE_Key by its labels (byte strings in base64url), and the same as JWK."""

    kid = fields.String(required=True, metadata={"description": "Eight hexadecimal digits."})
    state = fields.String(required=True, metadata={"enum": ["active", "passive"]})
    activate_at = fields.String(required=True, metadata={"format": "date-time"})
    cose_key = fields.Dict(required=True)
    jwk = fields.Dict(required=True)


class KeyDocumentSchema(Schema):
    """The published key document."""

    format = fields.String(required=True)
    format_version = fields.Integer(required=True)
    division_code = fields.String(required=True)
    city = fields.Dict(required=True)
    keys = fields.List(
        fields.Nested(IssuerKeySchema),
        required=True,
        validate=validate.Length(max=255),
        metadata={"description": "One byte of the kid counts them."},
    )
    status_lists = fields.List(fields.String(), required=True)
    server_time = fields.String(required=True, metadata={"format": "date-time"})


@blueprint.route("/citizen-code")
class KeyDocument(MethodView):
    """Keys of this city's codes."""

    @blueprint.response(200, KeyDocumentSchema)
    def get(self) -> Response:
        """Issuer keys that a reader may trust, with the version of the format; a disabled key is not in
        it."""
        settings, ring = current_settings(), key_ring()
        keys: list[dict[str, Any]] = [
            {
                "kid": key.kid.hex(),
                "state": ring.state(key),
                "activate_at": clock.rfc3339(key.activate_at),
                "cose_key": _labels(key.public.to_cose_key()),
                "jwk": {
                    **key.public.to_jwk(),
                    "kid": key.kid.hex(),
                    "use": "sig",
                    "alg": JOSE_NAMES[key.public.algorithm],
                },
            }
            for key in ring.keys
            if key.kid in ring.issuers
        ]
        response = jsonify(
            format=PREFIX,
            format_version=FORMAT_VERSION,
            division_code=settings.division_code,
            city=settings.city.as_dict(),
            keys=keys,
            status_lists=[],
            server_time=clock.rfc3339(clock.now()),
        )
        response.headers["Cache-Control"] = "public, max-age=60"
        return response


def _labels(cose_key: dict[int, object]) -> dict[str, object]:
    return {
        str(label): to_base64url(value) if isinstance(value, bytes) else value
        for label, value in cose_key.items()
    }
