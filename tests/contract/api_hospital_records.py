"""What hospitals write about people, for the walks over the API: letters of referral, and results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from citizen_app import clock
from citizen_app.factory import CitizenFlask
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from services.hospital.models import HospitalDepartment, HospitalPatient
from services.hospital.operations import letters
from services.hospital.operations.reports import HandedIn, take
from services.hospital.snapshot import structure

if TYPE_CHECKING:  # the city that has a hospital is not there yet
    from tests.contract.api_repeating import Kind

_HOSPITAL: Final = "/api/v1/services/hospital"
_DESK: Final = f"{_HOSPITAL}/desk/{{hospital_id}}"
RECORD_WRITES: Final[dict[str, Kind]] = {
    f"POST {_HOSPITAL}/partner/reports": "id",
    f"POST {_HOSPITAL}/partner/reports/bundle": "id",
    f"POST {_HOSPITAL}/referrals/{{letter_id}}/accept": "once",
    f"POST {_HOSPITAL}/referrals/{{letter_id}}/decline": "once",
    f"POST {_DESK}/patients/{{patient_id}}/referrals": "key",
    f"POST {_DESK}/referrals/{{letter_id}}/withdraw": "once",
}


def written_about(
    app: CitizenFlask, hospital_id: str, ref: str | None = None, source: int = 1
) -> dict[str, str]:
    """A result and a letter for a patient of a hospital, for the newest with an account without `ref`, and a
    department to which no letter was written yet; the ids of all that."""
    here = HospitalPatient.hospital_id == hospital_id
    if ref is not None:
        here &= HospitalPatient.citizen_ref == ref
    with app.app_context(), transaction():
        mine = select(HospitalPatient).where(here, HospitalPatient.citizen_ref.is_not(None))
        patient = db.session.scalars(mine.order_by(HospitalPatient.id.desc())).first()
        assert patient is not None
        elsewhere = select(HospitalDepartment.id).where(HospitalDepartment.hospital_id != hospital_id)
        newest = db.session.scalars(elsewhere.order_by(HospitalDepartment.id.desc()))
        free = [one for one in newest if structure().is_open(one, None)]
        letter = letters.write(patient, free[source - 1], "请专科评估", clock.now(), "staff test")
        told = HandedIn(
            source=f"urn:lis|{source}", patient=("MR", patient.number), status="final", kind="laboratory",
            title="血常规", issued_at=clock.now(), values=(), conclusion="未见异常", paper=b"%PDF-1.7 %%EOF",
        )  # fmt: skip
        report, _ = take(hospital_id, told, clock.now())
        return {
            "letter_id": letter.id,
            "report_id": report.id,
            "to_department_id": free[source],
            "patient_id": patient.id,
        }
