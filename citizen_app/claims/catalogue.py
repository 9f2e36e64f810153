"""The claims there are: a closed list, and at once the names of the scopes by which a service may ask for
them. Pure data.

Those by age follow from the date of birth at the moment that is asked about; the others are granted for a
time. Sixty is the age of the Law on the Protection of the Rights and Interests of the Elderly (article 2),
eighteen that of the Civil Code (article 17); fourteen is the age from which somebody agrees for themselves
(Personal Information Protection Law, article 31); six is the age to which children ride free.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from citizen_app.text import Text

YES: Final = Text("是", "yes")
NO: Final = Text("否", "no")
_ANSWERED: Final = Text("{question}：{answer}", "{question}: {answer}")


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that is true of somebody or not. `question` is what a service asks, as the citizen reads it.

    With `from_age` or `below_age` (completed years) it follows from the date of birth. One that `needs_end`
    is granted for a stated time only. A `sensitive` one is personal information of the kind that the law
    protects more (Personal Information Protection Law, article 28).
    """

    name: str
    title: Text
    question: Text
    from_age: int | None = None
    below_age: int | None = None
    needs_end: bool = False
    sensitive: bool = False

    @property
    def by_age(self) -> bool:
        """Whether the date of birth decides."""
        return self.from_age is not None or self.below_age is not None


def _catalogue(*claims: Claim) -> dict[str, Claim]:
    return {claim.name: claim for claim in claims}


CLAIMS: Final[Mapping[str, Claim]] = _catalogue(
    Claim(
        "student",
        Text("学生", "Student"),
        Text("是否为学生", "Whether you are a student"),
        needs_end=True,
    ),
    Claim(
        "senior",
        Text("老年人", "Senior"),
        Text("是否为老年人（满 60 周岁）", "Whether you are a senior (60 or over)"),
        from_age=60,
    ),
    Claim(
        "age_65",
        Text("65 周岁及以上", "65 or over"),
        Text("是否满 65 周岁", "Whether you are 65 or over"),
        from_age=65,
    ),
    Claim(
        "age_70",
        Text("70 周岁及以上", "70 or over"),
        Text("是否满 70 周岁", "Whether you are 70 or over"),
        from_age=70,
    ),
    Claim(
        "child",
        Text("儿童", "Child"),
        Text("是否为儿童（未满 6 周岁）", "Whether you are a child (under 6)"),
        below_age=6,
    ),
    Claim(
        "under_14",
        Text("未满 14 周岁", "Under 14"),
        Text("是否未满 14 周岁", "Whether you are under 14"),
        below_age=14,
    ),
    Claim(
        "minor",
        Text("未成年人", "Minor"),
        Text("是否未满 18 周岁", "Whether you are under 18"),
        below_age=18,
    ),
    Claim(
        "disabled",
        Text("残疾人", "Person with a disability"),
        Text("是否为残疾人", "Whether you are a person with a disability"),
        sensitive=True,
    ),
    Claim("veteran", Text("优抚对象", "Veteran"), Text("是否为优抚对象", "Whether you are a veteran")),
    Claim(
        "resident",
        Text("本市居民", "Resident of the city"),
        Text("是否为本市居民", "Whether you are a resident of the city"),
    ),
    Claim(
        "low_income",
        Text("低收入人口", "Person on a low income"),
        Text("是否为低收入人口", "Whether you are on a low income"),
        needs_end=True,
        sensitive=True,
    ),
)

GRANTED: Final = tuple(claim.name for claim in CLAIMS.values() if not claim.by_age)
"""Those that somebody grants; the others follow from the date of birth."""


def as_logged(disclosed: Mapping[str, Any]) -> list[str]:
    """What a service was shown, as the usage log keeps it: names of fields, and of claims with the answer,
    `senior:yes`."""
    return sorted(
        f"{name}:{'yes' if value else 'no'}" if name in CLAIMS else name for name, value in disclosed.items()
    )


def answer_in(logged: str) -> tuple[str, bool | None]:
    """Back from `as_logged`: the name, and the answer where it is a claim's."""
    name, _, answer = logged.partition(":")
    return name, answer == "yes" if answer else None


def answered(claim: Claim, answer: bool | None) -> Text:
    """The question with its answer, for example `是否为学生：是`; without an answer the question alone."""
    if answer is None:
        return claim.question
    return _ANSWERED.fill(question=claim.question, answer=YES if answer else NO)


def titles(names: Iterable[str]) -> dict[str, Text]:
    """What these claims ask, by name."""
    return {name: CLAIMS[name].question for name in names}
