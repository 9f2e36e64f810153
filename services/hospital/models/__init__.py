"""Tables of hospital booking. A person stands here by references, never by number; what is written about one
is sealed for its row.

The four files: `structure` (what a hospital is), `places` (sessions and their numbers), `people` (patients,
their bookings, and what follows from them), `visits` (the queue of a day, referrals, reports)."""

from services.hospital.models.people import (
    ACTIVE,
    HospitalAppeal,
    HospitalBooking,
    HospitalMove,
    HospitalPatient,
    HospitalPerson,
    HospitalPolicy,
    HospitalStrike,
    HospitalWait,
)
from services.hospital.models.places import HospitalPool, HospitalSession, HospitalSessionMove
from services.hospital.models.structure import (
    Hospital,
    HospitalCampus,
    HospitalClosure,
    HospitalDepartment,
    HospitalDoctor,
    HospitalTemplate,
)
from services.hospital.models.visits import (
    HospitalFormerReport,
    HospitalReferral,
    HospitalReferralMove,
    HospitalReport,
    HospitalTicket,
    HospitalTicketMove,
)

__all__ = [
    "ACTIVE",
    "Hospital",
    "HospitalAppeal",
    "HospitalBooking",
    "HospitalCampus",
    "HospitalClosure",
    "HospitalDepartment",
    "HospitalDoctor",
    "HospitalFormerReport",
    "HospitalMove",
    "HospitalPatient",
    "HospitalPerson",
    "HospitalPolicy",
    "HospitalPool",
    "HospitalReferral",
    "HospitalReferralMove",
    "HospitalReport",
    "HospitalSession",
    "HospitalSessionMove",
    "HospitalStrike",
    "HospitalTemplate",
    "HospitalTicket",
    "HospitalTicketMove",
    "HospitalWait",
]
