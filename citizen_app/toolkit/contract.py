"""The descriptor of a service module."""

from citizen_app.registry.contract import (
    TOOLKIT_API,
    Act,
    CodeKind,
    DetailCode,
    Figure,
    GuideEntry,
    KioskAction,
    Notice,
    NoticeValue,
    OfflinePolicy,
    Permission,
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
    "CodeKind",
    "DetailCode",
    "Field",
    "Figure",
    "GuideEntry",
    "KioskAction",
    "Language",
    "Notice",
    "NoticeValue",
    "OfflinePolicy",
    "Permission",
    "Purpose",
    "Scope",
    "ServiceModule",
    "Text",
]
