"""A register with people in it, and citizens who have proved nothing but a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from citizen_app.citizens.documents import Proof, document_index
from citizen_app.citizens.traits import AssuranceLevel
from citizen_app.demo.people import invented_number
from citizen_app.factory import CitizenFlask
from citizen_app.identity.documents import kind_of_number, read_document
from citizen_app.identity.importing import Listed, store_people
from citizen_app.identity.providers import EidToken, NamedDocument, Provider
from citizen_app.identity.providers.chosen import Providers
from citizen_app.sheets.report import Report
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen
from tests.integration.citizens import conftest as signing_in

statements, newest_otp = signing_in.statements, signing_in.newest_otp
ask, sign_in = signing_in.ask, signing_in.sign_in
NAME, BORN = "张晓明", date(1990, 3, 7)
NUMBER = invented_number(BORN, 101)
REAL_NAME = "/api/v1/me/real-name"


def prove(citizen: TestCitizen, name: str = NAME, number: str = NUMBER, **more: Any) -> Any:
    """The answer to somebody who says that this is their name and number."""
    return citizen.call("POST", REAL_NAME, json={"name": name, "id_number": number, **more})


@pytest.fixture
def enrol(app: CitizenFlask) -> Callable[..., None]:
    """Write somebody into the register."""

    def write(name: str = NAME, number: str = NUMBER, born: date | None = None) -> None:
        with app.app_context(), transaction():
            document = read_document(kind_of_number(number), number, date(2026, 11, 28))
            index = document_index(document.kind, document.number)
            store_people([Listed(index, name, born)], Report())

    return write


@pytest.fixture
def nobody(city: City) -> Callable[[], TestCitizen]:
    """A citizen of whom nothing but a phone is known."""
    return lambda: city.citizen(name="", level=AssuranceLevel.PHONE)


class Watched:
    """A provider that notes what it is asked, and does something before it answers."""

    def __init__(self, inner: Provider[Any] | None = None, answer: Proof | None = None) -> None:
        self.inner, self.answer = inner, answer
        self.asked: list[Any] = []
        self.before: Callable[[], object] = lambda: None

    def check(self, evidence: Any) -> Proof | None:
        """As the inner one does, or the answer that is set."""
        self.asked.append(evidence)
        self.before()
        return self.inner.check(evidence) if self.inner is not None else self.answer


class Exchanged(Providers):
    """Providers of a test."""

    def __init__(
        self, register: Provider[NamedDocument] | None = None, eid: Provider[EidToken] | None = None
    ) -> None:
        self._register, self._eid = register, eid


@pytest.fixture
def use(app: CitizenFlask) -> Iterator[Callable[..., None]]:
    """Exchange the providers of the application for this test."""
    before = app.extensions["identity_providers"]

    def exchange(**providers: Any) -> None:
        app.extensions["identity_providers"] = Exchanged(**providers)

    yield exchange
    app.extensions["identity_providers"] = before
