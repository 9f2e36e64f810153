"""A citizen's rights over what a service keeps of them: a copy of it (PIPL art. 45) and erasure (art. 47).

A service whose tables name people by `citizen_ref`, `contact_ref` or `identity_ref` has two hooks:

    def export_for(citizen: CitizenView) -> Sequence[Kept]:
        mine = PoolVisit.citizen_ref == citizen.ref
        return [Kept("visits", Text("到访", "Visits"), rows_of(PoolVisit, mine))]

    def erase_for(citizen: CitizenView) -> None:
        session().execute(delete(PoolVisit).where(PoolVisit.citizen_ref == citizen.ref))

The view carries `ref`, `contact_ref` and `identity_refs` whatever the citizen has agreed to, and no other
field: whoever was on a list before they were met is found as well. Other people stand in a copy masked, by
`omit` and a value of one's own: `rows_of(Guest, mine, omit=("phone_hint",), guest=lambda one: one.masked)`.
An erasure is tried again until `erase_for` ends without an error, so it may find all gone; booked places go
by `Capacity.forget(ref)`. The contract's tests fail when a table that names people is left out of either.
"""

from __future__ import annotations

from citizen_app.registry.behaviour import CitizenView, Kept
from citizen_app.rights.rows import rows_of

__all__ = ["CitizenView", "Kept", "rows_of"]
