"""Flask extensions: made here without an application, configured in `factory`."""

from __future__ import annotations

from flask import current_app, g, request
from flask_smorest import Api
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from citizen_app.limits import Limiter
from citizen_app.units import UnitSession

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


def caller_key() -> str:
    """Whom a rate limit counts: the authenticated caller where there is one, otherwise the peer's address."""
    caller = g.get("caller")
    return str(caller.limit_key) if caller is not None else address_key()


def address_key() -> str:
    """The peer's address as a rate limit counts it."""
    return f"address:{request.remote_addr}"


db = SQLAlchemy(
    model_class=Model,
    disable_autonaming=True,
    session_options={"class_": UnitSession, "expire_on_commit": False},
)
limiter = Limiter(caller_key)  # limits on routes are counted when the caller is already known
api = Api()


def on_sqlite() -> bool:
    """Whether the current application stores in SQLite."""
    return bool(db.engine.dialect.name == "sqlite") if current_app else False
