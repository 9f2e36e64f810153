"""Writes about webhooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tests.contract.api_city import Callers
from tests.contract.api_desk import Sent
from tests.contract.api_owners import Owner
from tests.contract.api_repeating import Write
from tests.contract.api_town import Town

PATH: Final = "/api/v1/admin/webhooks"
WANTED: Final = {
    "service": "pass",
    "name": "门禁系统",
    "url": "https://127.0.0.1:9/in",
    "notices": ["guest_arrived"],
}


def a_webhook(town: Town) -> Owner:
    """An administrator, and where a department hears of guests."""
    headers = town.hired("system_admin:pass")
    made = town.ask(headers, "POST", PATH, WANTED)
    return Owner(headers, {"webhook_id": made["webhook"]["id"]})


def on_one(rest: str, body: Any = None) -> Callable[[Callers], Sent]:
    """On a webhook that was set up a moment ago."""

    def make(callers: Callers) -> Sent:
        headers = callers.headers("system_admin")
        made = callers.app.test_client().post(PATH, json=WANTED, headers=headers).get_json()
        return Sent(f"{PATH}/{made['webhook']['id']}{rest}", headers, body)

    return make


WEBHOOKS: Final = {
    f"POST {PATH}": Write("key", lambda callers: Sent(PATH, callers.headers("system_admin"), WANTED)),
    f"PATCH {PATH}/{{webhook_id}}": Write("state", on_one("", {"name": "新系统"})),
    f"DELETE {PATH}/{{webhook_id}}": Write("once", on_one(""), again=404),
    f"POST {PATH}/{{webhook_id}}/secret": Write("key", on_one("/secret")),
    f"POST {PATH}/{{webhook_id}}/test": Write("fresh", on_one("/test")),
}
