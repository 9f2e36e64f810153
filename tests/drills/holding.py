"""Holds money and captures it, killed with SIGKILL at each statement in turn: `holding.py CITIZEN KEY`.

Prints how many statements the whole takes, and for each run by which signal it ended. Every run uses the same
keys, as a caller does who got no answer and asks again.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import event

from citizen_app.clock import now
from citizen_app.factory import create_app
from citizen_app.payments import holding
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction

AMOUNT: Final = 600
TAKEN: Final = 450
MOST: Final = 60


def run(citizen_id: str, key: str, last: int) -> None:
    """Hold and capture, and die before statement number `last`."""
    app, seen = create_app(), 0

    def count(*args: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == last:
            os.kill(os.getpid(), signal.SIGKILL)

    with app.app_context():
        for name in ("before_cursor_execute", "commit"):
            event.listen(db.engine, name, count)
        until = now() + timedelta(days=1)
        with transaction():
            made = holding.hold(citizen_id, AMOUNT, service="bus", key=key, until=until)
        with transaction():
            holding.capture("bus", made, TAKEN)


def in_child(work: partial[None]) -> int:
    """Do it in a process of its own; returns how that ended, as `waitpid` says."""
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    return os.waitpid(child, 0)[1]


if __name__ == "__main__":
    citizen, first_key = sys.argv[1:3]
    for number in range(1, MOST):
        ended = in_child(partial(run, citizen, f"{first_key}-{number}", number))
        print(number, ended, flush=True)
        if ended == 0:
            break
        again = in_child(partial(run, citizen, f"{first_key}-{number}", 0))
        print(number, "again", again, flush=True)
