"""Keys of partners for tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import count
from typing import Final

from citizen_app import clock
from citizen_app.ids import new_id
from citizen_app.partners.models import PartnerSystem
from citizen_app.partners.queries import TOPIC
from citizen_app.registry.modules import current_registry
from citizen_app.secrecy.bearers import mint
from citizen_app.secrecy.vault import token_hash
from citizen_app.storage.cached_values import invalidate
from citizen_app.storage.orm import db

_numbers: Final = count(1)


def hand_out(
    service: str, unit: str, scopes: Iterable[str], *, name: str = "", expires_at: datetime | None = None
) -> tuple[str, str]:
    """The id and the key of a partner, in a unit of work. The service need not be installed; of one that is,
    the scopes must be declared."""
    module, wanted = current_registry().get(service), sorted(scopes)
    if module is not None:
        unknown = set(wanted) - set(module.descriptor.partner_scopes)
        assert not unknown, f"{service} declares no scopes {sorted(unknown)} for partners"
    key = mint("partner")
    made = PartnerSystem(
        id=new_id(),
        service=service,
        unit=unit,
        name=name or f"系统 {next(_numbers)}",
        scopes=wanted,
        per_minute=60_000,
        key_hash=token_hash(key),
        expires_at=expires_at,
        created_at=clock.now(),
        created_by="tests",
    )
    db.session.add(made)
    db.session.flush()
    invalidate(TOPIC)
    return made.id, key
