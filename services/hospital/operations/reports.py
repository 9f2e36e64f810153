"""检查检验结果: what a hospital's own system hands in about its patients, and who reads it. The hospital
keeps the record; ours is a copy for its patient."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError

from citizen_app.toolkit.commands import audit
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import first_id_at, lock_row, new_id, session, table_of
from citizen_app.toolkit.jobs import Unit, delete_in_slices
from citizen_app.toolkit.looks import looked
from citizen_app.toolkit.notices import send
from citizen_app.toolkit.usage import note
from citizen_app.toolkit.web import Problem, invalid_input
from services.hospital.manifest import SERVICE
from services.hospital.models import (
    Hospital,
    HospitalBooking,
    HospitalFormerReport,
    HospitalPatient,
    HospitalReport,
)
from services.hospital.operations.privacy import Looking
from services.hospital.snapshot import structure

OUTCOMES: Final = ("new", "unchanged", "replaced")
WITHDRAWN: Final = "withdrawn"
AHEAD: Final = timedelta(minutes=15)
"""How far a hospital's clock may be before ours."""
UNKNOWN: Final = Text(
    "本院没有这个病案号或预约号的就诊人", "no patient of this hospital has that record or booking number"
)
NOT_YET: Final = Text("出具时间在将来", "it was issued in the future")
OLDER: Final = Text(
    "已有更新的版本，这一版出具得更早。", "There is a newer version; this one was issued before it."
)
OTHER_PATIENT: Final = Text("这个报告编号属于另一位就诊人。", "That report is another patient's.")
NONE_TO_WITHDRAW: Final = Text("没有可以撤回的报告。", "There is no such report to withdraw.")
AT_ONCE: Final = Text(
    "这份报告正由另一次上传写入，请再传一次。",
    "The report is being handed in by another request: send it again.",
)
LIST: Final = Text("查看检查检验结果列表", "List of results")
READ: Final = Text("查看检查检验结果", "A result was read")
DOWNLOADED: Final = Text("下载检查检验报告", "A report was downloaded")
SELF: Final = Text("本人", "Yourself")


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A version of a report. The patient is named by the record number (`MR`) or by the number of a booking
    (`VN`), the codes of HL7 table 0203. `values` are what the detail lists."""

    source: str
    patient: tuple[str, str]
    status: str
    kind: str
    title: str
    issued_at: datetime
    values: tuple[dict[str, Any], ...]
    conclusion: str | None
    paper: bytes | None

    @property
    def columns(self) -> dict[str, Any]:
        """As a row has them. Of what was withdrawn nothing is kept but that it was."""
        gone = self.status == WITHDRAWN
        content = None if gone else json.dumps(
            {"values": self.values, "conclusion": self.conclusion}, ensure_ascii=False, sort_keys=True
        )  # fmt: skip
        has_words = bool(self.values or self.conclusion)
        return {
            "status": self.status,
            "kind": self.kind,
            "form": "fhir" if has_words or self.paper is None else "pdf",
            "title": self.title,
            "content": content,
            "paper": base64.b64encode(self.paper).decode() if self.paper and not gone else None,
            "issued_at": self.issued_at,
        }


def take(hospital_id: str, told: HandedIn, moment: datetime) -> tuple[HospitalReport, str]:
    """Keep a version of a report. The same one again changes nothing; a newer one replaces what was there,
    which is kept; an older one is refused. The patient's row is held, so that two at once take turns.

    Raises a 422 for a patient that the hospital does not have, a 409 with words for what cannot follow on
    what there is."""
    if told.issued_at > moment + AHEAD:
        raise invalid_input("/issued", NOT_YET)
    patient = _patient(hospital_id, *told.patient)
    lock_row(HospitalPatient, patient.id)
    known = select(HospitalReport).where(
        HospitalReport.hospital_id == hospital_id, HospitalReport.source == told.source
    )
    found = session().scalar(known.execution_options(populate_existing=True))
    if found is None:
        report, outcome = _first(patient, told, moment), "new"
    else:
        report, outcome = _next(found, patient, told, moment)
    if outcome != "unchanged":
        audit("hospital.report", "hospital_report", report.id, hospital=hospital_id, version=report.version)
        _tell(patient, report)
    return report, outcome


def shown(report: HospitalReport) -> dict[str, Any]:
    """A report as its patient reads it."""
    content = json.loads(report.content) if report.content else {"values": [], "conclusion": None}
    return {"row": report, "hospital": structure().hospitals[report.hospital_id], **content}


def read(who: Looking, report_id: str, moment: datetime, reason: Text = READ) -> HospitalReport:
    """A report that the caller sees; any other is a 404. That it was read stands in its patient's log."""
    found = session().scalar(select(HospitalReport).where(HospitalReport.id == report_id, _of(who)))
    if found is None or not who.sees_records(found.hospital_id, moment):
        raise Problem("not-found")
    looked(SERVICE.id, [who.ref], reason, by=SELF, of=("hospital_report", report_id))
    return found


def paper_of(report: HospitalReport) -> bytes:
    """The PDF of a report; a 404 where it has none."""
    if report.paper is None:
        raise Problem("not-found")
    return base64.b64decode(report.paper)


def seen_by(who: Looking) -> ColumnElement[bool]:
    """The reports of whoever is looked at; the list is a look, too."""
    looked(SERVICE.id, [who.ref], LIST, by=SELF)
    return _of(who)


def forget(moment: datetime, keep_days: int, unit: Unit) -> int:
    """Delete copies that are older than they are kept for."""
    oldest = first_id_at(moment - timedelta(days=keep_days))
    old = select(HospitalReport.id).where(HospitalReport.id < oldest)
    delete_in_slices(table_of(HospitalFormerReport), HospitalFormerReport.report_id.in_(old), unit)
    return delete_in_slices(table_of(HospitalReport), HospitalReport.id < oldest, unit)


def _of(who: Looking) -> ColumnElement[bool]:
    mine = select(HospitalPatient.id).where(HospitalPatient.citizen_ref == who.ref)
    return HospitalReport.patient_id.in_(mine)


def _patient(hospital_id: str, kind: str, number: str) -> HospitalPatient:
    found = select(HospitalPatient).where(HospitalPatient.hospital_id == hospital_id)
    if kind == "VN":
        found = found.join(HospitalBooking, HospitalBooking.patient_id == HospitalPatient.id)
        found = found.where(HospitalBooking.hospital_id == hospital_id, HospitalBooking.number == number)
    else:
        found = found.where(HospitalPatient.number == number)
    patient = session().scalar(found)
    if patient is None:
        raise invalid_input("/subject/identifier", UNKNOWN)
    return patient


def _first(patient: HospitalPatient, told: HandedIn, moment: datetime) -> HospitalReport:
    if told.status == WITHDRAWN:
        raise Problem("conflict", NONE_TO_WITHDRAW)
    made = HospitalReport(
        id=new_id(), hospital_id=patient.hospital_id, patient_id=patient.id, source=told.source, version=1,
        created_at=moment, **told.columns,
    )  # fmt: skip
    try:
        with session().begin_nested():
            session().add(made)
    except IntegrityError as met:  # under the name of another patient, in this moment
        raise Problem("conflict", AT_ONCE) from met
    return made


def _next(
    found: HospitalReport, patient: HospitalPatient, told: HandedIn, moment: datetime
) -> tuple[HospitalReport, str]:
    if found.patient_id != patient.id:
        raise Problem("conflict", OTHER_PATIENT)
    columns = told.columns
    if all(getattr(found, name) == value for name, value in columns.items()):
        return found, "unchanged"
    if told.issued_at < found.issued_at:
        raise Problem("conflict", OLDER)
    session().add(
        HospitalFormerReport(
            id=new_id(), report_id=found.id, version=found.version, status=found.status, title=found.title,
            content=found.content, paper=found.paper, issued_at=found.issued_at, replaced_at=moment,
        )
    )  # fmt: skip
    for name, value in columns.items():
        setattr(found, name, value)
    found.version += 1
    session().flush()
    return found, "replaced"


def _tell(patient: HospitalPatient, report: HospitalReport) -> None:
    """Whoever has an account hears that there is something, and not of what kind it is or of which
    department."""
    if patient.citizen_ref is None:
        return
    key, hospital = f"{report.id}:{report.version}", session().get_one(Hospital, report.hospital_id).name
    note(SERVICE.id, patient.citizen_ref, "result", "system", [hospital], key=key)
    send(SERVICE.id, patient.citizen_ref, "result", {"hospital": hospital}, key=key)
