"""What a service declares of its facade."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from flask import url_for
from marshmallow import Schema

from citizen_app.fhir.found import Found
from citizen_app.fhir.search import Parameter, Search
from citizen_app.registry.contract import ServiceModule
from citizen_app.settings import current_settings
from citizen_app.text import Text

BELOW: Final = "/fhir"
"""Where a facade lies below its service's own path."""


@dataclass(frozen=True, slots=True, eq=False)
class ResourceType:
    """A type of resource: how it is written, its search parameters by name, and `found(search, unit)`, which
    searches for the caller's unit, or for anyone (None).

    `includes` are what `_include` brings along, `operations` the definition of each by name. One that
    `updates` has a version that an update goes by. `words` say what else a client must know. Raises
    `TypeError` for a type that cannot be read by `_id`.
    """

    name: str
    schema: type[Schema]
    parameters: Mapping[str, Parameter]
    found: Callable[[Search, str | None], Found]
    includes: tuple[str, ...] = ()
    updates: bool = False
    operations: Mapping[str, str] = field(default_factory=dict)
    words: Text | None = None

    def __post_init__(self) -> None:
        """Check what was declared."""
        if "_id" not in self.parameters:
            raise TypeError(f"{self.name}: a resource is read by its search parameter _id")


@dataclass(frozen=True, slots=True)
class TakenElsewhere:
    """A type of resource that the service takes in at a route of its own, outside of the facade, where it can
    be neither read nor searched. `words` take the route's `address`; `references` are its reference policy
    (https://hl7.org/fhir/R4/valueset-reference-handling-policy.html)."""

    name: str
    endpoint: str
    words: Text
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Facade:
    """The facade of a service.

    `since` is the day of its last change, `security` says who may do what, `reason` why a system reads of
    people, as they find it in their log, and `unit` what a partner's unit is, for the audit log. `profiles`
    are the CapabilityStatements that it fulfils.
    """

    service: ServiceModule
    types: Sequence[ResourceType]
    since: date
    security: Text
    reason: Text
    unit: str
    profiles: tuple[str, ...] = ()
    elsewhere: tuple[TakenElsewhere, ...] = ()

    def type_of(self, name: str) -> ResourceType:
        """The declared type. Raises `LookupError`."""
        found = next((one for one in self.types if one.name == name), None)
        if found is None:
            raise LookupError(name)
        return found

    @property
    def address(self) -> str:
        """Its address as others reach it."""
        return address_of(f"{self.service.id}_fhir.metadata").removesuffix("/metadata")


def address_of(endpoint: str) -> str:
    """The address of a route as others reach it, from `CITIZEN_PUBLIC_URL` and never from the Host header."""
    return f"{current_settings().public_url}{url_for(endpoint, _external=False)}"
