"""Messages that leave, caught where the gateway would take them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from time_machine import Traveller

from citizen_app.jobs.outbox import send_due
from citizen_app.notices import channels
from citizen_app.settings import Settings
from citizen_app.toolkit.testing import City
from tests.integration.citizens.conftest import ask, newest_otp, sign_in
from tests.integration.notices.people import NOON, Gateway

__all__ = ["ask", "newest_otp", "sign_in"]


@pytest.fixture(autouse=True)
def noon(time_travel: Traveller) -> None:
    """It is noon in the city, where nobody is asleep."""
    time_travel.move_to(NOON)


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Gateway:
    """Takes every text message of a notice."""
    caught = Gateway()

    def adapter(settings: Settings) -> Gateway:
        return caught

    monkeypatch.setattr(channels, "sms_adapter", adapter)
    return caught


@pytest.fixture
def leave(city: City) -> Callable[[], None]:
    """The jobs process sends what is due."""

    def send() -> None:
        with city.app.app_context():
            send_due()

    return send
