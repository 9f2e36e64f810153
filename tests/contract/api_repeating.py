"""How a write of the API may be repeated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from tests.contract.api_city import Callers
from tests.contract.api_desk import Sent

Kind = Literal["key", "id", "state", "once", "fresh"]
KINDS: Final[dict[Kind, str]] = {
    "key": "makes something new; an Idempotency-Key brings the first answer back",
    "id": "carries an id of its own; a repetition hears the stored answer",
    "state": "sets a state; a repetition finds it set",
    "once": "uses up what it is given; a repetition is refused and changes nothing",
    "fresh": "makes something short-lived on purpose, or notes a deed; nothing is lost or doubled when it happens again",
}


@dataclass(frozen=True)
class Write:
    """How a write may be repeated; `touches` are tables that a repetition may change all the same."""

    kind: Kind
    request: Callable[[Callers], Sent]
    touches: frozenset[str] = frozenset()
    again: int | None = None
    """The status of a repetition, where it differs."""


def as_(caller: str, path: str, json: Any = None) -> Callable[[Callers], Sent]:
    """A request by somebody; `{...}` in the path are things that exist."""

    def make(callers: Callers) -> Sent:
        address = callers.address(path, caller)
        assert address is not None
        return Sent(address, callers.headers(caller), json() if callable(json) else json)

    return make
