"""The FHIR facade of the hospitals: its writes, and systems that have what its addresses name."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from tests.contract.api_hospital import HOSPITAL, a_hospital
from tests.contract.api_keys import partner_of
from tests.contract.api_owners import Headers, Owner
from tests.contract.api_town import Town

if TYPE_CHECKING:
    from tests.contract.api_repeating import Kind

FHIR: Final = f"{HOSPITAL}/fhir"
TYPES: Final = (
    "Organization",
    "Location",
    "HealthcareService",
    "Practitioner",
    "Schedule",
    "Slot",
    "Patient",
    "Appointment",
)
SCOPES: Final = ("schedules", "appointments")
FHIR_WRITES: Final[dict[str, Kind]] = {
    **{f"POST {FHIR}/{name}/_search": "fresh" for name in TYPES},
    f"POST {FHIR}/Appointment/$find": "fresh",
    f"POST {FHIR}/Appointment/$hold": "once",
    f"POST {FHIR}/Appointment/$book": "state",
    f"PUT {FHIR}/Appointment/{{resource_id}}": "state",
}


def a_resource(name: str) -> Callable[[Town], Owner]:
    """A system of a hospital, and one of its resources."""

    def make(town: Town) -> Owner:
        hospital = a_hospital(town).ids["hospital_id"]
        headers = town.city.partner_headers("hospital", hospital, SCOPES)
        found: Any = town.ask(headers, "GET", f"{FHIR}/{name}?_count=1")
        resource = found["entry"][0]["resource"]
        return Owner(headers, {"resource_id": resource["id"], "resource": json.dumps(resource)})

    return make


def cancelled(owner: Owner) -> dict[str, Any]:
    """The booking that an owner has, given up."""
    return {"json": {**json.loads(owner.ids["resource"]), "status": "cancelled"}}


def other_systems(town: Town) -> list[Headers]:
    """The system of another hospital, and one of another service."""
    other = a_hospital(town).ids["hospital_id"]
    return [town.city.partner_headers("hospital", other, SCOPES), partner_of(town.city, "probe")]
