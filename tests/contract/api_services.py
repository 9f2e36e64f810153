"""How the writes of the services may be repeated (`api_writes.KINDS`); each service sends its own twice in
its tests."""

from __future__ import annotations

from typing import Final

from tests.contract.api_fhir import FHIR_WRITES
from tests.contract.api_hospital import HOSPITAL_WRITES
from tests.contract.api_hospital_records import RECORD_WRITES
from tests.contract.api_repeating import Kind

SERVICES: Final[dict[str, Kind]] = {
    **HOSPITAL_WRITES,
    **FHIR_WRITES,
    "POST /api/v1/services/hospital/tasks/import_timetable": "id",
    "POST /api/v1/services/hospital/tasks/{run_id}/cancel": "once",
    **RECORD_WRITES,
    "POST /api/v1/services/bus/operator/feeds/{version}/activate": "state",
    "POST /api/v1/services/bus/tasks/import_gtfs": "id",
    "POST /api/v1/services/bus/tasks/{run_id}/cancel": "once",
    "POST /api/v1/services/pass/tasks/import_people": "id",
    "POST /api/v1/services/pass/tasks/{run_id}/cancel": "once",
    "POST /api/v1/payments/events": "state",  # signed by a provider: `test_provider_events`
    "PUT /api/v1/services/bus/saved-stops/{stop_id}": "state",
    "DELETE /api/v1/services/bus/saved-stops/{stop_id}": "state",
    "POST /api/v1/services/pass/my/claims": "once",
    "DELETE /api/v1/services/pass/my/claims/{claim_id}": "once",
    "POST /api/v1/services/pass/my/invitations": "id",
    "POST /api/v1/services/pass/my/invitations/{invitation_id}/revoke": "state",
    "POST /api/v1/services/pass/operator/places/{place_id}/members": "once",
    "POST /api/v1/services/pass/operator/places/{place_id}/members/{member_id}/suspend": "state",
    "POST /api/v1/services/pass/operator/places/{place_id}/members/{member_id}/revoke": "state",
    "POST /api/v1/services/pass/operator/places/{place_id}/members/{member_id}/restore": "state",
    "POST /api/v1/services/pass/operator/places/{place_id}/claims/{claim_id}/approve": "once",
    "POST /api/v1/services/pass/operator/places/{place_id}/claims/{claim_id}/refuse": "once",
    "POST /api/v1/services/pass/operator/places/{place_id}/emergency": "once",
    "POST /api/v1/services/pass/operator/places/{place_id}/emergency/end": "once",
    "POST /api/v1/services/pass/operator/places/{place_id}/muster/{person_id}": "state",
    "POST /api/v1/services/pass/operator/places": "key",
    "PATCH /api/v1/services/pass/operator/places/{place_id}": "state",
    "POST /api/v1/services/pass/operator/places/{place_id}/gates": "once",
    "PATCH /api/v1/services/pass/operator/gates/{gate_id}": "state",
    "POST /api/v1/services/pass/operator/gates/{gate_id}/kiosks": "state",
    "DELETE /api/v1/services/pass/operator/gates/{gate_id}/kiosks/{kiosk_id}": "once",
    "PATCH /api/v1/services/pass/operator/places/{place_id}/members/{member_id}": "state",
    "POST /api/v1/services/pass/operator/places/{place_id}/members/import": "state",
    "POST /api/v1/services/pass/operator/places/{place_id}/invitations/{invitation_id}/revoke": "state",
    "POST /api/v1/services/pass/managed/{place_id}/invitations/{invitation_id}/revoke": "state",
    "POST /api/v1/services/pass/operator/places/{place_id}/trail": "fresh",
    "POST /api/v1/services/pass/managed/{place_id}/members/{member_id}/suspend": "state",
    "POST /api/v1/services/pass/managed/{place_id}/members/{member_id}/revoke": "state",
    "POST /api/v1/services/pass/managed/{place_id}/members/{member_id}/restore": "state",
    "POST /api/v1/services/pass/managed/{place_id}/claims/{claim_id}/approve": "once",
    "POST /api/v1/services/pass/managed/{place_id}/claims/{claim_id}/refuse": "once",
    "POST /api/v1/services/pass/managed/{place_id}/emergency": "once",
    "POST /api/v1/services/pass/managed/{place_id}/emergency/end": "once",
    "POST /api/v1/services/pass/managed/{place_id}/muster/{person_id}": "state",
}
