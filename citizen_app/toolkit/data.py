"""A service's own tables: names begin with the service's id and `_`, foreign keys stay inside the service."""

from __future__ import annotations

from sqlalchemy.orm import Session

from citizen_app.columns import Id, Json, UtcDateTime
from citizen_app.extensions import Model, db
from citizen_app.ids import new_id
from citizen_app.registry.budget import check_budget


def session() -> Session:
    """The session of the present unit of work. Add, execute and flush; the core commits."""
    check_budget()
    return db.session()


__all__ = ["Id", "Json", "Model", "UtcDateTime", "new_id", "session"]
