"""People known before their first scan: a guest's phone number, a list of employees.

A service never stores a phone number. It keeps `contact_ref(service, phone)` and compares it with
`CitizenView.contact_ref` (scope `contact_ref`) when somebody shows a code. Nobody learns from that who has an
account: the reference of a number that nobody registered looks like any other. Two services' references of
one number do not match.

A number may pass to another person one day: once a citizen was met, hold on to their `citizen_ref`.

A route for citizens need not know who holds the phone: where a guardian, a carer, an agent or a clerk acts,
`citizen_ref`, `calling_citizen` and `lock_caller` are the ward's, and what is done is done for the ward.
Whoever wants to say so asks `acting()`, in a scan `Scan.presenter`:

    who = acting()
    booking.note = "" if who is None else f"booked by the {who.kind}"
"""

from __future__ import annotations

from citizen_app.citizens.models import Citizen
from citizen_app.citizens.personal import PhoneRefused, masked_name, masked_phone, normalised_phone
from citizen_app.citizens.queries import citizens_by_ids
from citizen_app.citizens.schemas import Phone
from citizen_app.registry.behaviour import CitizenView, Presenter
from citizen_app.registry.state import module_of
from citizen_app.scans.meaning import view_of
from citizen_app.secrecy.vault import current_vault
from citizen_app.storage.locking import lock_row
from citizen_app.web.boundary.audiences import current_citizen
from citizen_app.wire.problems import Problem


def contact_ref(service: str, phone: str) -> str:
    """The reference (22 characters) under which a service keeps a mobile number in any usual notation. Raises
    `PhoneRefused`."""
    return current_vault().contact_ref(service, normalised_phone(phone))


def calling_citizen(service: str) -> CitizenView:
    """The citizen who calls, with the fields that the service has been granted, in a route for citizens."""
    vault, citizen_id = current_vault(), current_citizen().citizen_id
    found = citizens_by_ids([citizen_id]).get(citizen_id)
    if found is None:
        raise Problem("sign-in-required", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    return view_of(found, vault.citizen_ref(service, citizen_id), module_of(service))


def acting() -> Presenter | None:
    """Who acts for the calling citizen, by kind and label, in a route for citizens; None where it is they.
    Which person that is stands in the logs of both, and no service learns it."""
    found = current_citizen().acting
    return None if found is None else Presenter(found.kind, found.label)


def lock_caller() -> None:
    """Lock the calling citizen until the end of the unit of work, so that concurrent requests of one citizen
    take turns: for limits on what one citizen may have open."""
    if lock_row(Citizen, current_citizen().citizen_id) is None:
        raise Problem("sign-in-required", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})


__all__ = [
    "Phone",
    "PhoneRefused",
    "Presenter",
    "acting",
    "calling_citizen",
    "contact_ref",
    "lock_caller",
    "masked_name",
    "masked_phone",
]
