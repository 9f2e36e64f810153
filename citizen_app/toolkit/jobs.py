"""Background work of a service: list `Job`s as `JOBS` in the module's `jobs.py`.

What is over goes a slice at a time: `delete_in_slices(table, condition, unit)` deletes by the index of the
primary key, each slice in a unit of work of its own. `Paced()` is such a unit, and leaves the door open to
whoever waits between two of them; a command or an import of any length takes it as well.

    def forget_visits() -> None:
        delete_in_slices(VISITS, VISITS.c.day < retention_now().date() - KEPT, Paced())

    JOBS = (Job("parlour.forget", every_seconds=86_400, run=forget_visits, own_transactions=True),)
"""

from __future__ import annotations

from citizen_app.jobs.runner import Job
from citizen_app.storage.slices import ROWS_PER_SLICE, Paced, Unit, delete_in_slices

__all__ = ["ROWS_PER_SLICE", "Job", "Paced", "Unit", "delete_in_slices"]
