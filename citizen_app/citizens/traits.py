"""The few coarse facts about a citizen that a kiosk may need, and the degrees to which an identity is proven.

Fare class and age band travel inside offline codes as one small integer (code format, claim -65537): bits 0
to 3 the fare class, bits 4 to 6 the age band. Numbers are a promise and are never reused. What they say is
computed from claims (`citizen_app.claims.traits`); nothing else goes by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import IntEnum, StrEnum
from typing import Final

from citizen_app.text import Text

AGE_BAND_SHIFT: Final = 4


class CitizenStatus(StrEnum):
    """Whether a citizen's codes are accepted."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    DECEASED = "deceased"


class AssuranceLevel(IntEnum):
    """How well an identity is proven; a higher level includes the lower ones."""

    PHONE = 1
    REAL_NAME = 2
    IN_PERSON = 3


class FareClass(IntEnum):
    """Which fares and prices a citizen is entitled to; at most sixteen."""

    ADULT = 0
    STUDENT = 1
    SENIOR = 2
    CHILD = 3
    DISABLED = 4
    VETERAN = 5


class AgeBand(IntEnum):
    """A citizen's age in steps that rules in this field ask for; at most eight."""

    UNKNOWN = 0
    UNDER_6 = 1
    FROM_6 = 2
    FROM_14 = 3
    FROM_18 = 4
    FROM_60 = 5
    FROM_65 = 6
    FROM_70 = 7


ASSURANCE_TITLES: Final[Mapping[AssuranceLevel, Text]] = {
    AssuranceLevel.PHONE: Text("手机号已验证", "Phone number verified"),
    AssuranceLevel.REAL_NAME: Text("已实名", "Real name verified"),
    AssuranceLevel.IN_PERSON: Text("已当面核验", "Verified in person"),
}
FARE_CLASS_TITLES: Final[Mapping[FareClass, Text]] = {
    FareClass.ADULT: Text("普通", "Adult"),
    FareClass.STUDENT: Text("学生", "Student"),
    FareClass.SENIOR: Text("老年人", "Senior"),
    FareClass.CHILD: Text("儿童", "Child"),
    FareClass.DISABLED: Text("残疾人", "Person with a disability"),
    FareClass.VETERAN: Text("优抚对象", "Veteran"),
}
AGE_BAND_TITLES: Final[Mapping[AgeBand, Text]] = {
    AgeBand.UNKNOWN: Text("未知", "Unknown"),
    AgeBand.UNDER_6: Text("6 岁以下", "Under 6"),
    AgeBand.FROM_6: Text("6–13 岁", "6 to 13"),
    AgeBand.FROM_14: Text("14–17 岁", "14 to 17"),
    AgeBand.FROM_18: Text("18–59 岁", "18 to 59"),
    AgeBand.FROM_60: Text("60–64 岁", "60 to 64"),
    AgeBand.FROM_65: Text("65–69 岁", "65 to 69"),
    AgeBand.FROM_70: Text("70 岁及以上", "70 and over"),
}
_FIRST_YEARS: Final = (
    (70, AgeBand.FROM_70),
    (65, AgeBand.FROM_65),
    (60, AgeBand.FROM_60),
    (18, AgeBand.FROM_18),
    (14, AgeBand.FROM_14),
    (6, AgeBand.FROM_6),
    (0, AgeBand.UNDER_6),
)


def packed_traits(fare_class: int, age_band: int) -> int:
    """Fare class and age band as the integer `traits` of the code format."""
    return FareClass(fare_class) | AgeBand(age_band) << AGE_BAND_SHIFT


def age_band_on(day: date, born: date) -> AgeBand:
    """The age band of someone born on `born`; a birthday of 29 February counts on 1 March. UNKNOWN for the
    future."""
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    for first_year, band in _FIRST_YEARS:
        if years >= first_year:
            return band
    return AgeBand.UNKNOWN
