"""What a hospital is: campuses, departments, doctors, the weekly timetable, and the days on which it does
not hold. A hospital is the unit of the service's operators."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.toolkit.booking import ClosureColumns, LineColumns
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import UtcDateTime
from citizen_app.toolkit.office import OfficeColumns
from citizen_app.toolkit.queueing import WallColumns
from services.hospital.manifest import CHANNELS
from services.hospital.models.columns import Named, key, key_or_none, words


class Hospital(Named, OfficeColumns):
    """A hospital. `patients` counts the medical record numbers that were given; `code` is how files and
    partners name it."""

    __tablename__ = "hospital_hospitals"

    code: Mapped[str] = mapped_column(String(20), nullable=False, unique=True)
    level_zh: Mapped[str | None] = mapped_column(String(20))
    level_en: Mapped[str | None] = mapped_column(String(40))
    telephone: Mapped[str | None] = mapped_column(String(20))
    patients: Mapped[int] = mapped_column(nullable=False, default=0)

    @property
    def level(self) -> Text | None:
        """Its class, for example 三级甲等."""
        return words(self.level_zh, self.level_en)


class HospitalCampus(Named, WallColumns, OfficeColumns):
    """A site of a hospital; `lat` and `lon` are WGS 84, for the way there."""

    __tablename__ = "hospital_campuses"

    hospital_id: Mapped[str] = key("hospitals")
    address_zh: Mapped[str | None] = mapped_column(String(120))
    address_en: Mapped[str | None] = mapped_column(String(200))
    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)

    @property
    def address(self) -> Text | None:
        """Where it is, in words."""
        return words(self.address_zh, self.address_en)


class HospitalDepartment(Named, WallColumns, OfficeColumns):
    """A department at a campus. `symptoms` are the words by which people find it, with blanks between; ages
    are completed years, and a note for people to read, as `gender` (`female`, `male`) is: the city does not
    tell a service either."""

    __tablename__ = "hospital_departments"

    hospital_id: Mapped[str] = key("hospitals")
    campus_id: Mapped[str] = key("campuses")
    code: Mapped[str] = mapped_column(String(20), nullable=False)
    floor: Mapped[str | None] = mapped_column(String(40))
    symptoms: Mapped[str] = mapped_column(String(400), nullable=False, default="")
    from_age: Mapped[int | None] = mapped_column(SmallInteger)
    below_age: Mapped[int | None] = mapped_column(SmallInteger)
    gender: Mapped[str | None] = mapped_column(String(6))


class HospitalDoctor(Named, OfficeColumns):
    """A doctor of a department. `title` is chief, associate_chief, attending or resident; `staff_name` the
    user of the console who calls the doctor's patients."""

    __tablename__ = "hospital_doctors"

    hospital_id: Mapped[str] = key("hospitals")
    department_id: Mapped[str] = key("departments")
    code: Mapped[str] = mapped_column(String(20), nullable=False)
    title: Mapped[str] = mapped_column(String(16), nullable=False)
    skills_zh: Mapped[str | None] = mapped_column(String(200))
    skills_en: Mapped[str | None] = mapped_column(String(400))
    staff_name: Mapped[str | None] = mapped_column(String(64), index=True)

    @property
    def skills(self) -> Text | None:
        """What the doctor is good at."""
        return words(self.skills_zh, self.skills_en)


class HospitalTemplate(LineColumns):
    """One line of the weekly timetable (排班模板): who, and for how many.

    `…_places` are numbers by channel for the whole session; `gives_back_hours` before its slot begins what a
    channel did not sell goes to the app. Without a doctor it is the department's own clinic.
    """

    __tablename__ = "hospital_templates"

    hospital_id: Mapped[str] = key("hospitals")
    department_id: Mapped[str] = key("departments")
    doctor_id: Mapped[str | None] = key_or_none("doctors", index=True)
    segment: Mapped[str] = mapped_column(String(10), nullable=False)
    kind: Mapped[str] = mapped_column(String(8), nullable=False)
    room: Mapped[str | None] = mapped_column(String(40))
    fee: Mapped[int] = mapped_column(nullable=False)
    app_places: Mapped[int] = mapped_column(SmallInteger, nullable=False, default=0)
    window_places: Mapped[int] = mapped_column(SmallInteger, nullable=False, default=0)
    follow_up_places: Mapped[int] = mapped_column(SmallInteger, nullable=False, default=0)
    referral_places: Mapped[int] = mapped_column(SmallInteger, nullable=False, default=0)
    gives_back_hours: Mapped[int] = mapped_column(SmallInteger, nullable=False, default=24)

    @property
    def places(self) -> dict[str, int]:
        """Numbers by channel."""
        return {channel: getattr(self, f"{channel}_places") for channel in CHANNELS}


class HospitalClosure(ClosureColumns):
    """停诊: days on which a doctor, a department or a hospital takes nobody, for one segment of the day or
    all of it. Its sessions are stopped by `stopped_at`, and none are made while it stands."""

    __tablename__ = "hospital_closures"

    hospital_id: Mapped[str] = key("hospitals")
    department_id: Mapped[str | None] = key_or_none("departments")
    doctor_id: Mapped[str | None] = key_or_none("doctors")
    segment: Mapped[str | None] = mapped_column(String(10))
    reason_zh: Mapped[str | None] = mapped_column(String(80))
    reason_en: Mapped[str | None] = mapped_column(String(160))
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def reason(self) -> Text | None:
        """Why, where it is told."""
        return words(self.reason_zh, self.reason_en)
