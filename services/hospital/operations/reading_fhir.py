"""From a FHIR report to what its patient reads."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.documents import PdfRefused, checked_pdf
from citizen_app.toolkit.fhir import entries_of, observations, received
from citizen_app.toolkit.web import invalid_input, load_part
from services.hospital.operations.reports import HandedIn
from services.hospital.schemas.fhir_report import (
    MOST_PAPER_BYTES,
    STATUSES,
    DiagnosticReportSchema,
    kind_of_number,
)

LONGEST_SOURCE: Final = 64
IMAGING: Final = frozenset({"RAD", "RUS", "RX", "CT", "NMR", "NMS", "CUS", "VUS", "OUS", "XRC", "imaging"})
LABORATORY: Final = frozenset(
    {"LAB", "CH", "HM", "MB", "SR", "IMM", "BLB", "CG", "GE", "MYC", "PAR", "VR", "laboratory"}
)
"""Codes of HL7 table 0074, and of FHIR's observation-category."""
NOT_SENT: Final = Text("没有一并发来", "is not sent along")
NOT_BASE64: Final = Text("不是 Base64", "not Base64")
NOTHING: Final = Text("报告里没有结果、结论或 PDF", "the report has no result, no conclusion and no PDF")


def of_report(report: Mapping[str, Any]) -> HandedIn:
    """A DiagnosticReport with its observations in `contained`. Raises a 422 with the place of what is
    wrong."""
    sent = {
        f"#{one.get('id')}": one for one in report["contained"] if one.get("resourceType") == "Observation"
    }
    return _handed_in(report, sent)


def of_bundle(bundle: Mapping[str, Any]) -> HandedIn:
    """The report of a bundle; its observations are named by `fullUrl`, or as `Observation/<id>`."""
    sent: dict[str, Mapping[str, Any]] = {}
    report: dict[str, Any] = {}
    for entry in entries_of(bundle["entry"]):
        if entry.type == "DiagnosticReport":
            at = f"/entry/{entry.number - 1}/resource"
            report = load_part(DiagnosticReportSchema(), entry.resource, at)
        elif entry.type == "Observation":
            for name in entry.names:
                sent.setdefault(name, entry.resource)
    return _handed_in(report, sent)


def _handed_in(report: Mapping[str, Any], sent: Mapping[str, Mapping[str, Any]]) -> HandedIn:
    named = [one["reference"] for one in report["result"]] or [one for one in sent if one.startswith("#")]
    values: list[dict[str, Any]] = []
    for number, name in enumerate(named):
        if name not in sent:
            raise invalid_input(f"/result/{number}/reference", NOT_SENT)
        observation = load_part(observations.ObservationSchema(), sent[name], f"/result/{number}")
        values += observations.values_of(observation)
    told = HandedIn(
        source=_source(report["identifier"][0]),
        patient=_number(report["subject"]["identifier"]),
        status=STATUSES[report["status"]],
        kind=_kind(report["category"]),
        title=received.words_of(report["code"]) or "",
        issued_at=report["issued"],
        values=tuple(values),
        conclusion=report["conclusion"],
        paper=_paper(report["presentedForm"]),
    )
    if told.status != "withdrawn" and not (told.values or told.conclusion or told.paper):
        raise invalid_input("/result", NOTHING)
    return told


def _kind(categories: Sequence[Mapping[str, Any]]) -> str:
    codes = {code for one in categories for code in received.codes_of(dict(one))}
    return "imaging" if codes & IMAGING else "laboratory" if codes & LABORATORY else "letter"


def _source(identifier: Mapping[str, Any]) -> str:
    """How the report is known again: two systems of one hospital may count alike."""
    named = f"{identifier['system'] or ''}|{identifier['value']}"
    return named if len(named) <= LONGEST_SOURCE else hashlib.sha256(named.encode()).hexdigest()


def _number(identifier: dict[str, Any]) -> tuple[str, str]:
    kind = kind_of_number(identifier)
    assert kind is not None  # the schema has seen to it
    return kind, identifier["value"]


def _paper(forms: Sequence[Mapping[str, Any]]) -> bytes | None:
    if not forms:
        return None
    at = "/presentedForm/0/data"
    try:
        return checked_pdf(base64.b64decode(forms[0]["data"], validate=True), MOST_PAPER_BYTES)
    except binascii.Error as broken:
        raise invalid_input(at, NOT_BASE64) from broken
    except PdfRefused as refused:
        raise invalid_input(at, refused.words) from refused
