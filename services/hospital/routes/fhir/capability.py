"""What the facade can do, as a CapabilityStatement."""

from __future__ import annotations

from typing import Final

from citizen_app.toolkit.contract import Text
from services.hospital.manifest import SERVICE
from services.hospital.routes.fhir.bundles import base
from services.hospital.routes.fhir.codes import Json, said
from services.hospital.routes.fhir.kinds import KINDS, Kind

SINCE: Final = "2026-11-29"
PROFILES: Final = "https://profiles.ihe.net/ITI/Scheduling"
OPERATIONS: Final = ("find", "hold", "book")
SECURITY: Final = Text(
    "合作系统的密钥（Authorization: Bearer），只限一家医院。metadata 与线上可约的 Slot 无需密钥。每次读取个人数据都记入本人的使用记录。",
    "A partner's key (Authorization: Bearer), of one hospital. metadata and Slots that are free online need none. Every read of personal data is in that person's own log.",
)
PLACES: Final = Text(
    "一个 Slot 是一个时段内一个渠道的全部号源，余号数在扩展 places-left 中。",
    "A Slot has all the numbers that one channel sells in one slot; the extension places-left says how many are left.",
)
STATUSES: Final = Text(
    "可改的只有 status：cancelled、arrived、fulfilled、noshow。",
    "Only the status can be changed: cancelled, arrived, fulfilled, noshow.",
)
WORDS: Final = {"Slot": PLACES, "Appointment": STATUSES}


def statement() -> Json:
    """The CapabilityStatement."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": SINCE,
        "kind": "instance",
        "publisher": said(SERVICE.owner),
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "instantiates": [f"{PROFILES}/CapabilityStatement/IHE.Scheduling.server"],
        "software": {"name": said(SERVICE.title), "version": SERVICE.version},
        "implementation": {"description": said(SERVICE.summary), "url": base()},
        "rest": [
            {
                "mode": "server",
                "security": {"cors": False, "description": said(SECURITY)},
                "resource": [_resource(kind) for kind in KINDS.values()],
            }
        ],
    }


def _resource(kind: Kind) -> Json:
    is_booked = kind.name == "Appointment"
    interactions = ["read", "search-type", *(["update"] if is_booked else [])]
    found: Json = {
        "type": kind.name,
        "interaction": [{"code": code} for code in interactions],
        "versioning": "versioned-update" if is_booked else "no-version",
        "searchParam": [
            {"name": name, "type": of} for name, of in kind.parameters.items() if ":" not in name
        ],
    }
    if kind.includes:
        found["searchInclude"] = list(kind.includes)
    if kind.name in WORDS:
        found["documentation"] = said(WORDS[kind.name])
    if is_booked:
        found["operation"] = [
            {"name": name, "definition": f"{PROFILES}/OperationDefinition/appointment-{name}"}
            for name in OPERATIONS
        ]
    return found
