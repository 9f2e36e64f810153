"""`Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a write that makes something new may be sent
again.

    @blueprint.route("", methods=["POST"])
    @idempotent
    @blueprint.arguments(NewKioskSchema)
    @blueprint.response(201, KioskSchema)
    def create_kiosk(body): ...

For callers that are signed in. A write that is safe to repeat by nature (it sets a state, or carries an id of
its own) needs no key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, TypeVar

from flask import Response, current_app, g, make_response, request
from flask_smorest import Blueprint

from citizen_app.idempotency.operations import StoredResponse, claim, release, store_response
from citizen_app.text import Text
from citizen_app.wire.problems import Problem, invalid_input
from citizen_app.wire.strict_json import strict_loads

View = TypeVar("View", bound=Callable[..., Any])

HEADER: Final = "Idempotency-Key"
FORM_OF_A_KEY: Final = Text("8 到 128 个可见的 ASCII 字符", "8 to 128 visible ASCII characters")
REPLAYED: Final = "Idempotency-Replayed"
FORM: Final = re.compile(r"^[!-~]{8,128}$")
MARK: Final = "x-idempotent"
"""Stands on the operation until `BoundaryPlugin` writes the header into the document."""


def idempotent(view: View) -> View:
    """Decorate a view so that the same key returns the first response for 24 hours; place it above the
    decorator that parses the input."""

    @wraps(view)
    def once(*args: Any, **kwargs: Any) -> Any:
        key = request.headers.get(HEADER)
        if key is None:
            return view(*args, **kwargs)
        if not FORM.fullmatch(key):
            raise invalid_input(HEADER, FORM_OF_A_KEY)
        claimed = claim(g.caller.limit_key, key, _request())
        if claimed.answer is not None:
            return _replayed(claimed.answer)
        try:
            answer = make_response(current_app.ensure_sync(view)(*args, **kwargs))
        except Problem as problem:
            if problem.keep_writes:
                release(claimed)
            raise
        store_response(claimed, StoredResponse(answer.status_code, answer.content_type, answer.get_data()))
        return answer

    marked: View = Blueprint.doc(**{MARK: True})(once)
    return marked


def _request() -> str:
    """What must be equal in a repeated request: method, URL and body, whatever the order of its members."""
    body = request.get_data(as_text=False)
    try:
        said = json.dumps(strict_loads(body), sort_keys=True) if request.is_json else body.hex()
    except ValueError:
        said = body.hex()
    return f"{request.method} {request.full_path}\n{said}"


def _replayed(kept: StoredResponse) -> Response:
    answer = Response(kept.body, kept.status, content_type=kept.content_type)
    answer.headers[REPLAYED] = "true"
    return answer
