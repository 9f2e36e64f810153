"""The descriptor: what a service module declares about itself, as pure data.

It is serialisable and versioned, so that a service without code here can be a stored descriptor. Everything a
person reads is a `Text`, and every rule the core enforces on the module's behalf (scopes, purposes, code
kinds) is stated here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from citizen_app.claims.catalogue import CLAIMS, titles
from citizen_app.registry.fields import Field
from citizen_app.text import Text

TOOLKIT_API: Final = 1
SERVICE_ID: Final = re.compile(r"^[a-z][a-z0-9_]{1,19}$")
NAME: Final = re.compile(r"^[a-z][a-z0-9_]{1,39}$")

CodeKind = Literal["online", "device", "paper", "delegate", "place"]
JoinMode = Literal["fuse", "bind", "switch"]
Basis = Literal["consent", "legal_duty"]
"""On what a service may see a field: the citizen agrees (PIPL art. 13.1), or a law obliges (art. 13.3)."""
NoticeChannel = Literal["sms", "email", "webhook"]
NoticeValueKind = Literal["integer", "date", "time", "moment", "name", "words"]
Category = Literal[
    "transport", "health", "culture", "government", "tourism", "community", "payment", "education"
]

SCOPES: Final[dict[str, Text]] = {
    **titles(CLAIMS),
    "masked_name": Text("姓名（隐去部分）", "Name, partly hidden"),
    "masked_phone": Text("手机号（隐去部分）", "Phone number, partly hidden"),
    "contact_ref": Text("核对手机号（看不到号码）", "To check your phone number, without seeing it"),
    "identity_ref": Text(
        "核对证件号码（看不到号码）",
        "To check the number of your document, without seeing it",
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

    `kinds` are the code kinds accepted; `place`, a poster that the citizen's own phone reads, only where it
    is named: a poster can be photographed, so it opens no gate and takes no money. `minimum_assurance` is 1
    (phone), 2 (real name) or 3 (in person);
    `session_seconds` above zero lets a kiosk go on for the same citizen after an `allow`, for this purpose
    and for `session_purposes`: borrow, return and renew on one code. `context` is what the kiosk tells about
    the moment of the scan.
    """

    id: str
    title: Text
    kinds: tuple[CodeKind, ...] = ("online", "device", "paper", "delegate")
    minimum_assurance: int = 1
    session_seconds: int = 0
    session_purposes: tuple[str, ...] = ()
    context: tuple[Field, ...] = ()
    offline: OfflinePolicy = OfflinePolicy()


@dataclass(frozen=True, slots=True)
class Act:
    """Something that is done without a scan and stands in the citizen's log under this title: a booking, a
    return, a decision at a desk (`citizen_app.toolkit.usage`). Its id is none of a purpose."""

    id: str
    title: Text


@dataclass(frozen=True, slots=True)
class Permission:
    """Something that not every operator of the service may do: a role of the city may hold it alone, as
    `<service>.<id>`. Whoever holds `services.operate` for the service holds all of them."""

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
class KioskAction:
    """Something that people without a phone do at a kiosk, with a clerk beside them: one large button.

    `link` is the page of the service that does it, below its own pages (`guests/new`).
    """

    title: Text
    link: str


@dataclass(frozen=True, slots=True)
class NoticeValue:
    """A place in the words of a notice, and what fills it.

    `integer`, `date` (a `date`), `time` and `moment` (aware datetimes) are written by the core in the
    reader's language and the city's time. `name` is what the service or its staff call something, a text or a
    `Text` of up to 40 characters. `words` are a citizen's own words, up to 80 characters: they stand in the
    body alone, never in what leaves the city's own pages.
    """

    name: str
    kind: NoticeValueKind = "name"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that citizens are told outside of a request of theirs (`citizen_app.toolkit.notices`).

    It always stands in their inbox; `channels` are those by which it may leave too, within what they have
    chosen. `brief` is what leaves, where that is not the body. `link` is the page of the service that shows
    more, below its own pages, or empty: no address ever stands in the words. A `security` notice is not held
    back by quiet hours, by the day's number or by what somebody has switched off.
    """

    id: str
    title: Text
    body: Text
    values: tuple[NoticeValue, ...] = ()
    channels: tuple[NoticeChannel, ...] = ("sms", "email")
    brief: Text | None = None
    link: str = ""
    security: bool = False

    @property
    def leaves(self) -> Text:
        """The words that leave the city's own pages."""
        return self.brief or self.body


@dataclass(frozen=True, slots=True)
class DetailCode:
    """The module's own reason for a refusal: a closed list, each with words and a next step."""

    code: str
    title: Text
    next_step: Text


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that `health()` tells, and what staff read beside it."""

    id: str
    title: Text


@dataclass(frozen=True, slots=True)
class ServiceModule:
    """A service, declared. `id` names its folder, its routes and the prefix of its tables.

    `retention_days` is how long the core keeps the details of its usage events; `scopes` the most it may ever
    see, `issues_claims` the claims that it grants to citizens (`citizen_app.toolkit.claims`). `synonyms` are
    groups of words that mean the same in questions to it, in either language: `("换乘", "转车", "transfer")`.
    `provides` and `uses` name what it does for other services, and what it asks of them: `journeys/1`.
    `partner_scopes` are what a key of another system can be good for, by id, with words for whoever hands it
    out (`partner_of_service` of the toolkit).
    `figures` are what `health()` tells, as staff read it.
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
    permissions: tuple[Permission, ...] = ()
    kiosk_actions: tuple[KioskAction, ...] = ()
    notices: tuple[Notice, ...] = ()
    provides: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    partner_scopes: Mapping[str, Text] = field(default_factory=dict, hash=False)
    figures: tuple[Figure, ...] = ()

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

    def notice(self, notice_id: str) -> Notice | None:
        """The declared notice of that id."""
        return next((one for one in self.notices if one.id == notice_id), None)

    def scope_names(self) -> frozenset[str]:
        """Names of the scopes it declares."""
        return frozenset(scope.name for scope in self.scopes)
