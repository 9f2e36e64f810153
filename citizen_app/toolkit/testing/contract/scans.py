"""Scans: whatever a kiosk sends, the module decides; nothing crashes, nothing happens twice."""

from __future__ import annotations

from datetime import timedelta

from citizen_app.citizens.traits import AssuranceLevel
from citizen_app.clock import now, rfc3339
from citizen_app.ids import new_id
from citizen_app.registry.modules import InstalledModule
from citizen_app.toolkit.testing.city import City
from citizen_app.toolkit.testing.contract.samples import ON_ONE_DATABASE, answer_to, rows, scans, wrong

MOST_QUESTIONS = 4
BROKEN = "service_unavailable"
"""The reason that the core gives when a module crashed, took too long, or answered what it did not
declare."""


def test_every_purpose_is_decided(city: City, module: InstalledModule) -> None:
    for kiosk, purpose, context in scans(city, module):
        citizen = city.citizen(level=max(AssuranceLevel))
        answer = kiosk.scan(citizen.code(), purpose.id, context=context)
        for _ in range(MOST_QUESTIONS):
            assert answer.status_code == 200, f"{purpose.id} with {context}: {answer.text}"
            decision = answer.get_json()
            assert decision["reason"] != BROKEN, (
                f"{purpose.id} with {context}: the module failed, see the log"
            )
            if decision["decision"] != "needs_input":
                break
            answer = kiosk.answer(decision, answer_to(decision["input"]["schema"]))
        assert decision["decision"] in ("allow", "deny")
        assert len(citizen.usage()) == 1


@ON_ONE_DATABASE
def test_context_that_is_not_declared_is_refused(city: City, module: InstalledModule) -> None:
    citizen = city.citizen()
    for kiosk, purpose, context in scans(city, module):
        wrong_contexts = [{**context, "no_such_field": 1}]
        wrong_contexts += [{**context, field.name: wrong(field)} for field in purpose.context]
        wrong_contexts += [
            {name: value for name, value in context.items() if name != field.name}
            for field in purpose.context
            if field.required
        ]
        for refused in wrong_contexts:
            answer = kiosk.scan(citizen.code(), purpose.id, context=refused)
            assert answer.status_code == 422, f"{purpose.id} accepted {refused}"
    assert citizen.usage() == []


def test_a_lost_answer_is_given_again_and_nothing_happens_twice(city: City, module: InstalledModule) -> None:
    for kiosk, purpose, context in scans(city, module):
        code, scan_id = city.citizen().code(), new_id()
        first = kiosk.scan(code, purpose.id, context=context, scan_id=scan_id)
        held = rows(city, module)
        again = kiosk.scan(code, purpose.id, context=context, scan_id=scan_id)
        assert again.status_code == first.status_code
        assert again.get_json().get("usage_id") == first.get_json().get("usage_id")
        assert rows(city, module) == held


def test_a_scan_that_is_uploaded_later_is_recorded(city: City, module: InstalledModule) -> None:
    """It has happened: the module may refuse it, but it may neither fail nor ask."""
    for kiosk, purpose, context in scans(city, module):
        if not purpose.offline.online_codes:
            continue
        moment = now() - timedelta(seconds=20)
        sent = {
            "scan_id": new_id(),
            "purpose": purpose.id,
            "code": city.citizen().code(int(moment.timestamp())),
            "context": context,
            "occurred_at": rfc3339(moment),
        }
        answer = kiosk.post("/api/v1/scans/batch", {"scans": [sent]})
        (result,) = answer.get_json()["results"]
        assert result.get("decision") in ("allow", "deny"), f"{purpose.id}: {result}"
        assert result["reason"] != BROKEN, f"{purpose.id}: the module failed, see the log"


@ON_ONE_DATABASE
def test_it_knows_a_citizen_by_a_reference_of_its_own(city: City, module: InstalledModule) -> None:
    """And is told no field that it has not declared."""
    for kiosk, purpose, context in scans(city, module):
        citizen = city.citizen()
        decision = kiosk.scan(citizen.code(), purpose.id, context=context).get_json()
        assert decision.get("citizen_ref") == citizen.ref(module.id)
        assert citizen.ref(module.id) != citizen.ref("another_service")
        assert set(decision["granted"]) <= module.descriptor.scope_names()
