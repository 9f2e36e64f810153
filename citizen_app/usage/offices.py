"""Offices of the core itself: who reads of citizens, or acts for them, where no service is concerned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from citizen_app.text import Text

CITY: Final = "city"
"""Stands where a look names its service; no service can be called so."""


@dataclass(frozen=True, slots=True)
class Office:
    """What citizens are told of an office: what it is, whose it is, and who works there."""

    title: Text
    owner: Text
    staff: Text


OFFICES: Final[Mapping[str, Office]] = {
    CITY: Office(
        Text("市民服务", "Citizen service"),
        Text("市民服务窗口", "Citizen service counter"),
        Text("服务窗口或热线的工作人员", "Staff of the desk or the hotline"),
    )
}
