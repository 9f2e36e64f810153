"""What staff may choose on a kiosk for a context field that is `listed`: the service says it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from citizen_app.registry.behaviour import Choosing, KioskOfScan
from citizen_app.registry.contract import Purpose
from citizen_app.registry.modules import InstalledModule
from citizen_app.searching.typed import Typed
from citizen_app.storage.dialects import outage_cause
from citizen_app.text import Text
from citizen_app.wire.problems import Problem, invalid_input

MOST_CHOICES: Final = 300
NO_SUCH_FIELD: Final = Text("没有可供选择的这一项", "no such field to choose for")
OTHER_NUMBER: Final = Text("与所依赖的各项不符", "one value for each field it depends on")

Choice = tuple[str, Text]
ChoicesFor = Callable[[Choosing], Sequence[Choice]]
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen; `more` when there is more than is here."""

    items: tuple[Choice, ...]
    more: bool


def choices_of(
    module: InstalledModule,
    kiosk: KioskOfScan,
    purpose: Purpose,
    field_name: str,
    chosen: Sequence[str],
    looked_for: str,
) -> Choices:
    """The choices of a field, for the values of the fields it depends on (empty: not chosen), as far as their
    words match.

    Raises a 422 for a field without choices, a 503 when the service fails.
    """
    field = next((one for one in purpose.context if one.name == field_name), None)
    if field is None or not field.listed:
        raise invalid_input("?field", NO_SUCH_FIELD)
    if len(chosen) != len(field.depends_on):
        raise invalid_input("?chosen", OTHER_NUMBER)
    before = {name: value for name, value in zip(field.depends_on, chosen, strict=True) if value}
    found = _asked(module, Choosing(kiosk, purpose.id, field.name, before))
    matching = [choice for choice in found if not looked_for.strip() or _matches(choice, looked_for)]
    return Choices(tuple(matching[:MOST_CHOICES]), len(matching) > MOST_CHOICES)


def _asked(module: InstalledModule, asked: Choosing) -> Sequence[Choice]:
    """Outside the circuit breaker: a list that is slow to read must not cost riders their scans."""
    choices_for: ChoicesFor | None = getattr(module.hooks, "choices_for", None)
    if choices_for is None:
        return ()
    try:
        return choices_for(asked)
    except Exception as error:
        if outage_cause(error) is not None:
            raise
        log.exception("choices failed", service=module.id, field=asked.field)
        raise Problem("unavailable", headers={"Retry-After": "5"}) from error


def _matches(choice: Choice, looked_for: str) -> bool:
    value, words = choice
    return Typed.of(f"{words.zh} {words.en}", value).rank(looked_for) is not None
