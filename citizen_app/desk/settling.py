"""Services hear of a death: each that has met the citizen settles what it holds open for them.

One outbox message for each service, so that one that fails is tried again without the others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from citizen_app.jobs.outbox import enqueue
from citizen_app.registry.modules import current_registry
from citizen_app.secrecy.vault import current_vault
from citizen_app.storage.transactions import transaction

DECEASED: Final = "citizen.deceased"


def tell_services(citizen_id: str, services: Collection[str]) -> None:
    """Tell these services of a death, once the present unit of work has committed."""
    for service in sorted(services):
        ref = current_vault().citizen_ref(service, citizen_id)
        enqueue(DECEASED, {"service": service, "citizen_ref": ref})


def settle(message_id: str, payload: Mapping[str, Any]) -> None:
    """Sender of outbox messages of kind `DECEASED`: the service's own `on_death`. One that has none, or has
    gone, holds nothing open."""
    module = current_registry().get(payload["service"])
    on_death: Callable[[str], None] | None = getattr(module.hooks, "on_death", None) if module else None
    if on_death is None:
        return
    with transaction():
        on_death(payload["citizen_ref"])
