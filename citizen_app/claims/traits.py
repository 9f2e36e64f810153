"""The coarse facts that travel inside offline codes, computed from claims (code format, claim -65537)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from citizen_app.citizens.traits import AgeBand, FareClass, age_band_on, packed_traits
from citizen_app.claims.truth import Known

_FARES: Final = (
    ("disabled", FareClass.DISABLED),
    ("veteran", FareClass.VETERAN),
    ("senior", FareClass.SENIOR),
    ("child", FareClass.CHILD),
    ("student", FareClass.STUDENT),
)
"""A code has room for one: that which usually gives most comes first."""
_BANDS: Final = (
    ("age_70", AgeBand.FROM_70),
    ("age_65", AgeBand.FROM_65),
    ("senior", AgeBand.FROM_60),
    ("child", AgeBand.UNDER_6),
)
"""What can be said of the age of somebody whose date of birth is not known."""


def traits_of(known: Known, moment: datetime) -> int:
    """What is true of a citizen at a moment, as the integer `traits` of a code."""
    fares = [fare for name, fare in _FARES if known.has(name, moment)]
    if known.born is not None:
        band = age_band_on(moment.astimezone(known.zone).date(), known.born)
    else:
        band = next((band for name, band in _BANDS if known.has(name, moment)), AgeBand.UNKNOWN)
    return packed_traits(fares[0] if fares else FareClass.ADULT, band)
