"""For a hospital's own system, through its key: results of its patients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from citizen_app.toolkit.time import now
from citizen_app.toolkit.web import calling_partner, large_body, partner_of_service, service_blueprint
from services.hospital.manifest import SERVICE
from services.hospital.operations import reading_fhir, reports
from services.hospital.schemas.fhir_report import DiagnosticReportSchema, ReportBundleSchema
from services.hospital.schemas.results import ReportTakenSchema

MOST_BODY: Final = 6 * 1024 * 1024
intake = service_blueprint(
    SERVICE.id,
    "reports",
    partner_of_service(SERVICE.id, read="reports", write="reports"),
    "Results from a hospital's own system",
)


@intake.route("/partner/reports", methods=["POST"])
@large_body(MOST_BODY)
@intake.arguments(DiagnosticReportSchema)
@intake.response(200, ReportTakenSchema)
@intake.alt_response(409)
def take_report(body: Mapping[str, Any]) -> dict[str, Any]:
    """Hand in a DiagnosticReport with its observations `contained`, a PDF as `presentedForm`, or both. Sent
    again it changes nothing; a newer version replaces it."""
    return _taken(reading_fhir.of_report(body))


@intake.route("/partner/reports/bundle", methods=["POST"])
@large_body(MOST_BODY)
@intake.arguments(ReportBundleSchema)
@intake.response(200, ReportTakenSchema)
@intake.alt_response(409)
def take_bundle(body: Mapping[str, Any]) -> dict[str, Any]:
    """The same as a Bundle of one DiagnosticReport and its Observations."""
    return _taken(reading_fhir.of_bundle(body))


def _taken(told: reports.HandedIn) -> dict[str, Any]:
    report, outcome = reports.take(calling_partner().unit, told, now())
    return {"report": report, "outcome": outcome}
