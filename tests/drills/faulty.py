"""The product with one fault put in, for controls: a drill that does not notice the fault proves nothing.

Each function builds an application for gunicorn, for example `tests.drills.faulty:hasty()`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import event

from citizen_app import factory
from citizen_app.booking.capacity import Capacity
from citizen_app.extensions import limiter
from citizen_app.factory import CitizenFlask, create_app
from citizen_app.scans import pipeline
from citizen_app.staff import passwords
from citizen_app.storage import transactions, unit_of_work
from citizen_app.storage.locking import guarded_update
from citizen_app.storage.orm import db

PUT_OFF_SECONDS = 0.15


def hasty() -> CitizenFlask:
    """Answers first and commits a moment later."""
    factory.transaction = pipeline.transaction = _committed_later
    return create_app()


def eager() -> CitizenFlask:
    """Hashes every password that is sent, as many at the same time as there are threads."""
    app = create_app()
    passwords._turns, passwords._line = (threading.BoundedSemaphore(64) for _ in range(2))
    limiter.enabled = False
    return app


def generous() -> CitizenFlask:
    """Takes a place without asking whether there is one."""
    app = create_app()

    def take(self: Capacity[Any, Any], pool_id: str, moment: datetime, places: int, from_list: bool) -> bool:
        pools = self.pools
        opened = guarded_update(
            pools, pools.id == pool_id, pools.opens_at <= moment, taken=pools.taken + places
        )
        return opened is not None

    Capacity._take = take  # type: ignore[method-assign]
    Capacity.may_have_left = lambda self, pool, moment: True  # type: ignore[method-assign]
    return app


def normal() -> CitizenFlask:
    """SQLite with `synchronous=NORMAL`: commits reach the disk when the log is next folded in."""
    app = create_app()
    with app.app_context():

        @event.listens_for(db.engine, "connect")
        def sync_seldom(connection: Any, entry: object) -> None:
            connection.execute("PRAGMA synchronous=NORMAL")

    return app


@contextmanager
def _committed_later(*, reading: bool = False) -> Iterator[None]:
    if reading:
        with transactions.transaction(reading=True):
            yield
        return
    unit = unit_of_work.UnitOfWork(lambda: db.engine.connect())
    token = unit_of_work.current_unit.set(unit)
    try:
        yield
        db.session.commit()
    except BaseException:
        unit.close()
        raise
    finally:
        unit_of_work.current_unit.reset(token)
    threading.Thread(target=_commit, args=(unit,), daemon=True).start()


def _commit(unit: unit_of_work.UnitOfWork) -> None:
    time.sleep(PUT_OFF_SECONDS)
    unit.commit()
    unit.close()
