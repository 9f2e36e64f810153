"""Questions as citizens ask them find their answer among the first three: those that are kept beside the
checkout, and some that the entries were not written from."""

from __future__ import annotations

import importlib
import json
import time
from pathlib import Path
from statistics import median

import pytest

from citizen_app.guide.core import CODE
from citizen_app.guide.finding import Answer, Guide
from citizen_app.registry.contract import GuideEntry, ServiceModule
from citizen_app.text import Text

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "guide" / "questions.json"
HELD_OUT = Path(__file__).with_name("held_out.txt")
DESK = GuideEntry("desk", Text("人工", "Desk"), Text("人工", "Desk"), "/", ("窗口", "desk"))
TOPICS = {
    "bus": {
        "reduced and free fares": "reduced_fares",
        "departures": "departures",
        "stops and lines": "stops",
        "journey": "journey",
        "my trips": "trips",
        "dispute a use": "overcharged",
        "lines": "lines",
        "fares": "fares",
        "second tap": "second_tap",
    },
    "pass": {
        "invite a guest": "invite",
        "join a place": "join",
        "not on the list": "refused",
        "revoke an invitation": "end_invitation",
        "my guests": "guests",
    },
    "code": {
        "show the code": "show",
        "refresh": "refresh",
        "screenshots": "screenshot",
        "people without a phone": "without_phone",
        "lost phone": "lost_phone",
        "usage log": "usage",
        "dispute a use": "dispute",
        "looks": "looks",
        "elder mode": "large_type",
    },
    "family": {
        "show a ward's code": "show_ward",
        "child without a phone": "child",
        "add family": "add",
        "revoke": "revoke",
    },
}
FIRST = 3


@pytest.fixture(scope="module")
def guide() -> Guide:
    """The guide of a city with the two services that come along."""
    services: list[ServiceModule] = [
        importlib.import_module(f"services.{name}.manifest").SERVICE for name in ("bus", "pass")
    ]
    return Guide(services, DESK)


def found(guide: Guide, question: str) -> list[str]:
    """`service.entry` of the first answers; the desk is called so alone."""
    return [_called(answer) for answer in guide.answers_to(question)[:FIRST]]


def _called(answer: Answer) -> str:
    return "desk" if (answer.service, answer.entry) == (CODE, DESK.id) else f"{answer.service}.{answer.entry}"


def held_out() -> list[tuple[str, str]]:
    """Question and what answers it."""
    lines = HELD_OUT.read_text(encoding="utf-8").splitlines()
    pairs = (line.split(" | ") for line in lines if line and not line.startswith("#"))
    return [(question, wanted) for question, wanted in pairs]


def test_questions_of_the_shared_data(guide: Guide) -> None:
    if not SHARED.exists():
        pytest.skip("the shared questions are not beside this checkout")
    asked = json.loads(SHARED.read_text(encoding="utf-8"))["questions"]
    missed = []
    for one in asked:
        wanted = f"{one['service']}.{TOPICS[one['service']][one['topic']]}"
        if wanted not in found(guide, one["q"]):
            missed.append((one["q"], wanted, found(guide, one["q"])))
    assert len(missed) <= len(asked) * 0.1, missed


def test_questions_that_nothing_was_written_from(guide: Guide) -> None:
    asked = held_out()
    missed = [(q, wanted, found(guide, q)) for q, wanted in asked if wanted not in found(guide, q)]
    assert len(asked) > 150
    assert len(missed) <= len(asked) * 0.05, missed


@pytest.mark.parametrize("question", [q for q, wanted in held_out() if wanted == "desk"])
def test_where_nothing_fits_the_desk_is_offered(guide: Guide, question: str) -> None:
    assert "desk" in found(guide, question)


def test_a_measure_that_can_fail(guide: Guide) -> None:
    """The negative control: without what the services declare, their questions are not answered."""
    bare = Guide([], DESK)
    of_services = [(q, wanted) for q, wanted in held_out() if wanted.startswith(("bus.", "pass."))]
    assert not any(wanted in found(bare, q) for q, wanted in of_services)
    offered = sum("desk" in found(bare, q) for q, _ in of_services)
    assert offered > len(of_services) * 0.6, "a service that is not here is not answered for"


def test_no_question_of_the_shared_data_stands_in_the_guide() -> None:
    if not SHARED.exists():
        pytest.skip("the shared questions are not beside this checkout")
    asked = {one["q"] for one in json.loads(SHARED.read_text(encoding="utf-8"))["questions"]}
    root = Path(__file__).parents[3]
    files = [*root.glob("citizen_app/guide/*.py"), *root.glob("services/*/guide.py")]
    written = "\n".join(path.read_text(encoding="utf-8") for path in files)
    assert [question for question in asked if f'"{question}"' in written] == []


def test_an_answer_takes_less_than_five_milliseconds(guide: Guide) -> None:
    questions = [question for question, _ in held_out()]
    guide.answers_to(questions[0])
    took = []
    for question in questions:
        began = time.perf_counter()
        guide.answers_to(question)
        took.append(time.perf_counter() - began)
    assert median(took) < 0.005
