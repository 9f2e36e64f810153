"""What a module is shown of a scan and what it may answer. `scan.citizen.has("senior")` asks whether a claim
was true of the citizen when the code was read; the claim's name is the scope. `toolkit.claims` has the list.

The hook `cards_for(citizen)` answers with `Card`s: what the service has to tell the citizen today.
"""

from citizen_app.registry.behaviour import (
    MOST_FOUND,
    Allow,
    Card,
    Choosing,
    CitizenView,
    FoundHere,
    KioskOfScan,
    Meaning,
    NeedsInput,
    Presenter,
    Refuse,
    Scan,
    ScopeNotGranted,
    Searching,
)
from citizen_app.registry.circuit_breaker import check_budget
from citizen_app.registry.fields import Field
from citizen_app.text import Text

__all__ = [
    "MOST_FOUND",
    "Allow",
    "Card",
    "Choosing",
    "CitizenView",
    "Field",
    "FoundHere",
    "KioskOfScan",
    "Meaning",
    "NeedsInput",
    "Presenter",
    "Refuse",
    "Scan",
    "ScopeNotGranted",
    "Searching",
    "Text",
    "check_budget",
]
