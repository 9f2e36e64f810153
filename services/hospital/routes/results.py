"""Results, for whoever they are about: after a fresh proof, and each look stands in their log."""

from __future__ import annotations

from typing import Any, Final

from flask import Response

from citizen_app.toolkit.time import now
from citizen_app.toolkit.web import (
    CITIZEN,
    Page,
    PageQuerySchema,
    attachment,
    require,
    service_blueprint,
)
from services.hospital.manifest import SERVICE
from services.hospital.operations import reports
from services.hospital.operations.privacy import looking
from services.hospital.queries import records
from services.hospital.schemas.results import ReportDetailSchema, ReportPageSchema

FRESH_SECONDS: Final = 300
PDF: Final = "application/pdf"
PAPER: Final = "report.pdf"
mine = service_blueprint(SERVICE.id, "results", CITIZEN, "Results of a citizen")


@mine.route("/reports", methods=["GET"])
@require(2, fresh_seconds=FRESH_SECONDS)
@mine.arguments(PageQuerySchema, location="query")
@mine.response(200, ReportPageSchema)
def list_reports(asked: dict[str, Any]) -> Page[Any]:
    """My results, what came in last first."""
    return records.reports_page(looking(), now(), **asked)


@mine.route("/reports/<id:report_id>", methods=["GET"])
@require(2, fresh_seconds=FRESH_SECONDS)
@mine.response(200, ReportDetailSchema)
def show_report(report_id: str) -> dict[str, Any]:
    """A result: its values, with what is usual."""
    return reports.shown(reports.read(looking(), report_id, now()))


@mine.route("/reports/<id:report_id>/paper", methods=["GET"])
@require(2, fresh_seconds=FRESH_SECONDS)
@mine.response(200, content_type=PDF, description="The report as its hospital made it, to download.")
def show_paper(report_id: str) -> Response:
    """A result as a PDF."""
    report = reports.read(looking(), report_id, now(), reports.DOWNLOADED)
    return attachment(reports.paper_of(report), PDF, PAPER)
