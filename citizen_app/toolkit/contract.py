"""The descriptor of a service module."""

from citizen_app.registry.contract import (
    TOOLKIT_API,
    Act,
    DetailCode,
    GuideEntry,
    OfflinePolicy,
    Purpose,
    Scope,
    ServiceModule,
)
from citizen_app.registry.fields import Field
from citizen_app.text import UNSEEN, Language, Text

__all__ = [
    "TOOLKIT_API",
    "UNSEEN",
    "Act",
    "DetailCode",
    "Field",
    "GuideEntry",
    "Language",
    "OfflinePolicy",
    "Purpose",
    "Scope",
    "ServiceModule",
    "Text",
]
