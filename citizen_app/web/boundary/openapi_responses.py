"""The responses that the boundary adds to every operation in the API document, derived from audience, URL and
input, so that no route can forget them."""

from __future__ import annotations

import http
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from apispec import APISpec, BasePlugin
from flask import Flask
from werkzeug.routing import Rule

from citizen_app.limits import limits_itself
from citizen_app.registry.checks.routes import ASSURANCE
from citizen_app.web.boundary.idempotency_keys import FORM, HEADER, MARK, REPLAYED
from citizen_app.wire.problem_types import TYPES, ProblemType

if TYPE_CHECKING:
    from citizen_app.web.boundary.audiences import Audience
    from citizen_app.web.boundary.dialects import Dialect

JSON: Final = "application/json"
PROBLEM_JSON: Final = "application/problem+json"
PLAIN: Final = str.maketrans("", "", "/._-")
WRITES: Final = frozenset({"post", "put", "patch", "delete"})
SECURITY_SCHEMES: Final[Mapping[str, str]] = {
    "citizen": "An access token of `POST /api/v1/auth/tokens`; five minutes.",
    "kiosk": "The token of `POST /api/v1/kiosks/activate`; until it is rotated or the kiosk is revoked.",
    "partner": "The key of a system, from the city's administrator; until it ends, is replaced or revoked.",
    "staff": "The token of `POST /api/v1/staff/sessions`, or a personal access token for automation.",
}
"""By the kind of an audience."""
SECONDS: Final = {"type": "integer", "minimum": 0}
RETRY_AFTER: Final = {
    "Retry-After": {"description": "Seconds to wait.", "required": True, "schema": {**SECONDS, "minimum": 1}}
}
HEADERS: Final[Mapping[int, Mapping[str, Any]]] = {
    401: {
        "WWW-Authenticate": {
            "description": "The scheme to use (RFC 6750); what a fresher proof must be like (RFC 9470).",
            "required": True,
            "schema": {"type": "string"},
        }
    },
    429: {
        **RETRY_AFTER,
        "RateLimit-Limit": {"description": "Requests per window.", "schema": SECONDS},
        "RateLimit-Remaining": {"description": "Requests left in this window.", "schema": SECONDS},
        "RateLimit-Reset": {
            "description": "Seconds from now until a request is answered again.",
            "schema": SECONDS,
        },
    },
}


KEY_PARAMETER: Final = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "schema": {"type": "string", "pattern": FORM.pattern},
    "example": "019ab1c2-7d3e-7f00-9b1a-2c3d4e5f6071",
    "description": "Your own id of this request, a UUID for example. Sent again within a day, the first answer comes back, marked "
    f"`{REPLAYED}: true`; with another request it is refused.",
}


class BoundaryPlugin(BasePlugin):
    """Adds to each operation its identifier, who may call it, and the problems that the boundary itself can
    answer with.

    What only the operation knows (409, 410, a 401 for credentials in the body) it states with
    `@blueprint.alt_response(409)`.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app

    def init_spec(self, spec: APISpec) -> None:
        """Register one response per status of the catalogue of problems."""
        self._spec = spec
        for status in {kind.status for kind in TYPES.values()}:
            spec.components.response(component(status), problem_response(status), lazy=True)

    def schema_helper(
        self, name: str, definition: dict[str, Any], *, schema: Any = None, **kwargs: Any
    ) -> dict[str, Any]:
        """A schema's constraints across fields: its attribute `together`, in JSON Schema."""
        together: dict[str, Any] = getattr(schema, "together", {})
        return together

    def operation_helper(
        self,
        path: str | None = None,
        operations: dict[str, Any] | None = None,
        *,
        rule: Rule | None = None,
        **kwargs: Any,
    ) -> None:
        """Complete the operations of one path."""
        assert rule is not None
        blueprint = self._app.blueprints[rule.endpoint.rpartition(".")[0]]
        audience: Audience = getattr(blueprint, "audience")  # noqa: B009
        for method, operation in (operations or {}).items():
            operation["operationId"] = f"{rule.endpoint.replace('.', '_')}_{method}".lower()
            operation.setdefault("security", _security(audience, method))
            if operation.pop(MARK, False):
                operation.setdefault("parameters", []).append(KEY_PARAMETER)
            stated = operation.setdefault("responses", {})
            if (asked := operation.get(ASSURANCE)) is not None:
                operation["description"] = "\n\n".join(
                    filter(None, (operation.get("description"), _assurance_in_words(asked)))
                )
            known = {int(status) for status in stated if str(status).isdigit()}
            boundary = _boundary(rule, method, operation, audience)
            if audience.kind == "citizen" and getattr(blueprint, "service", None) is not None:
                boundary.add(403)  # consent to an essential field may be missing
            if audience.limit is not None or limits_itself(self._app.view_functions[rule.endpoint], method):
                boundary.add(429)
            dialect: Dialect | None = getattr(blueprint, "dialect", None)
            if dialect is not None:
                _name_media(operation, dialect)
            for status in boundary | {s for s in known if s >= 400}:
                if _is_bare(stated.get(status)) or status not in known:
                    stated.pop(str(status), None)
                    self._state(stated, status, blueprint)

    def _state(self, stated: dict[Any, Any], status: int, blueprint: Any) -> None:
        """Refer to the response of a status, in the blueprint's dialect if it has one."""
        dialect: Dialect | None = getattr(blueprint, "dialect", None)
        if dialect is None:
            stated[status] = component(status)
            return
        sent = dialect.status_of(status)
        name = f"{blueprint.service}{dialect.below}".title().translate(PLAIN) + component(sent)
        if name not in self._spec.components.responses:
            self._spec.components.response(name, problem_response(sent, dialect))
        stated.pop(status, None)
        stated[sent] = name


def component(status: int) -> str:
    """The name of the response in the document."""
    return http.HTTPStatus(status).phrase.title().replace(" ", "").replace("-", "")


def problem_response(status: int, dialect: Dialect | None = None) -> dict[str, Any]:
    """The response with an example for each problem that is answered with that status."""
    kinds = [kind for kind in TYPES.values() if _sent(kind, dialect) == status]
    examples = {kind.slug: {"value": _example(kind)} for kind in kinds}
    media, schema = PROBLEM_JSON, cast(Any, "ProblemSchema")
    if dialect is not None:
        media, schema = dialect.media, {"type": "object", "additionalProperties": True}
        examples = {slug: {"value": dict(dialect.said(one["value"]))} for slug, one in examples.items()}
    response: dict[str, Any] = {
        "description": " ".join(kind.title.en + "." for kind in kinds),
        "content": {media: {"schema": schema, "examples": examples}},
    }
    if status in HEADERS:
        response["headers"] = dict(HEADERS[status])
    return response


def _boundary(rule: Rule, method: str, operation: Mapping[str, Any], audience: Audience) -> set[int]:
    """The status codes that the boundary itself can answer with for an operation.

    404 where something belongs to one service: for others' staff and kiosks it does not exist.
    """
    found = {400, 500, 503}
    if audience.kind != "anyone":
        found.add(401)
    if audience.kind == "partner":
        found.add(429)
    if audience.kind in ("staff", "partner") or ASSURANCE in operation:
        found.add(403)
    if rule.arguments or audience.service is not None:
        found.add(404)
    if method in WRITES:
        found |= {413, 507}
    if "requestBody" in operation:
        found |= {415, 422}
    if operation.get("parameters"):
        found.add(422)
    return found


def _security(audience: Audience, method: str) -> list[dict[str, list[str]]]:
    if audience.kind == "anyone":
        return []
    known: list[dict[str, list[str]]] = [{audience.kind: []}]
    return [{}, *known] if audience.open and method not in WRITES else known


def _sent(kind: ProblemType, dialect: Dialect | None) -> int:
    return kind.status if dialect is None else dialect.status_of(kind.status)


def _name_media(operation: dict[str, Any], dialect: Dialect) -> None:
    """What succeeds is answered, and a body is taken, in the dialect's own media type."""
    for status, stated in operation["responses"].items():
        if isinstance(stated, dict) and int(status) < 400 and JSON in stated.get("content", {}):
            stated["content"] = {dialect.media: stated["content"][JSON]}
    body = operation.get("requestBody", {}).get("content", {})
    if JSON in body:
        body[dialect.media] = body[JSON]


def _assurance_in_words(asked: Mapping[str, Any]) -> str:
    words = f"Needs assurance level {asked['level']}"
    if asked["fresh_seconds"] is not None:
        words += f", and a sign-in or re-authentication within the last {asked['fresh_seconds']} seconds"
    return f"{words}."


def _is_bare(stated: Any) -> bool:
    """Whether a status was stated without a body of its own."""
    return not isinstance(stated, Mapping) or "content" not in stated


def _example(kind: ProblemType) -> dict[str, Any]:
    example: dict[str, Any] = {
        "type": f"/problems/{kind.slug}",
        "title": kind.title.en,
        "status": kind.status,
        "detail": kind.detail.en,
        "request_id": "5f0c2a9be1d34478",
    }
    if kind.slug == "invalid-input":
        example["errors"] = [{"pointer": "/phone", "message": "Missing data for required field."}]
    return example
