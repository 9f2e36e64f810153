"""From a FHIR report to what its patient reads: names, values with units, what is usual, and the flag that
the laboratory gave. Nothing is concluded here."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.documents import PdfRefused, checked_pdf
from citizen_app.toolkit.web import invalid_input, load_part
from services.hospital.operations.reports import HandedIn
from services.hospital.schemas.fhir_report import (
    MOST_PAPER_BYTES,
    STATUSES,
    DiagnosticReportSchema,
    ObservationSchema,
    codes_of,
    kind_of_number,
    words_of,
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
    for number, entry in enumerate(bundle["entry"]):
        resource = entry["resource"]
        if resource.get("resourceType") == "DiagnosticReport":
            report = load_part(DiagnosticReportSchema(), resource, f"/entry/{number}/resource")
        elif resource.get("resourceType") == "Observation":
            for name in (entry["fullUrl"], f"Observation/{resource.get('id')}"):
                sent.setdefault(name, resource)
    return _handed_in(report, sent)


def _handed_in(report: Mapping[str, Any], sent: Mapping[str, Mapping[str, Any]]) -> HandedIn:
    named = [one["reference"] for one in report["result"]] or [one for one in sent if one.startswith("#")]
    values: list[dict[str, Any]] = []
    for number, name in enumerate(named):
        if name not in sent:
            raise invalid_input(f"/result/{number}/reference", NOT_SENT)
        values += _values(load_part(ObservationSchema(), sent[name], f"/result/{number}"))
    told = HandedIn(
        source=_source(report["identifier"][0]),
        patient=_number(report["subject"]["identifier"]),
        status=STATUSES[report["status"]],
        kind=_kind(report["category"]),
        title=words_of(report["code"]) or "",
        issued_at=report["issued"],
        values=tuple(values),
        conclusion=report["conclusion"],
        paper=_paper(report["presentedForm"]),
    )
    if told.status != "withdrawn" and not (told.values or told.conclusion or told.paper):
        raise invalid_input("/result", NOTHING)
    return told


def _values(observation: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    name = words_of(observation["code"])
    note = " ".join(one["text"] for one in observation["note"]) or None
    parts = observation["component"]
    if not parts or _said(observation) is not None:
        yield _value(name, observation, note)
    for part in parts:
        yield _value(f"{name} · {words_of(part['code'])}", part, None)


def _value(name: str | None, of: Mapping[str, Any], note: str | None) -> dict[str, Any]:
    quantity = of["valueQuantity"]
    flags = [next(iter(codes_of(one)), words_of(one)) for one in of["interpretation"]]
    return {
        "name": name,
        "value": _said(of) or (words_of(of["dataAbsentReason"]) if of["dataAbsentReason"] else None),
        "unit": quantity["unit"] if quantity else None,
        "usual": next(filter(None, map(_range, of["referenceRange"])), None),
        "flag": flags[0] if flags else None,
        "note": note,
    }


def _said(of: Mapping[str, Any]) -> str | None:
    if of["valueQuantity"]:
        return f"{of['valueQuantity']['comparator']}{of['valueQuantity']['value']:.12g}"
    if of["valueCodeableConcept"]:
        return words_of(of["valueCodeableConcept"])
    if of["valueInteger"] is not None:
        return str(of["valueInteger"])
    found: str | None = of["valueString"]
    return found


def _range(of: Mapping[str, Any]) -> str | None:
    low, high = (None if one is None else f"{one['value']:.12g}" for one in (of["low"], of["high"]))
    if of["text"]:
        return str(of["text"])
    if low is not None and high is not None:
        return f"{low}–{high}"
    return f"≥ {low}" if low is not None else f"≤ {high}" if high is not None else None


def _kind(categories: Sequence[Mapping[str, Any]]) -> str:
    codes = {code for one in categories for code in codes_of(dict(one))}
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
