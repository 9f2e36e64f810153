"""What a module is shown of a scan and what it may answer."""

from citizen_app.registry.behaviour import (
    Allow,
    AskFor,
    CitizenView,
    KioskOfScan,
    Meaning,
    Refuse,
    Scan,
    ScopeNotGranted,
)
from citizen_app.registry.budget import check_budget
from citizen_app.registry.fields import Field
from citizen_app.text import Text

__all__ = [
    "Allow",
    "AskFor",
    "CitizenView",
    "Field",
    "KioskOfScan",
    "Meaning",
    "Refuse",
    "Scan",
    "ScopeNotGranted",
    "Text",
    "check_budget",
]
