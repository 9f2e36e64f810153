"""What a module is shown of a scan and what it may answer. `CitizenView.fare_class` is the lower-case name of
a `FareClass`, `CitizenView.age_band` the number of an `AgeBand`."""

from citizen_app.citizens.traits import AgeBand, FareClass
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
    "AgeBand",
    "Allow",
    "CitizenView",
    "FareClass",
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
