"""Asking at every address of the API that names a thing, as everybody to whom it does not belong."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import cache
from typing import Any, Final

import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis import GenerationMode
from werkzeug.test import TestResponse

from citizen_app import clock
from citizen_app.clock import rfc3339
from citizen_app.ids import new_id
from tests.contract.api_app import installed_document
from tests.contract.api_fhir import cancelled
from tests.contract.api_office import a_refund
from tests.contract.api_things import Headers, Owner, Town, things_of

DOCUMENT: Final = installed_document()
SCHEMA: Final = schemathesis.openapi.from_dict(DOCUMENT)
METHODS: Final = ("get", "post", "put", "patch", "delete")
CITYWIDE: Final = (
    "POST /api/v1/admin/claims/{claim_id}/end",
    "POST /api/v1/admin/issuer-keys/{kid}/disable",
    *(
        f"{method} /api/v1/admin/tasks{task}/{{run_id}}{after}"
        for task in ("", "/claims_import", "/reseal")
        for method, after in (("GET", ""), ("POST", "/cancel"))
    ),
    "GET /api/v1/admin/tasks/claims_import/{run_id}/file",
    "POST /api/v1/admin/issuer-keys/{kid}/enable",
    "POST /api/v1/admin/payments/differences/{difference_id}/settle",
    "POST /api/v1/admin/services/{service}/enable",
    "POST /api/v1/admin/services/{service}/disable",
    "PUT /api/v1/admin/services/{service}/settings",
)
"""Operations whose permission covers the whole city: there is no other caller of the same kind to whom the
thing does not belong."""
OF_ONESELF: Final = (
    "PUT /api/v1/me/consents/{service}",
    "DELETE /api/v1/me/consents/{service}",
    "PUT /api/v1/services/bus/saved-stops/{stop_id}",
    "DELETE /api/v1/services/bus/saved-stops/{stop_id}",
)
"""Operations about the caller alone: the service or the stop that the address names is open to everybody."""
NOBODYS: Final = {"version": "999999999", "service": "nobody"}
"""Unused ids, where the id is not a UUID."""


def _until(owner: Owner) -> dict[str, Any]:
    return {"json": {"reason": "演练", "until": rfc3339(clock.now() + timedelta(hours=1))}}


def _days(owner: Owner) -> dict[str, Any]:
    today = clock.now().date().isoformat()
    return {"query_string": {"first": today, "last": today}}


def _file(owner: Owner) -> dict[str, Any]:
    content = "手机号,姓名,单元\n13912345678,李四,3-2-1202\n"
    return {"data": {"file": (io.BytesIO(content.encode()), "people.csv")}}


MEANT: Final[Mapping[str, Callable[[Owner], dict[str, Any]]]] = {
    r"PUT .*/fhir/Appointment/\{resource_id\}": cancelled,
    r"POST .*/hospital/bookings/\{booking_id\}/move": lambda owner: {
        "json": {"slot_id": owner.ids["slot_id"]}
    },
    r"POST .*/patients/\{patient_id\}/bookings": lambda owner: {"json": {"slot_id": owner.ids["slot_id"]}},
    r"POST .*/sessions/\{session_id\}/added": lambda owner: {
        "json": {"patient_id": owner.ids["patient_id"], "reason": "加号"}
    },
    r"POST .*/patients/\{patient_id\}/referrals": lambda owner: {
        "json": {"department_id": owner.ids["to_department_id"], "reason": "请专科评估"}
    },
    r"POST .*/hospital/desk/\{hospital_id\}/patients": lambda owner: {"json": {"name": "无名氏"}},
    r"PATCH .*/hospital/operator/\w+/\{row_id\}": lambda owner: {"json": {"version": 1}},
    r"POST .*/policies(/effect)?": lambda owner: {"json": {"rules": {}}},
    r"POST .*/usage/looks": lambda owner: {
        "json": {"citizen_ref": owner.ids["citizen_ref"], "reason": "Complaint 2026-118"}
    },
    r"PATCH /api/v1/admin/kiosks/\S*": lambda owner: {"json": {"name": "新名"}},
    r"PATCH /api/v1/admin/partners/\S*": lambda owner: {"json": {"name": "新名"}},
    r"POST /api/v1/me/scans/\S*/answer": lambda owner: {
        "json": {"last_four": "1234"},
        "query_string": {"place_code": owner.ids.get("place_code", "")},
    },
    r"POST /api/v1/scans/\S*/answer": lambda owner: {"json": {"last_four": "1234"}},
    r"POST .*/emergency": _until,
    r"POST .*/gates/\{gate_id\}/kiosks": lambda owner: {"json": {"kiosk_id": owner.ids["kiosk_id"]}},
    r"POST .*/presence": lambda owner: {"json": {"method": "phone"}},
    r"POST .*/presence/confirmation": lambda owner: {"json": {"otp": "000000"}},
    r"POST .*\{finding_id\}/acting": lambda owner: {"json": {"services": ["pass"]}},
    r"POST .*\{finding_id\}/phone": lambda owner: {"json": {"phone": "13912345678"}},
    r"GET .*/statistics": _days,
    r"POST .*/charges/\{charge_id\}/refunds": a_refund,
    r"POST .*/members/import": _file,
    r"POST .*/places/\{place_id\}/members": lambda owner: {
        "json": {"phone": "13912345678", "name": "李四", "role": "resident"}
    },
    r"PATCH .*/members/\{member_id\}": lambda owner: {"json": {"unit": "3-2-1203"}},
}
"""What is sent where form is not all; elsewhere something that the description allows."""


class GivenAway(AssertionError):
    """A caller could see a thing that is not theirs."""


def named() -> list[str]:
    """Operations for somebody in particular whose address names a thing."""
    labels = [
        f"{method.upper()} {path}"
        for path, entry in DOCUMENT["paths"].items()
        for method, operation in entry.items()
        if "{" in path and method in METHODS and operation["security"]
    ]
    return [label for label in labels if label not in (*CITYWIDE, *OF_ONESELF)]


def refuses_all_others(town: Town, label: str) -> None:
    """Whoever does not have the thing hears that it is not there, in the same words as for a thing that
    nobody has; the owner does not, and what the owner hears is as the description has it.

    Raises `GivenAway`.
    """
    path = label.partition(" ")[2]
    things = things_of(path)
    reads = label.startswith("GET ")
    owner = town.another(things.make, 1) if reads else things.make(town)
    another = town.another(things.make)

    def asked(headers: Headers, ids: Mapping[str, str]) -> TestResponse:
        return send(town, label, headers, ids, owner)

    refused = [asked(headers, owner.ids) for headers in things.strangers(town)]
    if things.apart:
        refused.append(asked(another.headers, owner.ids))
    refused += [asked(owner.headers, ids) for ids in exchanged(path, owner, another)]
    if {answer.status_code for answer in refused} != {404} or len({words(answer) for answer in refused}) > 1:
        raise GivenAway(label, [answer.text for answer in refused])
    found = asked(owner.headers, owner.ids)
    assert found.status_code in (200, 201, 202, 204, 409), found.text
    SCHEMA[path][label.partition(" ")[0].lower()].validate_response(found)


def exchanged(path: str, owner: Owner, another: Owner) -> Iterator[dict[str, str]]:
    """The owner's ids with each that the address names exchanged for nobody's, and, beside others, for
    somebody else's."""
    parameters = re.findall(r"{(\w+)}", path)
    for parameter in parameters:
        yield {**owner.ids, parameter: NOBODYS.get(parameter) or new_id()}
        if len(parameters) > 1:
            yield {**owner.ids, parameter: another.ids[parameter]}


def words(answer: TestResponse) -> str:
    """What a problem says, but for the number of the request."""
    return str(sorted((name, said) for name, said in answer.get_json().items() if name != "request_id"))


def send(town: Town, label: str, headers: Headers, ids: Mapping[str, str], owner: Owner) -> TestResponse:
    """The answer to the request of somebody about these things."""
    method, _, path = label.partition(" ")
    meant = next((make for known, make in MEANT.items() if re.fullmatch(known, label)), None)
    body = meant(owner) if meant else {"json": some_body(label)}
    address = re.sub(r"{(\w+)}", lambda found: ids[found[1]], path)
    return town.city.app.test_client().open(address, method=method, headers=headers, **body)


@cache
def some_body(label: str) -> Any:
    """A body that the description allows; None where there is none."""
    method, _, path = label.partition(" ")
    operation = SCHEMA[path][method.lower()]
    if "requestBody" not in DOCUMENT["paths"][path][method.lower()]:
        return None
    cases = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    quickly = hypothesis.settings(
        max_examples=20,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    return hypothesis.find(cases, lambda case: isinstance(case.body, dict), settings=quickly).body
