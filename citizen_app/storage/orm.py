"""The session and the base of every table."""

from __future__ import annotations

from typing import cast

from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData, Table, text
from sqlalchemy.orm import DeclarativeBase

from citizen_app.storage.unit_of_work import UnitOfWorkSession

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Model(DeclarativeBase):
    """Base of every table, of the core and of services; names of constraints follow one convention."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(
    model_class=Model,
    disable_autonaming=True,
    session_options={"class_": UnitOfWorkSession, "expire_on_commit": False},
)


def table_of(model: type[Model]) -> Table:
    """The table of a model, for statements that need no objects."""
    return cast(Table, model.__table__)


def on_sqlite() -> bool:
    """Whether the current application stores in SQLite."""
    return bool(db.engine.dialect.name == "sqlite") if current_app else False


def ask_database() -> None:
    """Raise what the database raises when it does not answer."""
    db.session.execute(text("SELECT 1"))
