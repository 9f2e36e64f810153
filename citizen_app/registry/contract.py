"""The descriptor: what a service module declares about itself, as pure data.

It is serialisable and versioned, so that a service without code here can be a stored descriptor. Everything a
person reads is a `Text`, and every rule the core enforces on the module's behalf (scopes, purposes, code
kinds) is stated here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from citizen_app.claims.catalogue import CLAIMS, titles
from citizen_app.registry.fields import Field
from citizen_app.text import Text

TOOLKIT_API: Final = 1
SERVICE_ID: Final = re.compile(r"^[a-z][a-z0-9_]{1,19}$")
NAME: Final = re.compile(r"^[a-z][a-z0-9_]{1,39}$")

CodeKind = Literal["online", "device", "paper", "delegate"]
JoinMode = Literal["fuse", "bind", "switch"]
Basis = Literal["consent", "legal_duty"]
"""On what a service may see a field: the citizen agrees (PIPL art. 13.1), or a law obliges (art. 13.3)."""
Category = Literal[
    "transport", "health", "culture", "government", "tourism", "community", "payment", "education"
]

SCOPES: Final[dict[str, Text]] = {
    **titles(CLAIMS),
    "masked_name": Text("姓名（隐去部分）", "Name, partly hidden"),
    "masked_phone": Text("手机号（隐去部分）", "Phone number, partly hidden"),
    "contact_ref": Text(
        "手机号的比对凭据（不含号码）", "A reference to compare your phone number, not the number"
    ),
    "identity_ref": Text(
        "证件号码的比对凭据（不含号码）",
        "A reference to compare your identity document, not the number",
    ),
}
"""Everything about a citizen that a service can ever be granted, besides its own pairwise reference: whether
a claim is true, and a few fields."""

NOT_TOLD_TO_KIOSKS: Final = frozenset({"contact_ref", "identity_ref", *CLAIMS})
"""Granted to the service only: logged as disclosed, and left out of answers to kiosks."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A field the service may see and the reason the citizen is told.

    With basis `consent` the citizen may withhold it: then it reads as unknown. `essential`: without it the
    service is refused, with words that say how to agree. `sensitive` (PIPL art. 28): agreed to by name, never
    together with the city's notice. A `legal_duty` names its `law`, is told like the rest and needs no
    consent.
    """

    name: str
    reason: Text
    basis: Basis = "consent"
    essential: bool = False
    sensitive: bool = False
    law: Text | None = None

    @property
    def title(self) -> Text:
        """What the field is called."""
        return SCOPES.get(self.name) or Text(self.name, self.name)


@dataclass(frozen=True, slots=True)
class OfflinePolicy:
    """What an offline kiosk may do for a purpose. `bundle_hours`: age of its bundle, at most 72."""

    bundle_hours: int = 24
    online_codes: bool = False


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a scan is for inside a service.

    `kinds` are the code kinds accepted; `minimum_assurance` is 1 (phone), 2 (real name) or 3 (in person);
    `session_seconds` above zero lets a kiosk go on for the same citizen after an `allow`; `context` is what
    the kiosk tells about the moment of the scan.
    """

    id: str
    title: Text
    kinds: tuple[CodeKind, ...] = ("online", "device", "paper", "delegate")
    minimum_assurance: int = 1
    session_seconds: int = 0
    context: tuple[Field, ...] = ()
    offline: OfflinePolicy = OfflinePolicy()


@dataclass(frozen=True, slots=True)
class Act:
    """Something that is done without a scan and stands in the citizen's log under this title: a booking, a
    return, a decision at a desk (`citizen_app.toolkit.usage`). Its id is none of a purpose."""

    id: str
    title: Text


@dataclass(frozen=True, slots=True)
class GuideEntry:
    """Something that citizens ask, and the answer.

    `title` is the question as it is shown, `asked` how else people put it, in either language and in their
    own words; `link` is the page of the service that does it, below its own pages (`fares`), or empty.
    """

    id: str
    title: Text
    answer: Text
    link: str = ""
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DetailCode:
    """The module's own reason for a refusal: a closed list, each with words and a next step."""

    code: str
    title: Text
    next_step: Text


@dataclass(frozen=True, slots=True)
class ServiceModule:
    """A service, declared. `id` names its folder, its routes and the prefix of its tables.

    `retention_days` is how long the core keeps the details of its usage events; `scopes` the most it may ever
    see, `issues_claims` the claims that it grants to citizens (`citizen_app.toolkit.claims`). `synonyms` are
    groups of words that mean the same in questions to it, in either language: `("换乘", "转车", "transfer")`.
    """

    id: str
    version: str
    toolkit_api: int
    title: Text
    summary: Text
    owner: Text
    icon: str
    category: Category
    purposes: tuple[Purpose, ...]
    join_mode: JoinMode = "fuse"
    scopes: tuple[Scope, ...] = ()
    details: tuple[DetailCode, ...] = ()
    settings: tuple[Field, ...] = ()
    retention_days: int = 365
    issues_claims: tuple[str, ...] = ()
    acts: tuple[Act, ...] = ()
    guide: tuple[GuideEntry, ...] = ()
    synonyms: tuple[tuple[str, ...], ...] = ()

    def purpose(self, purpose_id: str) -> Purpose | None:
        """The declared purpose of that id."""
        for purpose in self.purposes:
            if purpose.id == purpose_id:
                return purpose
        return None

    def titles(self) -> dict[str, Text]:
        """What its purposes and acts are called, by id: under these ids the log knows what was done."""
        return {
            **{purpose.id: purpose.title for purpose in self.purposes},
            **{act.id: act.title for act in self.acts},
        }

    def detail(self, code: str) -> DetailCode | None:
        """The declared detail code."""
        return next((d for d in self.details if d.code == code), None)

    def scope_names(self) -> frozenset[str]:
        """Names of the scopes it declares."""
        return frozenset(scope.name for scope in self.scopes)
