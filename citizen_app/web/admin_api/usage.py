"""The usage log in the console: counts, files, and what one service's operator may see of one citizen.

Staff limited to a service see that service only.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from flask import Response, stream_with_context
from marshmallow import RAISE

from citizen_app.approvals.operations import ask, require_approved
from citizen_app.approvals.schemas import WaitingSchema
from citizen_app.audit.operations import record
from citizen_app.extensions import limiter
from citizen_app.scans.answers import displays_of
from citizen_app.storage.keyset import Page
from citizen_app.storage.transactions import write_after_read
from citizen_app.text import Language, Text
from citizen_app.usage import queries
from citizen_app.usage.export import MIMETYPES, Selection, export, file_name
from citizen_app.usage.lines import UsageLine, as_shown
from citizen_app.usage.looks import Reading, note_look
from citizen_app.usage.schemas import (
    MOST_COUNTS,
    ExportQuerySchema,
    LookRequestSchema,
    StatisticsQuerySchema,
    StatisticsSchema,
    UsagePageSchema,
)
from citizen_app.usage.statistics import Count, events_between, statistics
from citizen_app.usage.titles import (
    DECISIONS,
    purpose_title,
    reason_text,
    service_title,
    titled,
)
from citizen_app.web.boundary.audiences import api_blueprint, current_staff, staff
from citizen_app.web.boundary.idempotency_keys import idempotent
from citizen_app.wire.language import caller_language
from citizen_app.wire.problems import Problem, invalid_input

MOST_IN_WORKBOOK: Final = 100_000
"""A workbook is sent when it is complete, and making one of so many events takes some 15 s; `flask usage
export` has no limit.
"""

MOST_ALONE: Final = 10_000
"""Events that one person may export; more need a second person (`POST /usage/exports`)."""
TOO_MANY_COUNTS: Final = Text(
    "共 {counts} 项计数，至多给出 {most} 项：请减少天数或分组",
    "{counts} counts, at most {most} are given: ask for fewer days or dimensions",
)
TOO_MANY_EVENTS: Final = Text(
    "共 {events} 条：超过 {most} 条只能导出为 csv", "{events} events: more than {most} are given as csv only"
)
ONE_SERVICE_ONLY: Final = Text(
    "只有仅就这一项服务持有 usage.read 权限的操作员可以查看个人的记录。",
    "Only operators who hold the permission usage.read for this very service see the uses of one citizen.",
)
NO_STORE: Final = {"Cache-Control": "no-store"}
FILE: Final = {"schema": {"type": "string", "format": "binary"}}
STREAMED: Final = {
    "description": "The file, streamed.",
    "content": {kind.partition(";")[0]: FILE for kind in MIMETYPES.values()},
}

blueprint = api_blueprint(
    "admin_usage",
    staff(read="usage.read", write="usage.read"),
    "/api/v1/admin",
    "The usage log in the console.",
)
exports = api_blueprint(
    "admin_usage_export",
    staff(read="usage.export", write="usage.export"),
    "/api/v1/admin/usage",
    "The usage log as a file.",
)

BLUEPRINTS: Final = (blueprint, exports)


@blueprint.route("/usage/statistics", methods=["GET"])
@blueprint.arguments(StatisticsQuerySchema, location="query", unknown=RAISE)
@blueprint.response(200, StatisticsSchema)
def usage_statistics(wanted: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Count events of a period, exact to the moment, by any of day, service, purpose, decision and reason."""
    services = _services("usage.read", wanted.pop("service"))
    counts = statistics(services=services, **wanted)
    if len(counts) > MOST_COUNTS:
        raise invalid_input(
            "?group",
            TOO_MANY_COUNTS.fill(counts=len(counts), most=MOST_COUNTS),
        )
    language = caller_language()
    answer = {
        "first_day": wanted["first_day"],
        "last_day": wanted["last_day"],
        "total": sum(count.events for count in counts),
        "items": [_counted(count, language) for count in counts],
    }
    return answer, 200, NO_STORE


@blueprint.route("/services/<service>/usage/looks", methods=["POST"])
@blueprint.arguments(LookRequestSchema)
@blueprint.response(200, UsagePageSchema)
def look_at_citizen(wanted: dict[str, Any], service: str) -> tuple[Page[UsageLine], int, dict[str, str]]:
    """What a citizen, known by the service's own reference, did with this service.

    Every look is audited, and the citizen sees it with its reason (`GET /api/v1/me/looks`). Only for
    operators of this very service: whoever may see the counts of all services sees no single citizen.
    """
    reach = current_staff().services("usage.read")
    if reach is None:
        raise Problem("not-permitted", ONE_SERVICE_ONLY)
    if service not in reach:
        raise Problem("not-found")
    citizen_ref, reason = wanted["citizen_ref"], wanted["reason"]
    page = queries.usage_of_ref(service, citizen_ref, limit=wanted["limit"], cursor=wanted["cursor"])
    reading = Reading(service, reason, current_staff().actor, events=len(page.items))
    note_look(reading, [citizen_ref], "usage.read_citizen", citizen_ref=citizen_ref)
    return as_shown(page, displays_of([line.id for line in page.items])), 200, NO_STORE


@exports.route("/export", methods=["GET"])
@limiter.limit("10/minute")
@exports.arguments(ExportQuerySchema, location="query", unknown=RAISE)
@exports.response(200)
@exports.doc(responses={"200": STREAMED})
def export_usage(wanted: dict[str, Any]) -> Response:
    """Events of a period as CSV or XLSX, without anything that names a citizen. Audited."""
    services = _services("usage.export", wanted["service"])
    selection = Selection(wanted["first_day"], wanted["last_day"], services)
    events = events_between(selection.first_day, selection.last_day, services)
    if wanted["format"] == "xlsx" and events > MOST_IN_WORKBOOK:
        raise invalid_input("?format", TOO_MANY_EVENTS.fill(events=events, most=MOST_IN_WORKBOOK))
    if events > MOST_ALONE:
        require_approved("usage.export", wanted_export(wanted), current_staff())
    exported = partial(
        record,
        "usage.export",
        "service",
        wanted["service"],
        format=wanted["format"],
        services=sorted(services) if services is not None else None,
        first_day=str(selection.first_day),
        last_day=str(selection.last_day),
        events=events,
    )
    write_after_read(exported)
    # Streamed after this request's unit of work has been committed; every chunk opens its own.
    pieces = stream_with_context(export(selection, wanted["format"], caller_language()))
    name = file_name(selection, wanted["format"])
    headers = {**NO_STORE, "Content-Disposition": f'attachment; filename="{name}"', "X-Accel-Buffering": "no"}
    return Response(pieces, mimetype=None, content_type=MIMETYPES[wanted["format"]], headers=headers)


@exports.route("/exports", methods=["POST"])
@idempotent
@exports.arguments(ExportQuerySchema)
@exports.response(202, WaitingSchema)
def ask_for_export(wanted: dict[str, Any]) -> dict[str, Any]:
    """Ask a second person to approve an export of more than 10,000 events. Once approved it can be downloaded
    for 24 hours with the same parameters."""
    _services("usage.export", wanted["service"])
    asked = ask("usage.export", wanted_export(wanted), current_staff(), service=wanted["service"])
    return {"approval": asked}


def wanted_export(wanted: Mapping[str, Any]) -> dict[str, str | None]:
    """What is asked for, whatever the form of the file."""
    return {
        "service": wanted["service"],
        "first_day": str(wanted["first_day"]),
        "last_day": str(wanted["last_day"]),
    }


def _services(permission: str, service: str | None) -> frozenset[str] | None:
    """The services that the caller asks about and may see; None: all. Raises a 403 for someone else's."""
    caller = current_staff()
    if service is None:
        return caller.services(permission)
    caller.require(permission, service)
    return frozenset({service})


def _counted(count: Count, language: Language) -> dict[str, Any]:
    answer: dict[str, Any] = {"events": count.events}
    if count.day is not None:
        answer["day"] = count.day
    if count.service is not None:
        answer |= {"service": count.service, "service_title": service_title(count.service).say(language)}
    if count.purpose is not None:
        title = (
            purpose_title(count.service, count.purpose).say(language)
            if count.service is not None
            else count.purpose
        )
        answer |= {"purpose": count.purpose, "purpose_title": title}
    if count.decision is not None:
        answer |= {
            "decision": count.decision,
            "decision_title": titled(DECISIONS, count.decision).say(language),
        }
    if count.reason is not None:
        answer |= {
            "reason": count.reason,
            "reason_text": reason_text(count.service or "", count.reason).say(language),
        }
    return answer
