"""The provider of this city: of the settings, or the demo's."""

from __future__ import annotations

from citizen_app.payments.providers.demo import DemoProvider
from citizen_app.payments.providers.http import HttpProvider
from citizen_app.payments.providers.interface import Provider
from citizen_app.settings import Settings, current_settings
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

NO_PROVIDER = Text(
    "本市还没有开通线上充值，请到服务窗口办理。",
    "Paying online is not open in this city yet; a service counter can help.",
)


def provider_of(settings: Settings) -> Provider | None:
    """The provider of these settings; None where the city has none."""
    if settings.payments_url and settings.payments_secret:
        return HttpProvider(settings.payments_url, settings.payments_secret)
    return DemoProvider() if settings.demo else None


def current_provider() -> Provider:
    """The city's provider. Raises a 503 with words where there is none."""
    found = provider_of(current_settings())
    if found is None:
        raise Problem("unavailable", NO_PROVIDER)
    return found
