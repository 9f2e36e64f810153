"""What a module is shown of a scan and what it may answer. `scan.citizen.has("senior")` asks whether a claim
was true of the citizen when the code was read; the claim's name is the scope. `toolkit.claims` has the list.
"""

from citizen_app.registry.behaviour import (
    Allow,
    CitizenView,
    KioskOfScan,
    Meaning,
    NeedsInput,
    Presenter,
    Refuse,
    Scan,
    ScopeNotGranted,
)
from citizen_app.registry.circuit_breaker import check_budget
from citizen_app.registry.fields import Field
from citizen_app.text import Text

__all__ = [
    "Allow",
    "CitizenView",
    "Field",
    "KioskOfScan",
    "Meaning",
    "NeedsInput",
    "Presenter",
    "Refuse",
    "Scan",
    "ScopeNotGranted",
    "Text",
    "check_budget",
]
