"""By which right somebody may enter, and if by none, why not. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from .hours import Group

Basis = Literal["member", "guest", "companion", "anyone", "emergency", "none"]
WORST_FIRST: Final = (
    "not_a_member",
    "revoked",
    "suspended",
    "expired",
    "host_left",
    "invitation_used",
    "not_yet",
    "outside_hours",
)
"""Of several reasons the last here is told: the one that a person can do most about."""


@dataclass(frozen=True, slots=True)
class Right:
    """One entry in a place's books that may let somebody in. `host_stands` is false when a guest's host has
    lost their own right."""

    group: Group
    id: str | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    status: str = "active"
    used_up: bool = False
    host_stands: bool = True
    bound: bool = True


def fault_of(right: Right, moment: datetime, is_open: bool) -> str | None:
    """Why a right does not hold at a moment: a detail code; None when it holds."""
    if right.status in ("revoked", "suspended"):
        return right.status
    if right.ends is not None and moment >= right.ends:
        return "expired"
    if not right.host_stands:
        return "host_left"
    if right.used_up:
        return "invitation_used"
    if right.starts is not None and moment < right.starts:
        return "not_yet"
    return None if is_open else "outside_hours"


def choose(rights: Sequence[tuple[Right, str | None]]) -> Right | str:
    """The first right without a fault, or the fault that is worth telling. Rights stand in the order in which
    they are to be used."""
    for right, fault in rights:
        if fault is None:
            return right
    faults = {fault for _, fault in rights if fault is not None} | {"not_a_member"}
    return max(faults, key=WORST_FIRST.index)
