"""Others' programs: every answer is judged by npm `fhir`, and an unmodified `fhirclient` books a number."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fhirclient.models.appointment import Appointment
from fhirclient.models.capabilitystatement import CapabilityStatement
from fhirclient.models.fhirreference import FHIRReference
from fhirclient.models.parameters import Parameters, ParametersParameter
from fhirclient.models.patient import Patient
from fhirclient.models.schedule import Schedule
from fhirclient.models.slot import Slot
from fhirclient.server import FHIRNotFoundException, FHIRServer, FHIRUnauthorizedException
from werkzeug.serving import make_server

from citizen_app.toolkit.testing import City, is_required
from services.hospital.tests.conftest import Ward

from .conftest import FHIR, MakeSystem, System, to
from .test_scheduling import first, patient

HERE = Path(__file__).parent
INSTALL = f"npm ci --ignore-scripts --prefix {HERE.relative_to(HERE.parents[3])}"


@pytest.fixture(scope="module")
def port() -> int:
    """A free port of the loopback address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def app_settings(port: int) -> dict[str, str]:
    """The city is known by the address of the server below."""
    return {"CITIZEN_PUBLIC_URL": f"http://127.0.0.1:{port}", "CITIZEN_HOOK_BUDGET_MS": "5000"}


@pytest.fixture
def address(city: City, port: int) -> Iterator[str]:
    """The facade on a server that answers while the test runs."""
    server = make_server("127.0.0.1", port, city.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{port}{FHIR}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def node() -> str:
    """Node with the packages of the lock file; skipped without them, unless `CITIZEN_REQUIRE` names node."""
    found = shutil.which("node")
    if found and (HERE / "node_modules" / "fhir").is_dir():
        return found
    message = f"no Node here that judges FHIR: install nodejs and npm, then `{INSTALL}`"
    if is_required("node"):
        pytest.fail(message)
    pytest.skip(message)


def judged(node: str, answers: list[tuple[str, Any]]) -> dict[str, Any]:
    """What npm `fhir` says about resources."""
    sent = json.dumps([{"name": name, "resource": resource} for name, resource in answers])
    done = subprocess.run(
        [node, "validate.js"], cwd=HERE, input=sent, capture_output=True, text=True, check=True, timeout=60
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_what_judges_is_pinned_and_free() -> None:
    packages = json.loads((HERE / "package-lock.json").read_text())["packages"]
    assert packages[""]["dependencies"] == {"fhir": packages["node_modules/fhir"]["version"]}
    assert {one["license"] for one in packages.values()} == {"Apache-2.0", "ISC", "MIT"}


@pytest.mark.processes
@pytest.mark.journey
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_answer_is_fhir(ward: Ward, his: System, anyone: System, node: str) -> None:
    ward.open(fee=500)
    whom = patient(ward)
    held = his.operate("hold", appointment_reference=to("Appointment", first(his, whom)))
    booked = his.operate("book", appointment_reference=to("Appointment", held))["entry"][0]["resource"]
    his.call("PUT", f"Appointment/{booked['id']}", json={**booked, "status": "cancelled"})
    for kind in (
        "Organization",
        "Location",
        "HealthcareService",
        "Practitioner",
        "Schedule",
        "Slot",
        "Patient",
        "Appointment",
    ):
        for one in his.found(kind)[:2]:
            his.get(f"{kind}/{one['id']}")
    his.get("Slot?_include=Slot:schedule&_count=1")
    his.get("Appointment?_include=Appointment:patient")
    his.get("Slot?_count=0")
    his.get("Nothing", 404)
    his.operate("hold", 400, appointment_reference=to("Appointment", "p-1"))
    his.call("POST", "Appointment/$hold", 400, json={"resourceType": "Parameters", "nonsense": 1})
    anyone.get("Patient", 401)
    anyone.get("metadata")
    anyone.get("metadata", **{"Accept-Language": "en"})
    answers = his.answers + anyone.answers
    assert {one["resourceType"] for _, one in answers} >= {
        "Bundle",
        "OperationOutcome",
        "CapabilityStatement",
        "Slot",
    }
    found = judged(node, answers)
    assert found["faults"] == []
    assert found["judged"] > len(answers) > 25

    slot = next(one for _, one in answers if one["resourceType"] == "Slot")
    wrong = [("no status", {**slot, "status": "nothing"}), ("unknown", {**slot, "places": 3})]
    assert len(judged(node, wrong)["faults"]) == 2, "it can tell"


def test_an_unmodified_client_finds_books_and_cancels(
    ward: Ward, system_of: MakeSystem, address: str, city: City
) -> None:
    ward.open()
    stranger = FHIRServer(None, address)
    assert CapabilityStatement.read_from("metadata", stranger).fhirVersion == "4.0.1"
    free = list(Slot.where({"status": "free", "_count": "1"}).perform_resources_iter(stranger))
    assert [one.status for one in free] == ["free", "free"], "it follows the links to the pages"
    with pytest.raises(FHIRUnauthorizedException):
        Patient.read_from("Patient", stranger)

    server = FHIRServer(None, address)
    server.session.headers.update(system_of(ward).headers)
    slots = list(Slot.where({"status": "free"}).perform_resources_iter(server))
    assert len(slots) == 4
    schedule = Schedule.read_from(slots[0].schedule.reference, server)
    assert [one.display for one in schedule.actor] == ["陈示安", "内科", "本部"]

    def operate(name: str, **references: str) -> dict[str, Any]:
        asked = Parameters()
        asked.parameter = []
        for key, value in references.items():
            one = ParametersParameter({"name": key.replace("_", "-")})
            if value.startswith("2026"):
                one = ParametersParameter({"name": key, "valueDateTime": value})
            else:
                one.valueReference = FHIRReference({"reference": value})
            asked.parameter.append(one)
        answer: dict[str, Any] = server.post_json(f"Appointment/${name}", asked.as_json()).json()
        return answer

    whom = f"Patient/{patient(ward)}"
    found = operate("find", start="2026-05-13", end="2026-05-14", patient_reference=whom)
    proposal = Appointment(found["entry"][0]["resource"])
    held = Appointment(operate("hold", appointment_reference=f"Appointment/{proposal.id}"))
    assert held.status == "pending"
    booked = Appointment(
        operate("book", appointment_reference=f"Appointment/{held.id}")["entry"][0]["resource"]
    )
    assert (booked.status, booked.start.as_json()) == ("booked", slots[0].start.as_json())
    (listed,) = Appointment.where({"patient": whom, "status": "booked"}).perform_resources_iter(server)
    assert listed.id == booked.id
    assert Patient.read(whom.split("/")[1], server).identifier[0].value == "00000001"
    listed.status = "cancelled"
    listed.update(server)
    assert Appointment.read(booked.id, server).status == "cancelled"
    with pytest.raises(FHIRNotFoundException):
        Appointment.read("nothing", server)
    assert city.count("hospital_bookings", "state = 'cancelled'") == 1
