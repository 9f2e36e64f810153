"""The facade, as it is declared."""

from __future__ import annotations

from datetime import date
from typing import Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.fhir import Facade, TakenElsewhere
from services.hospital.manifest import SERVICE
from services.hospital.routes.fhir.codes import PROFILES
from services.hospital.routes.fhir.kinds import KINDS

SECURITY: Final = Text(
    "合作系统的密钥（Authorization: Bearer），只限一家医院。metadata 与线上可约的 Slot 无需密钥。每次读取个人数据都记入本人的使用记录。",
    "A partner's key (Authorization: Bearer), of one hospital. metadata and Slots that are free online need none. Every read of personal data is in that person's own log.",
)
READ: Final = Text("医院系统查询预约", "The hospital's system reads bookings")
REPORTS: Final = Text(
    "这里不提供读写。结果由带 reports 权限的密钥 POST 到 {address}：一份 DiagnosticReport，Observation 放在 contained，PDF 放在 presentedForm；或 POST 到 {address}/bundle：只含一份 DiagnosticReport 及其 Observation 的 Bundle。subject 用 identifier 指明患者：MR、VN 或 FILL。那里的回答是普通 JSON，错误按 RFC 9457。",
    "Neither read nor written here. A key with the scope reports hands results in by POST to {address}: one DiagnosticReport with its Observations contained, a PDF as presentedForm; or to {address}/bundle: a Bundle of one DiagnosticReport and its Observations. subject names the patient by an identifier: MR, VN or FILL. Answers there are plain JSON, errors those of RFC 9457.",
)
OBSERVATIONS: Final = Text(
    "只随 DiagnosticReport 一并接收（POST {address}），这里不提供读写。",
    "Taken only along with a DiagnosticReport (POST {address}); neither read nor written here.",
)
TAKEN: Final = "hospital_reports.take_report"

FACADE: Final = Facade(
    service=SERVICE,
    types=KINDS,
    since=date(2026, 11, 29),
    security=SECURITY,
    reason=READ,
    unit="hospital",
    profiles=(f"{PROFILES}/CapabilityStatement/IHE.Scheduling.server",),
    elsewhere=(
        TakenElsewhere("DiagnosticReport", TAKEN, REPORTS, references=("logical", "local")),
        TakenElsewhere("Observation", TAKEN, OBSERVATIONS),
    ),
)
