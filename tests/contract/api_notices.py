"""Writes about notices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from citizen_app.notices import emails
from citizen_app.notices.catalogue import CODE_STOPPED
from citizen_app.storage.transactions import transaction
from tests.contract.api_city import Callers
from tests.contract.api_desk import Sent
from tests.contract.api_repeating import Write
from tests.integration.notices.people import sent_code, told

PATH: Final = "/api/v1/me/notices"


def notice(operation: str) -> Callable[[Callers], Sent]:
    """On something that the citizen was told."""

    def make(callers: Callers) -> Sent:
        made = told(callers.city, callers.citizen.id, CODE_STOPPED)
        return Sent(f"{PATH}/{made}{operation}", callers.headers("citizen"))

    return make


def preferences(callers: Callers) -> Sent:
    """Other preferences than before."""
    usual = callers.citizen.get(f"{PATH}/preferences").get_json()
    return Sent(f"{PATH}/preferences", callers.headers("citizen"), {**usual, "language": "en"})


def everything_read(callers: Callers) -> Sent:
    """All that there is."""
    made = told(callers.city, callers.citizen.id, CODE_STOPPED)
    return Sent(f"{PATH}/read", callers.headers("citizen"), {"through": made})


def email(callers: Callers) -> Sent:
    """A code to an address."""
    return Sent(f"{PATH}/email", callers.headers("citizen"), {"address": "li@example.org"})


def email_code(callers: Callers) -> Sent:
    """The code that was sent."""
    with callers.app.app_context(), transaction():
        emails.take_away(callers.citizen.id)
        emails.ask_for(callers.citizen.id, "li@example.org")
    return Sent(f"{PATH}/email/confirmation", callers.headers("citizen"), {"code": sent_code(callers.city)})


EMAILS: Final = {
    f"PUT {PATH}/email": Write("fresh", email, frozenset({"citizen_emails", "outbox_messages"})),
    f"POST {PATH}/email/confirmation": Write("once", email_code, again=409),
    f"DELETE {PATH}/email": Write("state", lambda callers: Sent(f"{PATH}/email", callers.headers("citizen"))),
}

NOTICES: Final = {
    "POST /api/v1/me/notices/{notice_id}/read": notice("/read"),
    "POST /api/v1/me/notices/{notice_id}/dispute": notice("/dispute"),
    "POST /api/v1/me/notices/read": everything_read,
    "PUT /api/v1/me/notices/preferences": preferences,
}
"""Each sets a state."""
