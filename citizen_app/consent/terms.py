"""The one place that decides what a service sees of a citizen: declared, approved by staff, and either a
legal duty or agreed to by this citizen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NoReturn

from citizen_app.consent.models import Agreed
from citizen_app.registry.contract import SCOPES, Scope, ServiceModule
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

Agreement = Mapping[str, Agreed] | None

NEEDED: Final = Text("需要您同意提供：{fields}。", "It needs your consent to see: {fields}.")
CONSENTS: Final = "/api/v1/me/consents"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a service asks for as it stands: `lawful` whatever the citizen decides, `asked` of the citizen."""

    declared: frozenset[str]
    lawful: frozenset[str]
    asked: tuple[Scope, ...]

    def granted(self, agreed: Agreement) -> frozenset[str]:
        """The fields it sees of a citizen with these agreements."""
        if not agreed:
            return self.lawful
        return self.lawful | {scope.name for scope in self.asked if covers(agreed, scope)}

    def missing(self, agreed: Agreement) -> tuple[str, ...]:
        """The essential fields that wait for the citizen, in the order declared."""
        return tuple(s.name for s in self.asked if s.essential and not (agreed and covers(agreed, s)))

    def with_notice(self) -> tuple[str, ...]:
        """The fields that accepting the notice agrees to: none that is sensitive (PIPL art. 29)."""
        return tuple(scope.name for scope in self.asked if not scope.sensitive)


def covers(agreed: Mapping[str, Agreed], scope: Scope) -> bool:
    """Whether a field is agreed to; a sensitive one by name."""
    entry = agreed.get(scope.name)
    return entry is not None and (entry["by_name"] or not scope.sensitive)


def terms_of(descriptor: ServiceModule, approved: Collection[str]) -> Terms:
    """The terms of a service of which staff have approved these fields."""
    stand = [scope for scope in descriptor.scopes if scope.name in approved]
    return Terms(
        descriptor.scope_names(),
        frozenset(scope.name for scope in stand if scope.basis == "legal_duty"),
        tuple(scope for scope in stand if scope.basis == "consent"),
    )


def titles_of(scopes: Iterable[str]) -> Text:
    """The titles of fields, one after the other."""
    found = [SCOPES.get(name, Text(name, name)) for name in scopes]
    return Text("、".join(text.zh for text in found), ", ".join(text.en for text in found))


def needed(scopes: Iterable[str]) -> Text:
    """Which fields a service needs, for a kiosk and for a problem."""
    return NEEDED.fill(fields=titles_of(scopes))


def raise_consent_missing(service: str, scopes: Collection[str]) -> NoReturn:
    """The 403 that says which fields are missing and where to agree."""
    raise Problem(
        "consent-missing",
        needed(scopes),
        more={"scopes": list(scopes), "next_step": f"{CONSENTS}/{service}"},
    )
