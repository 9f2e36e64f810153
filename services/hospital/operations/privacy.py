"""From fourteen on a guardian sees a teenager's bookings, results and letters only where the hospital's rules
and the teenager allow it, and bookings that a guardian made. What is not seen does not exist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from citizen_app.toolkit.data import session
from citizen_app.toolkit.marks import caller_marks
from citizen_app.toolkit.people import acting, calling_citizen
from citizen_app.toolkit.web import Problem, citizen_ref
from services.hospital.manifest import SERVICE
from services.hospital.models import HospitalBooking, HospitalPerson
from services.hospital.operations.booking import By
from services.hospital.operations.rules import NEVER, SEES
from services.hospital.snapshot import rules_in_force, rules_of

GUARDIAN = "guardian"


@dataclass(frozen=True, slots=True)
class Looking:
    """Who looks at what a citizen has here. `is_limited`: a guardian, at somebody of fourteen or more;
    `shares` is that person's own word."""

    ref: str
    by: By
    is_limited: bool = False
    shares: bool = False

    def sees(self, booking: HospitalBooking) -> bool:
        """Whether they see a booking."""
        if booking.citizen_ref != self.ref:
            return False
        if not self.is_limited or booking.booked_by == GUARDIAN:
            return True
        rule = rules_of(booking.policy_id).guardian
        return rule == SEES or (rule != NEVER and self.shares)

    def sees_records(self, hospital_id: str, moment: datetime) -> bool:
        """Whether they see what a hospital wrote about that citizen: results, letters. Who booked something
        says nothing about these."""
        rule = rules_in_force(hospital_id, None, None, moment).rules.guardian
        return not self.is_limited or rule == SEES or (rule != NEVER and self.shares)

    def booking(self, booking_id: str) -> HospitalBooking:
        """A booking that they see; any other is a 404."""
        found = session().get(HospitalBooking, booking_id)
        if found is None or not self.sees(found):
            raise Problem("not-found")
        return found


def looking() -> Looking:
    """Who calls, in a route for citizens."""
    ref, presenter, marks = citizen_ref(SERVICE.id), acting(), caller_marks(SERVICE.id)
    if presenter is None:
        return Looking(ref, By("self", marks=marks))
    by = By(presenter.kind, presenter.kind, marks)
    if presenter.kind != GUARDIAN or calling_citizen(SERVICE.id).has("under_14"):
        return Looking(ref, by)
    person = session().get(HospitalPerson, ref)
    return Looking(ref, by, is_limited=True, shares=bool(person and person.shares))
