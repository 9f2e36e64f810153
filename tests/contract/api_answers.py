"""Which answers name things, and where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.contract.api_hospital_walk import HOSPITAL_NAMED
from tests.contract.api_things import PASS

FINDING: Final = "/api/v1/admin/citizens/{finding_id}"
NAMED: Final[Mapping[str, tuple[str, str]]] = {
    **HOSPITAL_NAMED,
    f"{PASS}/my/places": (f"{PASS}/managed/{{place_id}}", "place_id"),
    f"{PASS}/operator/places/{{place_id}}/gates": (f"{PASS}/operator/gates/{{gate_id}}", "id"),
    f"{PASS}/operator/places/{{place_id}}/presence": (
        f"{PASS}/operator/places/{{place_id}}/muster/{{person_id}}",
        "person_id",
    ),
    f"{PASS}/managed/{{place_id}}/presence": (
        f"{PASS}/managed/{{place_id}}/muster/{{person_id}}",
        "person_id",
    ),
    "/api/v1/services/bus/operator/feeds": ("/api/v1/services/bus/operator/feeds/{version}", "version"),
    "/api/v1/services/bus/stops": ("/api/v1/services/bus/stops/{stop_id}", "id"),
    "/api/v1/admin/issuer-keys": ("/api/v1/admin/issuer-keys/{kid}", "kid"),
    "/api/v1/admin/citizens/search": (FINDING, "id"),
    "/api/v1/me/consents": ("/api/v1/me/consents/{service}", "service"),
    "/api/v1/scans": ("/api/v1/scans/{scan_id}", "scan_id"),
}
"""Answers that name things under another address than their own, or not by `id`: the address of such a thing,
and the member."""
