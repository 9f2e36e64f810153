"""Whoever can say that a name and a number belong together, or who somebody is: one interface, the one in use
chosen by a setting.

A provider waits for others and is asked while no unit of work is open. It hands over a proof or none; it
never says what was wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from citizen_app.citizens.documents import Proof
from citizen_app.identity.documents import Document
from citizen_app.storage.unit_of_work import current_unit


@dataclass(frozen=True, slots=True)
class NamedDocument:
    """A name and a document, as somebody says that they are theirs."""

    name: str = field(repr=False)
    document: Document


@dataclass(frozen=True, slots=True)
class EidToken:
    """What an outside eID or a face check has given the citizen's device for this city, once; opaque to
    us."""

    text: str = field(repr=False)


Evidence = TypeVar("Evidence", contravariant=True)


class Provider(Protocol[Evidence]):
    """Checks one kind of evidence."""

    def check(self, evidence: Evidence) -> Proof | None:
        """What the evidence proves, or None. Raises `ProviderFailed` where that cannot be said now."""


def refuse_in_a_unit() -> None:
    """Raise RuntimeError where a unit of work is open: nobody's write may wait for a provider."""
    if current_unit.get() is not None:
        raise RuntimeError("a provider is asked while a unit of work is open")
