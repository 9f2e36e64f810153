"""The product with one fault put in, for controls: a drill that does not notice the fault proves nothing.

Each function builds an application for gunicorn, for example `tests.drills.faulty:hasty()`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from citizen_app import factory, transactions
from citizen_app.extensions import db
from citizen_app.factory import CitizenFlask, create_app

PUT_OFF_SECONDS = 0.15


def hasty() -> CitizenFlask:
    """Answers first and commits a moment later."""
    factory.transaction = _committed_later
    return create_app()


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
    token = transactions._unit.set(transactions._Unit())
    session = db.session()
    try:
        yield
        session.flush()
    except BaseException:
        session.close()
        raise
    finally:
        transactions._unit.reset(token)
    db.session.registry.clear()  # the request's end does not close what another thread will commit
    threading.Thread(target=_commit, args=(session,), daemon=True).start()


def _commit(session: Session) -> None:
    time.sleep(PUT_OFF_SECONDS)
    session.commit()
    session.close()
