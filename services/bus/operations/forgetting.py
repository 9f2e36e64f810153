"""Forgetting a rider who is erased."""

from __future__ import annotations

from sqlalchemy import delete

from citizen_app.toolkit.data import session
from services.bus.models import BusBoarding, BusRider
from services.bus.operations.saved_stops import drop_all


def forget_rider(citizen_ref: str) -> None:
    """Delete all that is kept of a rider."""
    for model in (BusBoarding, BusRider):
        session().execute(delete(model).where(model.citizen_ref == citizen_ref))
    drop_all(citizen_ref)
