"""Claims as people read them: the citizen their own, staff those of a citizen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from citizen_app.claims.catalogue import CLAIMS
from citizen_app.claims.models import CitizenClaim
from citizen_app.claims.operations import SOURCE_TITLES, ClaimSource
from citizen_app.claims.truth import Known, age_days, beginning_of
from citizen_app.clock import now
from citizen_app.text import Text
from citizen_app.usage.titles import service_title

SOON: Final = timedelta(days=366)
"""An age to come is told a year ahead."""
State = Literal["current", "upcoming", "over"]


@dataclass(frozen=True, slots=True)
class ShownAge:
    """A claim that follows from the date of birth, with the moments at which it begins and ends."""

    type: str
    valid_from: datetime
    valid_to: datetime | None
    state: State

    @property
    def title(self) -> Text:
        """What it is called."""
        return CLAIMS[self.type].title


def ages_shown(known: Known) -> list[ShownAge]:
    """The ages that somebody has now or reaches within a year; none where the date of birth is not known."""
    moment, found = now(), list[ShownAge]()
    for claim in CLAIMS.values() if known.born is not None else ():
        if not claim.by_age or known.born is None:
            continue
        first, last = age_days(claim, known.born)
        begins = beginning_of(first, known.zone)
        ends = None if last is None else beginning_of(last, known.zone)
        state = state_at(moment, begins, ends)
        if state != "over" and begins <= moment + SOON:
            found.append(ShownAge(claim.name, begins, ends, state))
    return found


def state_at(moment: datetime, begins: datetime, ends: datetime | None) -> State:
    """Whether a period lasts, is still to come, or is over."""
    if ends is not None and ends <= moment:
        return "over"
    return "upcoming" if moment < begins else "current"


def source_title(claim: CitizenClaim) -> Text:
    """From whom the city knows it."""
    if claim.source == ClaimSource.SERVICE and claim.granted_by is not None:
        return service_title(claim.granted_by)
    return SOURCE_TITLES[ClaimSource(claim.source)]


def words_of(stored: str | None) -> Text | None:
    """A text of `operations`: of a service in both languages, of a person in theirs."""
    if stored is None:
        return None
    try:
        both = json.loads(stored)
        return Text(both["zh"], both["en"])
    except (ValueError, TypeError, KeyError):
        return Text(stored, stored)
