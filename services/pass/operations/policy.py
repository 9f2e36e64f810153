"""What a place decides for itself, within bounds. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Literal

Admits = Literal["listed", "anyone"]
Inviters = Literal["members", "managers", "nobody"]
AntiPassback = Literal["off", "soft", "hard"]
Accompanied = Literal["free", "counted", "refused"]
LONGEST_TRAIL_DAYS: Final = 90
"""The most that a place may keep of who came and went."""
USUAL_TRAIL_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Policy:
    """`admits`: whom beside guests, only people on its list or anyone with a code (a checkpoint, an open
    institution).

    `anti_passback` hard refuses somebody who is inside already, soft lets them in and notes it; both need
    gates that see people leave (`exits_are_read`). `accompanied` is whether somebody without a right of their
    own comes in with a guardian or carer who has one: `free` uses no entry of an invitation, `counted` uses
    one, `refused` is no.
    """

    admits: Admits = "listed"
    inviters: Inviters = "members"
    guests_per_host: int = 5
    longest_visit_hours: int = 72
    anti_passback: AntiPassback = "off"
    exits_are_read: bool = True
    claims_allowed: bool = True
    accompanied: Accompanied = "free"

    def as_dict(self) -> dict[str, Any]:
        """Plain data for the table, but `accompanied`, which has a column of its own: version 1.1 reads this
        and knows all its members."""
        said = asdict(self)
        del said["accompanied"]
        return said

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any], accompanied: Accompanied = "free") -> Policy:
        """Back from `as_dict`; what a later version has written besides is passed over."""
        known = {one.name for one in fields(cls)}
        return cls(**{**{k: v for k, v in stored.items() if k in known}, "accompanied": accompanied})
