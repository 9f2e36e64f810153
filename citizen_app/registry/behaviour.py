"""The behaviour: what a service module is shown of a scan, and what it may answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

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


class Hooks(Protocol):
    """The functions of a module's `hooks.py`. Only `on_scan` and `health` are required.

    A module that holds things open for people (bookings, memberships, loans) also has
    `on_death(citizen_ref)`: it settles what is open for somebody who has died, in a unit of work of its own
    in the jobs process. It is called again until it ends without an error, so it may find everything settled
    already.
    """

    def on_scan(self, scan: Scan) -> Meaning:
        """What the scan means. Writes of its own go through the toolkit and share the scan's transaction."""

    def health(self) -> Mapping[str, Any]:
        """Figures that staff see beside the service; raising means it is not well."""
