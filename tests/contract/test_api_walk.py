"""Requests about what earlier answers named: whatever has happened to a thing before, each answer is one that
the description names.

Schemathesis makes the requests and checks the answers. Its own state machine takes operations at random: of
850 requests a fifth were about something known, and half of the operations that links lead to never
succeeded. Here those that were asked least come first.
"""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any, Final

import pytest
import schemathesis
from schemathesis.core.failures import FailureGroup

from tests.contract.api_app import installed_document
from tests.contract.api_city import Callers
from tests.contract.api_fhir import FHIR, TYPES
from tests.contract.api_fields import operations
from tests.contract.api_meaning import CONFIG
from tests.contract.api_town import Town
from tests.contract.api_walk import Walk
from tests.drills.sizes import WALKED_BODIES, WALKS

pytestmark = pytest.mark.generated
DOCUMENT: Final = installed_document()
STEPS: Final = 600
ELSEWHERE: Final = {
    "POST /api/v1/staff/sessions": "takes a password and six digits (`test_api_writes`)",
    "POST /api/v1/admin/services/{service}/usage/looks": "takes the reference of a citizen (`test_api_ownership`)",
    "POST /api/v1/services/pass/operator/places/{place_id}/members/import": "takes a file (`test_api_ownership`)",
    "POST /api/v1/payments/events": "signed by a provider (`test_provider_events`)",
    "POST /api/v1/kiosks/me/pin": "takes the PIN (`test_api_writes`)",
    "POST /api/v1/kiosks/me/search": "takes what the PIN gave (`test_api_writes`)",
    "GET /api/v1/kiosks/me/choices": "of a purpose that declares some (`test_choices`)",
    "POST /api/v1/me/notices/email/confirmation": "takes a code from a message (`test_email`)",
    "POST /api/v1/admin/webhooks": "takes a notice that is declared for webhooks (`test_webhooks`)",
    "GET /api/v1/admin/webhooks/{webhook_id}": "there is none (`test_webhooks`)",
    "PATCH /api/v1/admin/webhooks/{webhook_id}": "there is none (`test_webhooks`)",
    "DELETE /api/v1/admin/webhooks/{webhook_id}": "there is none (`test_webhooks`)",
    "POST /api/v1/admin/webhooks/{webhook_id}/secret": "there is none (`test_webhooks`)",
    "POST /api/v1/admin/webhooks/{webhook_id}/test": "there is none (`test_webhooks`)",
    "POST /api/v1/admin/tasks/claims_import": "takes a file (`test_api_writes`)",
    "GET /api/v1/admin/tasks/claims_import/{run_id}/file": "for its sender (`test_api_ownership`)",
    "POST /api/v1/services/pass/tasks/import_people": "takes a file (`test_import_task`)",
    **{
        f"{method} {FHIR}/{name}": "takes what another system knows (`services/hospital/tests/fhir`)"
        for method, name in (
            *(("GET", f"{kind}/{{resource_id}}") for kind in TYPES),
            ("GET", "Appointment/$find"),
            ("POST", "Appointment/$find"),
            ("POST", "Appointment/$hold"),
            ("POST", "Appointment/$book"),
            ("PUT", "Appointment/{resource_id}"),
        )
    },
    **{
        f"{label} /api/v1/services/hospital/tasks/{{run_id}}{after}": "nobody has sent a file (`test_importing`)"
        for label, after in (("GET", ""), ("GET", "/file"), ("POST", "/cancel"))
    },
    "POST /api/v1/services/hospital/tasks/import_timetable": "takes a file (`test_importing`)",
    "GET /api/v1/services/bus/journeys": "takes two stops (`test_journeys`)",
    "PUT /api/v1/services/bus/saved-stops/{stop_id}": "takes a stop (`test_saved_stops`)",
    "DELETE /api/v1/services/bus/saved-stops/{stop_id}": "takes a stop (`test_saved_stops`)",
    "PUT /api/v1/me/purse/wards/{delegation_id}": "for a guardian (`test_api_writes`)",
    "DELETE /api/v1/me/purse/wards/{delegation_id}": "for a guardian (`test_api_writes`)",
    "GET /api/v1/admin/payments/charges/{charge_id}": "takes the number of a receipt (`test_office`)",
    "POST /api/v1/admin/payments/charges/{charge_id}/refunds": "takes the number of a receipt (`test_office`)",
    "GET /api/v1/me/export": "when the jobs process has made it (`test_copy`)",
    "DELETE /api/v1/me": "who has closed their account calls no more (`test_erasure`)",
    "POST /api/v1/services/hospital/desk/{hospital_id}/sessions/{session_id}/added": "where no number is left (`test_adding`)",
    "POST /api/v1/services/hospital/operator/hospitals/{hospital_id}/patients/{patient_id}/free": "for whoever is suspended (`test_managing`)",
    "POST /api/v1/me/purse/repayments": "for whoever owes something (`test_api_writes`)",
}
"""What no walk succeeds in, and where it is asked."""


class City:
    """Who calls, and what there is."""

    def __init__(self, callers: Callers, town: Town) -> None:
        self.app, self.callers, self.town = callers.app, callers, town

    def walk(self, document: dict[str, Any], seed: int) -> Walk:
        """A walk along a description."""
        schema = schemathesis.openapi.from_dict(copy.deepcopy(document), config=CONFIG)
        schema.app = self.app
        return Walk(self.callers, self.town, schema, seed, WALKED_BODIES)


@pytest.fixture(scope="module")
def city(callers: Callers, town: Town) -> City:
    """The city."""
    return City(callers, town)


def test_whatever_came_before_each_answer_is_one_that_the_description_names(city: City) -> None:
    succeeded: Counter[str] = Counter()
    for seed in range(WALKS):
        walk = city.walk(DOCUMENT, seed)
        walk.go(STEPS)
        for label, statuses in walk.statuses.items():
            succeeded[label] += sum(times for status, times in statuses.items() if status < 300)
    in_vain = [label for label in walk.labels if not succeeded[label]]
    assert ELSEWHERE.keys() - {*in_vain} == set()
    chance = {*in_vain} - ELSEWHERE.keys()  # has a part in it: a claim is decided once
    assert len(chance) <= len(walk.labels) // 10, chance


def no_conflicts(document: dict[str, Any]) -> None:
    """Nothing is ever refused because of what came before."""
    for label in operations(document):
        method, _, path = label.partition(" ")
        document["paths"][path][method.lower()]["responses"].pop("409", None)


def no_second_language(document: dict[str, Any]) -> None:
    """Gates have no names."""
    document["components"]["schemas"]["Gate"]["properties"]["name"] = {"type": "null"}


@pytest.mark.parametrize("lie", [no_conflicts, no_second_language])
def test_a_description_that_is_not_so_is_found_out(city: City, lie: Any) -> None:
    document = copy.deepcopy(DOCUMENT)
    lie(document)
    with pytest.raises(FailureGroup):
        city.walk(document, 0).go(STEPS)
