"""The state of installed services, set by staff: enabled, granted scopes, settings. Effective in every worker
within a second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from marshmallow import ValidationError
from sqlalchemy import Connection, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app import clock
from citizen_app.registry.fields import load_fields
from citizen_app.registry.modules import InstalledModule, current_registry
from citizen_app.registry.words import remember_words
from citizen_app.storage.cached_values import CachedValue, invalidate
from citizen_app.storage.columns import Json, UtcDateTime
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import Model, db
from citizen_app.storage.statements import upsert
from citizen_app.storage.transactions import current_connection
from citizen_app.wire.problems import Problem, errors_from_messages


class ServiceState(Model):
    """One installed service; a service without a row is off."""

    __tablename__ = "service_states"

    service: Mapped[str] = mapped_column(String(20), primary_key=True)
    enabled: Mapped[bool] = mapped_column(nullable=False, default=False)
    granted_scopes: Mapped[list[str]] = mapped_column(Json, nullable=False, default=list)
    settings: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False, default=dict)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


@dataclass(frozen=True, slots=True)
class Standing:
    """A service's standing as the pipeline needs it."""

    enabled: bool = False
    granted: frozenset[str] = frozenset()
    chosen: Mapping[str, Any] | None = None


def _load(connection: Connection) -> dict[str, Standing]:
    table = ServiceState.__table__
    return {
        row.service: Standing(row.enabled, frozenset(row.granted_scopes), row.settings)
        for row in connection.execute(select(table))
    }


TOPIC: Final = "services"
_standings: Final = CachedValue(TOPIC, _load)
_OFF: Final = Standing()


def standing_of(service: str) -> Standing:
    """Whether the service is enabled, and its granted scopes; from the cache."""
    return _standings.get().get(service, _OFF)


def stored_standings() -> dict[str, Standing]:
    """The standing of every service as the present unit of work finds it, for decisions that must not go by
    what was true a second ago."""
    return _load(current_connection())


def module_of(service: str) -> InstalledModule:
    """An installed module, or a 404."""
    module = current_registry().get(service)
    if module is None:
        raise Problem("not-found")
    return module


def enabled_modules() -> list[InstalledModule]:
    """All installed and enabled modules."""
    standings = _standings.get()
    return [module for module in current_registry() if standings.get(module.id, _OFF).enabled]


def enabled_in(connection: Connection) -> list[InstalledModule]:
    """As `enabled_modules`, read from the database: for values in memory that are built from what is switched
    on (topic `TOPIC`)."""
    standings = _load(connection)
    return [module for module in current_registry() if standings.get(module.id, _OFF).enabled]


def granted_scopes(module: InstalledModule) -> frozenset[str]:
    """What the service may see now: declared and approved. A new version that asks for more gets it only
    after approval."""
    return module.descriptor.scope_names() & standing_of(module.id).granted


def settings_of(module: InstalledModule) -> Mapping[str, Any]:
    """The service's settings: what staff chose over the defaults."""
    chosen = standing_of(module.id).chosen or {}
    return {s.name: chosen.get(s.name, s.default) for s in module.descriptor.settings}


def enable(service: str, scopes: frozenset[str] | None = None) -> InstalledModule:
    """Switch a service on and approve `scopes` of those that it declares; by default all."""
    module = module_of(service)
    row = _row(service)
    row.enabled = True
    declared = module.descriptor.scope_names()
    row.granted_scopes = sorted(declared if scopes is None else declared & scopes)
    remember_words([module.descriptor])
    _changed(row)
    return module


def widening(module: InstalledModule) -> frozenset[str]:
    """The fields that enabling the service now would let it see for the first time, as the present unit of
    work finds it."""
    known = stored_standings().get(module.id, _OFF)
    return module.descriptor.scope_names() - known.granted


def disable(service: str) -> InstalledModule:
    """Switch a service off: its scans are refused, its routes answer 503, and it leaves the entry."""
    module = module_of(service)
    switch_off(service)
    return module


def switch_off(service: str) -> None:
    """As `disable`, for a service whose module may be gone."""
    row = _row(service)
    row.enabled = False
    _changed(row)


def is_known(service: str) -> bool:
    """Whether staff have ever decided anything about a service, installed or not."""
    return db.session.get(ServiceState, service) is not None


def forget(service: str) -> None:
    """Delete the state of a removed service: its grants and settings."""
    db.session.execute(delete(ServiceState).where(ServiceState.service == service))
    invalidate(TOPIC)


def change_settings(service: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Replace the chosen settings after checking them against the declared ones; returns all settings in
    force."""
    module = module_of(service)
    try:
        complete = load_fields(
            module.descriptor.settings, {**{s.name: s.default for s in module.descriptor.settings}, **values}
        )
    except ValidationError as refused:
        raise Problem("invalid-input", errors=errors_from_messages(refused.messages)) from refused
    row = _row(service)
    row.settings = {name: complete[name] for name in values}
    _changed(row)
    return complete


def _row(service: str) -> ServiceState:
    """The row of a service, made if there is none, held so that decisions about one service take turns."""
    first = upsert(ServiceState).values(
        service=service, enabled=False, granted_scopes=[], settings={}, updated_at=clock.now()
    )
    db.session.execute(first.on_conflict_do_nothing())
    row = lock_row(ServiceState, service)
    assert row is not None
    return row


def _changed(row: ServiceState) -> None:
    row.updated_at = clock.now()
    db.session.flush()
    invalidate(TOPIC)
