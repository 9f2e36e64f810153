"""Statistics of use with their export."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from flask import Response, stream_with_context, url_for
from marshmallow import fields, validate
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as Answer

from citizen_app.approvals.operations import ask, require_approved
from citizen_app.audit.operations import record
from citizen_app.storage.transactions import write_after_read
from citizen_app.text import Text
from citizen_app.usage.export import MIMETYPES, Selection, export, file_name
from citizen_app.usage.schemas import ExportQuerySchema, PeriodSchema
from citizen_app.usage.statistics import events_between, statistics
from citizen_app.usage.titles import DECISIONS, reason_text, service_title, titled
from citizen_app.web.admin_api.usage import (
    MOST_ALONE,
    MOST_IN_WORKBOOK,
    TOO_MANY_EVENTS,
    wanted_export,
)
from citizen_app.web.boundary.audiences import current_staff
from citizen_app.web.console.callers import staff_on_pages
from citizen_app.web.console.charts import chart_of
from citizen_app.web.console.frame import ConsoleBlueprint, asked, console_pages, go_on, may, render
from citizen_app.web.pages.language import language_in_use
from citizen_app.web.pages.said import said
from citizen_app.wire.problems import Problem, invalid_input

SENTENCES: Final[Mapping[str, Text]] = {
    "statistics.title": Text("使用统计", "Statistics"),
    "statistics.from": Text("从", "From"),
    "statistics.to": Text("到", "To"),
    "statistics.show": Text("查看", "Show"),
    "statistics.total": Text("共 {count} 次", "Events: {count}"),
    "statistics.by_day": Text("每天次数", "Per day"),
    "statistics.day": Text("日期", "Day"),
    "statistics.count": Text("次数", "Events"),
    "statistics.by_service": Text("按服务和结果", "By service and result"),
    "statistics.service": Text("服务", "Service"),
    "statistics.decision": Text("结果", "Result"),
    "statistics.reason": Text("原因", "Reason"),
    "statistics.table": Text("数据表", "As a table"),
    "statistics.none": Text("这段时间没有使用记录", "Nothing was used in this period"),
    "statistics.csv": Text("导出 CSV", "Export as CSV"),
    "statistics.xlsx": Text("导出 XLSX", "Export as XLSX"),
    "statistics.bulk": Text(
        "超过 {most} 条的导出须另一人批准，批准后 24 小时内可下载。",
        "An export of more than {most} events needs a second person; it can be downloaded for 24 hours after that.",
    ),
    "statistics.ask": Text("申请导出", "Ask for the export"),
    "statistics.done.asked": Text("已申请，等待另一人批准。", "Asked for; a second person decides."),
}

pages = console_pages(
    "statistics",
    Text("使用统计", "Statistics"),
    "watch",
    read="usage.read",
    write="usage.read",
    sentences=SENTENCES,
)
exports = ConsoleBlueprint(
    "exports",
    staff_on_pages(read="usage.export", write="usage.export"),
    None,
    SENTENCES,
    prefix="/console/statistics",
)
BLUEPRINTS: Final = (pages, exports)


class ExportFormSchema(ExportQuerySchema):
    """As the API takes it."""

    format = fields.String(load_default="csv", validate=validate.OneOf(["csv", "xlsx"]))


@pages.get("/")
def shown() -> str:
    """A period: per day, by service and result."""
    wanted = asked(PeriodSchema)
    services = _services("usage.read", wanted["service"])
    period = {"first_day": wanted["first_day"], "last_day": wanted["last_day"]}
    days: Counter[str] = Counter()
    for count in statistics(services=services, group=("day",), **period):
        assert count.day is not None
        days[count.day.isoformat()] += count.events
    rows = [
        (service_title(one.service or ""), titled(DECISIONS, one.decision or ""), _reason(one), one.events)
        for one in statistics(services=services, group=("service", "decision", "reason"), **period)
    ]
    bars = sorted(days.items())
    total = sum(days.values())
    return render(
        "statistics.html",
        wanted=wanted,
        bars=bars,
        rows=rows,
        total=total,
        chart_data=chart_of("bar", said(SENTENCES["statistics.by_day"]), bars),
        bulk=total > MOST_ALONE,
        most=MOST_ALONE,
        exports=may("usage.export"),
    )


@exports.get("/export")
def download() -> Response:
    """The events of the period as a file; large ones only after a second person's approval. Audited."""
    wanted = asked(ExportFormSchema)
    services = _services("usage.export", wanted["service"])
    selection = Selection(wanted["first_day"], wanted["last_day"], services)
    events = events_between(selection.first_day, selection.last_day, services)
    if wanted["format"] == "xlsx" and events > MOST_IN_WORKBOOK:
        raise invalid_input("?format", TOO_MANY_EVENTS.fill(events=events, most=MOST_IN_WORKBOOK))
    if events > MOST_ALONE:
        require_approved("usage.export", wanted_export(wanted), current_staff())
    details: dict[str, Any] = {**wanted_export(wanted), "format": wanted["format"], "events": events}
    write_after_read(partial(record, "usage.export", "service", wanted["service"], **details))
    pieces = stream_with_context(export(selection, wanted["format"], language_in_use()))
    name = file_name(selection, wanted["format"])
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(pieces, content_type=MIMETYPES[wanted["format"]], headers=headers)


@exports.post("/export")
def ask_for_export() -> Answer:
    """Ask a second person for the period of the address."""
    wanted = asked(PeriodSchema)
    _services("usage.export", wanted["service"])
    ask("usage.export", wanted_export(wanted), current_staff(), service=wanted["service"])
    return redirect(go_on(url_for("console_statistics.shown"), "asked"), 303)


def _reason(one: Any) -> Text:
    return reason_text(one.service or "", one.reason or "")


def _services(permission: str, service: str | None) -> frozenset[str] | None:
    caller = current_staff()
    if service is None:
        return caller.services(permission)
    if not caller.may(permission, service):
        raise Problem("not-found")
    return frozenset({service})
