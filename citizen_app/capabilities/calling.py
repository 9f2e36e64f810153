"""A call of a capability: both sides are checked against the shapes that its provider declares, and neither
learns who the other is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import structlog
from marshmallow import ValidationError

from citizen_app.citizens.queries import citizen_of_ref, citizens_by_ids
from citizen_app.consent.terms import terms_of
from citizen_app.registry.behaviour import CitizenView
from citizen_app.registry.beside import ask_beside
from citizen_app.registry.capabilities import provider_of
from citizen_app.registry.modules import InstalledModule
from citizen_app.registry.state import module_of, standing_of
from citizen_app.scans.meaning import view_of
from citizen_app.secrecy.vault import current_vault

Default = TypeVar("Default")

log = structlog.get_logger(__name__)


def call(
    service: str,
    capability: str,
    asked: Mapping[str, Any],
    citizen_ref: str | None = None,
    default: Default = None,  # type: ignore[assignment]
) -> dict[str, Any] | Default:
    """What the service that provides `capability` answers `service`, as plain values, words in the caller's
    language; `default` where no enabled service provides it, or it cannot answer now.

    `citizen_ref` is the asking service's reference of the citizen whom it is about: the provider is given a
    view of its own, under its own reference, with what the citizen lets it see. Raises `ValueError` for a
    capability that the manifest does not name among `uses`.
    """
    if capability not in module_of(service).descriptor.uses:
        raise ValueError(f"{service!r} does not declare that it uses {capability!r}")
    found = provider_of(capability)
    if found is None:
        return default
    provider, offered = found
    try:
        question = offered.asks().load(asked)
    except ValidationError as refused:
        log.error(
            "a capability is asked wrongly", capability=capability, faults=sorted(refused.messages_dict)
        )
        return default

    citizen = None if citizen_ref is None else _seen_by(provider, service, citizen_ref)

    def answer() -> dict[str, Any] | None:
        found = offered.run(question, citizen)
        told: dict[str, Any] | None = None if found is None else offered.answers().dump(found)
        return told

    breaker = provider.capabilities_breaker
    answered = ask_beside(provider.id, breaker, answer, "a capability is missed", capability=capability)
    return default if answered is None else answered


def _seen_by(provider: InstalledModule, service: str, citizen_ref: str) -> CitizenView | None:
    """The citizen whom `service` knows by the reference, as the provider may see them."""
    citizen_id = citizen_of_ref(service, citizen_ref)
    citizen = citizens_by_ids([citizen_id], provider.id).get(citizen_id) if citizen_id else None
    if citizen_id is None or citizen is None:
        return None
    terms = terms_of(provider.descriptor, standing_of(provider.id).granted)
    ref = current_vault().citizen_ref(provider.id, citizen_id)
    return view_of(citizen, ref, provider.id, terms)
