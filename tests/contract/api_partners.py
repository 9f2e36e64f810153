"""Writes about partners, and their keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tests.contract.api_city import Callers
from tests.contract.api_desk import Sent
from tests.contract.api_owners import Headers, Owner
from tests.contract.api_repeating import Write
from tests.contract.api_town import Town

PATH: Final = "/api/v1/admin/partners"
WANTED: Final = {"service": "probe", "unit": "east", "name": "探针系统", "scopes": ["read"]}


def a_partner(town: Town) -> Owner:
    """A partner of the probe, and its administrator."""
    headers = town.hired("system_admin:probe")
    made = town.ask(headers, "POST", PATH, WANTED)
    return Owner(headers, {"partner_id": made["partner"]["id"]})


def administrators_of(*services: str) -> Callable[[Town], list[Headers]]:
    """Administrators of these services."""
    return lambda town: [town.hired(f"system_admin:{service}") for service in services]


def on_one(rest: str, body: Any = None) -> Callable[[Callers], Sent]:
    """On a partner that was made a moment ago."""

    def make(callers: Callers) -> Sent:
        headers = callers.headers("system_admin")
        made = callers.app.test_client().post(PATH, json=WANTED, headers=headers).get_json()
        return Sent(f"{PATH}/{made['partner']['id']}{rest}", headers, body)

    return make


PARTNER_WRITES: Final = {
    f"POST {PATH}": Write("key", lambda callers: Sent(PATH, callers.headers("system_admin"), WANTED)),
    f"PATCH {PATH}/{{partner_id}}": Write("state", on_one("", {"name": "新系统"})),
    f"POST {PATH}/{{partner_id}}/rotate": Write("key", on_one("/rotate", {})),
    f"POST {PATH}/{{partner_id}}/revoke": Write("state", on_one("/revoke")),
}
