"""A service's own command line: a click group as `COMMANDS` in `commands.py`, run as `flask --app wsgi <id> …`."""

from __future__ import annotations

from flask.cli import AppGroup

from citizen_app.audit.operations import record as audit
from citizen_app.process.progress import progress_bar
from citizen_app.storage.transactions import transaction

__all__ = ["AppGroup", "audit", "progress_bar", "transaction"]
