"""Dialects: an interface of a service whose form is laid down elsewhere (FHIR, OCTO) answers everything below
its path in that form: what succeeds, and every error.

Errors come up before a route is known (an unknown address, a wrong method, a request that cannot be read), so
which dialect is spoken is told by the path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from flask import Flask, Response
from flask_smorest import Blueprint
from marshmallow import EXCLUDE

from citizen_app.flask_globals import running_app
from citizen_app.web.boundary.openapi import StrictParser

log = structlog.get_logger(__name__)

ProblemDocument = Mapping[str, Any]
"""The members of RFC 9457 in the caller's language: `type` (`/problems/<slug>`), `title`, `status`, `detail`,
`request_id`, where input is wrong `errors`, and members of single problems."""
JSON: Final = "application/json"
BELOW: Final = re.compile(r"(/[a-z0-9][a-z0-9._-]*)+")
MEDIA: Final = re.compile(r"application/[a-z0-9][a-z0-9.+-]*\+json")


class LenientParser(StrictParser):
    """As the strict one, and silent about parameters of the query that are not declared."""

    DEFAULT_UNKNOWN_BY_LOCATION = {  # noqa: RUF012  (as the parser declares it)
        **StrictParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": EXCLUDE,
    }
    refuses_unknown_parameters = False


LENIENT_PARSER: Final = LenientParser()


@dataclass(frozen=True, slots=True)
class Dialect:
    """The form of an interface: where it lives below the service's own path, the media type of its JSON, and
    what it makes of a problem.

    `render(document, status)` gives the body of an error; `statuses` say which status it sends where it has
    another than ours, `{422: 400}`. A `lenient` one ignores unknown parameters of the query; unknown fields
    of a body are refused everywhere. Raises `TypeError` for a path or a media type that cannot be one.
    """

    below: str
    media: str
    render: Callable[[ProblemDocument, int], Mapping[str, Any]]
    lenient: bool = False
    statuses: Mapping[int, int] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        """Check what was declared."""
        if not BELOW.fullmatch(self.below):
            raise TypeError(f"{self.below!r} is no path below a service: write it like /fhir")
        if not MEDIA.fullmatch(self.media):
            raise TypeError(f"{self.media!r} is no media type of JSON: write it like application/fhir+json")

    def status_of(self, status: int) -> int:
        """The status that is sent for one of ours."""
        return self.statuses.get(status, status)

    def said(self, document: ProblemDocument) -> Mapping[str, Any]:
        """The body of an error."""
        status = self.status_of(int(document["status"]))
        return self.render({**document, "status": status}, status)


def speak(blueprint: Blueprint, dialect: Dialect) -> None:
    """Let a blueprint, whose prefix ends with the dialect's path, answer in it."""
    blueprint.dialect = dialect
    if dialect.lenient:
        blueprint.ARGUMENTS_PARSER = LENIENT_PARSER

    def name_media(response: Response) -> Response:
        if response.mimetype == JSON:
            response.mimetype = dialect.media
        return response

    blueprint.after_request(name_media)


def dialect_of(blueprint: object) -> Dialect | None:
    """The dialect of a blueprint's routes."""
    found: Dialect | None = getattr(blueprint, "dialect", None)
    return found


def dialect_at(app: Flask, path: str) -> Dialect | None:
    """The dialect in which everything at a path is answered, whether or not there is a route."""
    for blueprint in app.blueprints.values():
        dialect, root = dialect_of(blueprint), blueprint.url_prefix
        if dialect is not None and root is not None and (path == root or path.startswith(f"{root}/")):
            return dialect
    return None


def in_dialect(document: ProblemDocument, path: str) -> Response | None:
    """The answer to a problem at a path where a dialect is spoken; None elsewhere, and where the dialect
    itself fails, so that there is always an answer."""
    app = running_app()
    dialect = dialect_at(app, path)
    if dialect is None:
        return None
    try:
        body = app.json.dumps(dialect.said(document))
    except Exception:
        log.exception("a dialect cannot say a problem", problem=document["type"], below=dialect.below)
        return None
    return app.response_class(body, dialect.status_of(int(document["status"])), mimetype=dialect.media)
