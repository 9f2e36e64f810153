"""The providers that the settings choose, one of each kind for a process: their breakers remember."""

from __future__ import annotations

from typing import Final

from citizen_app.flask_globals import extension
from citizen_app.identity.providers import EidToken, NamedDocument, Provider
from citizen_app.identity.providers.local import LocalRegister
from citizen_app.identity.providers.remote import HttpEid, HttpRegister
from citizen_app.identity.providers.wire import Wire
from citizen_app.settings import current_settings
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

NOT_OFFERED: Final = Text(
    "本市尚未开通在线核验，请到服务窗口办理。",
    "This city does not verify online yet; a service counter can help.",
)


class Providers:
    """Made when first asked for."""

    def __init__(self) -> None:
        self._register: Provider[NamedDocument] | None = None
        self._eid: Provider[EidToken] | None = None

    @property
    def register(self) -> Provider[NamedDocument]:
        """Who confirms names and numbers. Raises a 404 where nobody does."""
        settings = current_settings()
        if self._register is None:
            if settings.identity_provider == "local":
                self._register = LocalRegister()
            elif settings.identity_provider == "http":
                assert settings.identity_url and settings.identity_secret  # the settings see to that
                wire = Wire(settings.identity_url, settings.identity_secret, settings.identity_seconds)
                self._register = HttpRegister(wire)
            else:
                raise Problem("not-found", NOT_OFFERED)
        return self._register

    @property
    def eid(self) -> Provider[EidToken]:
        """The outside eID. Raises a 404 where the city has none."""
        settings = current_settings()
        if self._eid is None:
            if not (settings.eid_url and settings.eid_secret):
                raise Problem("not-found", NOT_OFFERED)
            self._eid = HttpEid(Wire(settings.eid_url, settings.eid_secret, settings.identity_seconds))
        return self._eid


def providers() -> Providers:
    """Those of the running application."""
    found: Providers = extension("identity_providers")
    return found
