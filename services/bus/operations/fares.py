"""What a boarding costs: a flat fare, reduced for whoever has a claim. Pure; every figure is a setting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from citizen_app.toolkit.contract import Text

ADULT: Final = "adult"
AGE_CLASSES: Final = frozenset({"child", "senior", "age_65", "age_70"})
"""Those that follow from the date of birth; whoever is in another has been registered by an office."""


@dataclass(frozen=True, slots=True)
class ClassWords:
    """How a fare class is called: `passenger` in settings and in the citizen's own list, `card` on the
    validator. A class is a claim, or `adult`.

    A validator names a card, never a disability: the whole bus reads and hears it.
    """

    passenger: Text
    card: Text


FARE_CLASSES: Final[Mapping[str, ClassWords]] = {
    ADULT: ClassWords(Text("普通", "Adult"), Text("普通票", "Adult")),
    "child": ClassWords(Text("儿童", "Child"), Text("儿童票", "Child")),
    "senior": ClassWords(Text("老年人", "Senior"), Text("老年卡", "Senior card")),
    "age_65": ClassWords(Text("65 周岁及以上", "65 or over"), Text("老年卡", "Senior card")),
    "age_70": ClassWords(Text("70 周岁及以上", "70 or over"), Text("老年卡", "Senior card")),
    "student": ClassWords(Text("学生", "Student"), Text("学生卡", "Student card")),
    "veteran": ClassWords(Text("优抚对象", "Veteran"), Text("优待卡", "Honour card")),
    "disabled": ClassWords(Text("残疾人", "Person with a disability"), Text("爱心卡", "Care card")),
}
"""Those who pay the same are asked about in this order: what says least about somebody first."""


@dataclass(frozen=True, slots=True)
class Fare:
    """What one boarding costs: `amount` in hundredths of `currency` (分), for the class it was rated as."""

    amount: int
    currency: str
    fare_class: str

    @property
    def words(self) -> Text:
        """The amount as people read it, for example `1.00 元`; `免费` for nothing."""
        if self.amount == 0:
            return Text("免费", "Free")
        plain = f"{self.amount // 100}.{self.amount % 100:02}"
        return (
            Text(f"{plain} 元", f"¥{plain}")
            if self.currency == "CNY"
            else Text(*2 * [f"{plain} {self.currency}"])
        )


def percent_setting(fare_class: str) -> str:
    """The name of the setting that says what a class pays."""
    return f"{fare_class}_percent"


def best_fare(has: Callable[[str], bool], settings: Mapping[str, Any]) -> Fare:
    """The lowest fare that a rider has a claim to, under the settings in force.

    Claims are asked from the lowest percentage on, and only until one is true: nobody is asked about what
    would change nothing.
    """
    usual = settings[percent_setting(ADULT)]
    reduced = [name for name in FARE_CLASSES if settings[percent_setting(name)] < usual]
    reduced.sort(key=lambda name: int(settings[percent_setting(name)]))
    return fare_for(next((name for name in reduced if has(name)), ADULT), settings)


def fare_for(fare_class: str, settings: Mapping[str, Any]) -> Fare:
    """The fare of a class under the settings in force; half a 分 is rounded up."""
    amount = (settings["base_fare"] * settings[percent_setting(fare_class)] + 50) // 100
    return Fare(amount, settings["currency"], fare_class)
