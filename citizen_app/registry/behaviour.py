"""The behaviour: what a service module is shown of a scan, and what it may answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, Protocol

from citizen_app.registry.fields import Field
from citizen_app.storage.statements import Prepared
from citizen_app.text import Text


class ScopeNotGranted(Exception):
    """A module asked for a citizen's field that its service does not declare."""


class CitizenView:
    """A citizen as one service sees them: a pairwise reference, and the granted fields on request.

    Each field read and each claim asked for is remembered: the usage log tells the citizen of them. What is
    `withheld`, because the citizen or staff have not agreed to it, reads as unknown, like that of a citizen
    of whom the city does not know it, and is not disclosed; `asked_in_vain` may raise first.
    """

    def __init__(
        self,
        ref: str,
        granted: frozenset[str],
        reveal: Callable[[str], Any],
        holds: Callable[[str, datetime | None], bool],
        withheld: frozenset[str] = frozenset(),
        asked_in_vain: Callable[[str], None] | None = None,
    ) -> None:
        self.ref = ref
        self._granted = granted
        self._reveal = reveal
        self._holds = holds
        self._withheld = withheld
        self._asked_in_vain = asked_in_vain
        self.disclosed: dict[str, Any] = {}

    def withholds(self, scope: str) -> bool:
        """Whether a declared field is withheld: to say in words what it would be good for, never to treat the
        citizen worse than one of whom it is unknown (PIPL art. 16)."""
        return scope in self._withheld

    def has(self, claim: str, at: datetime | None = None) -> bool:
        """Whether a claim is true of the citizen at a moment, without one when the code was read (in a route,
        now); not as far as the service knows where it is withheld. The claim's name is the scope. Raises
        `ScopeNotGranted`.

        The citizen's log says what was asked and what the answer was.
        """
        if not self._may_see(claim):
            return False
        self.disclosed[claim] = held = self._holds(claim, at)
        return held

    def field(self, scope: str) -> Any:
        """The value of a declared scope; None, unknown, where it is withheld. Raises `ScopeNotGranted`."""
        if not self._may_see(scope):
            return None
        if scope not in self.disclosed:
            self.disclosed[scope] = self._reveal(scope)
        return self.disclosed[scope]

    def _may_see(self, scope: str) -> bool:
        if scope in self._withheld:
            if self._asked_in_vain is not None:
                self._asked_in_vain(scope)
            return False
        if scope not in self._granted:
            raise ScopeNotGranted(
                f"the scope {scope!r} is not declared by this service; declare it in the manifest and have it approved"
            )
        return True

    @property
    def masked_name(self) -> str | None:
        """For example `张*三` (scope `masked_name`)."""
        value: str | None = self.field("masked_name")
        return value

    @property
    def masked_phone(self) -> str | None:
        """For example `138****1234`; None for whoever has no phone (scope `masked_phone`)."""
        value: str | None = self.field("masked_phone")
        return value

    @property
    def contact_ref(self) -> str | None:
        """The service's reference of the citizen's phone number, as `toolkit.people.contact_ref` makes it;
        None for whoever has no phone (scope `contact_ref`)."""
        value: str | None = self.field("contact_ref")
        return value

    @property
    def identity_refs(self) -> tuple[str, ...]:
        """The service's references of the citizen's documents, as `toolkit.people.identity_ref` makes them,
        the one for life first; empty for whoever has proved none, or by an outside eID only (scope
        `identity_ref`). Asking costs a statement: ask where nothing else tells who it is."""
        return tuple(self.field("identity_ref") or ())


@dataclass(frozen=True, slots=True)
class KioskOfScan:
    """The kiosk that read the code."""

    id: str
    name: str
    place: Text


@dataclass(frozen=True, slots=True)
class Choosing:
    """Staff set a kiosk up and choose for a context field; `chosen` holds the values of the fields it depends
    on, as far as they are chosen."""

    kiosk: KioskOfScan
    purpose: str
    field: str
    chosen: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Searching:
    """Staff at a kiosk look somebody up in the service's own list of the place where it stands."""

    kiosk: KioskOfScan
    words: str


@dataclass(frozen=True, slots=True)
class FoundHere:
    """Somebody on the list, as staff are shown them: with a name partly hidden, never with a number.

    `refs` are the references by which the service knows whoever is told of in it, as in `toolkit.looks`.
    """

    refs: tuple[str, ...]
    title: Text
    lines: tuple[Text, ...] = ()


MOST_FOUND: Final = 10
"""Of a search at a kiosk; with more, staff say more."""


@dataclass(frozen=True, slots=True)
class Presenter:
    """Who presented the code: the citizen (`self`), or somebody who acts for them: `guardian`, `carer`,
    `agent`. Who it was by name stands in the logs of both, and no service learns it."""

    kind: str
    label: Text
    see: Callable[[], CitizenView] | None = field(default=None, repr=False, compare=False)

    @property
    def citizen(self) -> CitizenView | None:
        """The presenter as the service sees them, where that is not the citizen of the scan: for a right of
        their own. Under the same scopes; what is read stands in the presenter's log. Asking costs a
        statement. None for the citizen themselves."""
        return None if self.see is None else self.see()


ONESELF: Final = Presenter("self", Text("本人", "In person"))


@dataclass(frozen=True, slots=True)
class Scan:
    """One reading of one code, as the module sees it.

    `occurred_at` is when the kiosk read the code, `received_at` when the server learnt of it; `late` says it
    was uploaded afterwards: such a scan has already happened and is recorded and rated, never refused for
    lateness. `answer` holds the validated input after the module asked for some. `citizen` is whose code it
    is, `presenter` who showed it.
    """

    id: str
    purpose: str
    code_kind: str
    kiosk: KioskOfScan
    citizen: CitizenView
    context: Mapping[str, Any]
    settings: Mapping[str, Any]
    occurred_at: datetime
    received_at: datetime
    late: bool = False
    answer: Mapping[str, Any] | None = None
    presenter: Presenter = ONESELF


@dataclass(frozen=True, slots=True)
class Allow:
    """Allow the scan. `title` and `lines` go to the kiosk's screen and into the citizen's log, `speak` to the
    loudspeaker.

    `rows` are to be stored with the decision, each by the prepared statement that inserts it: those of one
    upload are written together, at a fraction of the cost. What the next scan must find is written directly.
    """

    title: Text
    lines: tuple[Text, ...] = ()
    speak: Text | None = None
    outcome: Mapping[str, Any] = field(default_factory=dict)
    rows: tuple[tuple[Prepared, Mapping[str, Any]], ...] = ()


@dataclass(frozen=True, slots=True)
class Refuse:
    """Refuse the scan, for one of the module's own reasons, declared in its descriptor."""

    detail_code: str
    lines: tuple[Text, ...] = ()
    outcome: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NeedsInput:
    """The scan needs input: the kiosk asks for these fields, and `on_scan` is called again with the
    answer."""

    title: Text
    fields: tuple[Field, ...]
    lines: tuple[Text, ...] = ()


Meaning = Allow | Refuse | NeedsInput


@dataclass(frozen=True, slots=True)
class Card:
    """What a service has to tell a citizen today, on the city's home page. It tells; it asks for nothing.

    `lines` say more, four at most; `link` is a page below the service's own (`trips`), or empty for where
    they begin. `at` is the moment that it is about, if it has one: what comes sooner stands first.
    """

    title: Text
    lines: tuple[Text, ...] = ()
    link: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of thing that a service keeps of a citizen, as a table of their copy: `name` is plain
    (`visits`), `rows` have the same names and hold texts, numbers, moments, `Text`s, or None. Other people
    stand in it masked, or by their role."""

    name: str
    title: Text
    rows: Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class PaymentEvent:
    """Something that has become of a payment: `kind` is `hold_expired` (what was set aside has been given
    back), `paid` or `failed` (what the citizen was asked to pay), `refunded` (staff have given back `amount`
    分). `id` is the hold's, the request's or the charge's, `key` the one that the service gave. It may be
    told more than once, and is told again until the hook ends without an error."""

    kind: Literal["hold_expired", "paid", "failed", "refunded"]
    id: str
    key: str
    amount: int | None = None


class Hooks(Protocol):
    """The functions of a module's `hooks.py`. Only `on_scan` and `health` are required.

    A module that holds things open for people (bookings, memberships, loans) also has
    `on_death(citizen_ref)`: it settles what is open for somebody who has died, in a unit of work of its own
    in the jobs process. It is called again until it ends without an error, so it may find everything settled
    already. One that sets money aside or asks for a payment also has `on_payment(event)`, which hears of
    `PaymentEvent`s in the same way.

    One whose tables name people has `export_for(citizen)`, which gives all that is kept of a person as
    `Kept`s, and `erase_for(citizen)`, which deletes it. Both take a `CitizenView` that carries the references
    alone, in a unit of work of their own in the jobs process; the first only reads, the second is called
    until it ends without an error, and once more a minute later, when the account is gone.

    A module that has something to tell people on the home page also has `cards_for(citizen)`, which takes a
    `CitizenView` and gives up to three `Card`s. It is asked with each home page that is opened, within the
    time budget of a hook, and only reads; what it may not see reads as unknown.

    One that keeps a list of people at a place may have `search_here(asked: Searching)`: whom staff at a kiosk
    find there by words, at most `MOST_FOUND` as `FoundHere`. Everybody found is told so; it reads only.

    One that has context fields that are `listed` also has `choices_for(asked: Choosing)`: what may be chosen,
    as pairs of value and words in the order to be shown. It reads only.
    """

    def on_scan(self, scan: Scan) -> Meaning:
        """What the scan means. Writes of its own go through the toolkit and share the scan's transaction."""

    def health(self) -> Mapping[str, Any]:
        """Figures that staff see beside the service; raising means it is not well."""
