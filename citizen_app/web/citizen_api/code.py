"""`/api/v1/me/code`: the code to show. Reads and writes no table, so that showing scales with processes."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from flask import Response, jsonify, request

from citizen_app.citizens.acting import ActingKind
from citizen_app.citizens.schemas import OnlineCodeSchema
from citizen_app.clock import now, rfc3339
from citizen_app.codes.drawing import draw_png, draw_svg
from citizen_app.codes.format import Kind
from citizen_app.codes.issuing import IssuedCode, IssuingKey, issue_online_code
from citizen_app.codes.keys import issuing_key
from citizen_app.extensions import limiter
from citizen_app.web.boundary.acting import ONESELF, open_to_acting
from citizen_app.web.boundary.audiences import CITIZEN, api_blueprint, current_citizen
from citizen_app.web.citizen_api import NO_STORE
from citizen_app.wire.problems import Problem

JSON: Final = "application/json"
SVG: Final = "image/svg+xml"
PNG: Final = "image/png"
HEADERS: Final = {**NO_STORE, "Vary": "Accept"}
PICTURES: Final = {
    "responses": {
        200: {"content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in (SVG, PNG)}}
    }
}

blueprint = api_blueprint("citizen_code", CITIZEN, "/api/v1/me", "The citizen's code.")


@blueprint.route("/code", methods=["GET"])
@open_to_acting(ActingKind.GUARDIAN, ActingKind.CARER, ActingKind.AGENT)
@limiter.limit("60/minute")
@blueprint.response(200, OnlineCodeSchema)
@blueprint.alt_response(406)
@blueprint.doc(**PICTURES)
def code() -> Response:
    """A fresh online code: valid for 60 seconds and one use, to be renewed at half that time.

    As JSON with the text of the code, or drawn: `Accept: image/svg+xml` or `image/png`. Somebody who acts for
    me is given a code of the kind `delegate`: it is read as mine, and says that they show it.
    """
    wanted = _wanted()
    moment = now()
    try:
        key = issuing_key()
    except LookupError as error:
        raise Problem("unavailable") from error
    issued = _issued(key, int(moment.timestamp()))
    if wanted == SVG:
        return Response(draw_svg(issued.text), mimetype=SVG, headers=HEADERS)
    if wanted == PNG:
        return Response(draw_png(issued.text), mimetype=PNG, headers=HEADERS)
    return _described(issued, moment)


def _issued(key: IssuingKey, moment: int) -> IssuedCode:
    caller = current_citizen()
    if caller.acting is None:
        return issue_online_code(caller.subject_number, key, moment)
    if caller.acting.code_number is None:
        raise Problem("not-permitted", ONESELF)
    return issue_online_code(caller.acting.code_number, key, moment, kind=Kind.DELEGATE)


def _wanted() -> str:
    if not request.accept_mimetypes:
        return JSON
    wanted = request.accept_mimetypes.best_match([JSON, SVG, PNG])
    if wanted is None:
        raise Problem("not-acceptable")
    return wanted


def _described(issued: IssuedCode, moment: datetime) -> Response:
    refresh_at = issued.expires_at if issued.refresh_at is None else issued.refresh_at
    response = jsonify(
        code=issued.text,
        kind=issued.kind.name.lower(),
        expires_at=_moment(issued.expires_at),
        refresh_at=_moment(refresh_at),
        server_time=rfc3339(moment),
    )
    response.headers.extend(HEADERS)
    return response


@lru_cache(maxsize=256)  # many phones ask within the same second
def _moment(seconds: int) -> str:
    return rfc3339(datetime.fromtimestamp(seconds, UTC))
