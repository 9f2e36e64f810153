"""Background work of a service: list `Job`s as `JOBS` in the module's `jobs.py`."""

from citizen_app.jobs.runner import Job

__all__ = ["Job"]
