"""Another runner, and a look into the tables of background work."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from citizen_app.jobs.models import JobRun, OutboxMessage
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction


@pytest.fixture
def message(app: Flask) -> Callable[[str], OutboxMessage]:
    """A message of the outbox as it stands now."""

    def read(message_id: str) -> OutboxMessage:
        with app.app_context(), transaction(reading=True):
            return db.session.scalars(select(OutboxMessage).where(OutboxMessage.id == message_id)).one()

    return read


@pytest.fixture
def job_run(app: Flask) -> Callable[[str], JobRun]:
    """The row of a job as it stands now."""

    def read(name: str) -> JobRun:
        with app.app_context(), transaction(reading=True):
            return db.session.scalars(select(JobRun).where(JobRun.name == name)).one()

    return read
