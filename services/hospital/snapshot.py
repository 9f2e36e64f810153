"""What every request needs, in each worker's memory: hospitals with their departments and doctors, and the
rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select

from citizen_app.toolkit.booking import Rulebook, Version, policies
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import CachedValue, Model, table_of
from citizen_app.toolkit.searching import Typed
from services.hospital.models import (
    Hospital,
    HospitalCampus,
    HospitalDepartment,
    HospitalDoctor,
    HospitalPolicy,
)
from services.hospital.models.columns import words
from services.hospital.operations.rules import Rules

TOPIC: Final = "hospital:structure"
RULES: Final = Rulebook(HospitalPolicy, "hospital:rules", Rules.of)


@dataclass(frozen=True, slots=True)
class One:
    """A hospital, a campus, a department or a doctor: its row, as read, with words in both languages."""

    id: str
    hospital_id: str
    name: Text
    closed: bool
    row: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.row[name]
        except KeyError:
            raise AttributeError(name) from None

    def words(self, name: str) -> Text | None:
        """Words that stand in two columns, and may be missing."""
        return words(self.row[f"{name}_zh"], self.row[f"{name}_en"])


@dataclass(frozen=True, slots=True)
class Structure:
    """Everything by id."""

    hospitals: Mapping[str, One]
    campuses: Mapping[str, One]
    departments: Mapping[str, One]
    doctors: Mapping[str, One]
    typed: Mapping[str, Typed]

    def rank(self, one_id: str, words: str) -> int | None:
        """How well words name a department (by its symptoms, too) or a doctor; None where they do not. What
        people type may be more than a symptom: `孩子发烧` names 发烧."""
        found = self.typed[one_id].rank(words)
        if found is not None:
            return found
        one = self.departments.get(one_id)
        said = words.lower()
        named = one is not None and any(
            word.lower() in said for word in one.symptoms.split() if len(word) > 1
        )
        return 4 if named else None

    def is_open(self, department_id: str, doctor_id: str | None) -> bool:
        """Whether a department (and a doctor) takes patients at all."""
        department = self.departments.get(department_id)
        if department is None or department.closed:
            return False
        doctor = self.doctors.get(doctor_id) if doctor_id else None
        places = (self.hospitals.get(department.hospital_id), self.campuses.get(department.campus_id))
        return not any(one is None or one.closed for one in places) and not (doctor and doctor.closed)


def _load(connection: Connection) -> Structure:
    def rows(model: type[Model], of: str = "hospital_id") -> Mapping[str, One]:
        table = table_of(model)
        found = connection.execute(select(table).order_by(table.c.id)).mappings()
        return {
            row["id"]: One(
                row["id"],
                row[of],
                Text(row["name_zh"], row["name_en"]),
                row["closed_at"] is not None,
                dict(row),
            )
            for row in found
        }

    departments, doctors = rows(HospitalDepartment), rows(HospitalDoctor)
    typed = {one.id: Typed.of(f"{one.name.zh} {one.name.en}", one.symptoms) for one in departments.values()}
    for one in doctors.values():
        skills = one.words("skills")
        said = f"{skills.zh} {skills.en}" if skills else ""
        typed[one.id] = Typed.of(f"{one.name.zh} {one.name.en}", said)
    return Structure(rows(Hospital, "id"), rows(HospitalCampus), departments, doctors, typed)


_STRUCTURE: Final = CachedValue(TOPIC, _load)


def structure() -> Structure:
    """Hospitals, campuses, departments and doctors as they are now."""
    return _STRUCTURE.get()


def rules_in_force(
    hospital_id: str, department_id: str | None, kind: str | None, moment: datetime
) -> Version[Rules]:
    """The version of the rules that holds at a moment for a kind of number."""
    return RULES.in_force(policies.scopes_of((department_id, hospital_id), kind), moment)


def rules_as_stored(
    hospital_id: str, department_id: str | None, kind: str | None, moment: datetime
) -> Version[Rules]:
    """The same as the present unit of work has it: what it has published counts already."""
    return RULES.as_stored(policies.scopes_of((department_id, hospital_id), kind), moment)


def rules_of(policy_id: str | None) -> Rules:
    """The rules that a booking was made under."""
    return RULES.of(policy_id)
