"""Departments that see children only, or nobody below an age: whoever books is told before, not at the
door."""

from __future__ import annotations

from typing import Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.scan import CitizenView
from citizen_app.toolkit.web import Problem
from services.hospital.snapshot import structure

CLAIM_BELOW: Final = {14: "under_14"}
"""The age that the city can answer for; of others a department's page tells."""
TOO_OLD: Final = Text(
    "{department}只看未满 {age} 岁的孩子。给孩子挂号，请先切换到孩子。",
    "{department} sees children below {age} only. To book for a child, switch to the child first.",
)
TOO_YOUNG: Final = Text(
    "{department}只看满 {age} 岁的人。", "{department} sees people of {age} and above only."
)


def refuse_wrong_age(citizen: CitizenView, department_id: str) -> None:
    """Raise a 409 with words for whom a department does not see by their age. Whoever withholds it is
    taken at their word."""
    department = structure().departments[department_id]
    below, least = CLAIM_BELOW.get(department.below_age), CLAIM_BELOW.get(department.from_age)
    if below is not None and not citizen.withholds(below) and not citizen.has(below):
        raise Problem("conflict", TOO_OLD.fill(department=department.name, age=department.below_age))
    if least is not None and citizen.has(least):
        raise Problem("conflict", TOO_YOUNG.fill(department=department.name, age=department.from_age))
