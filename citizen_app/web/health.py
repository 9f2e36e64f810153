"""Is it alive, is it ready."""

from __future__ import annotations

import time

import structlog
from flask import Response, current_app, jsonify
from flask.views import MethodView

from citizen_app.codes.keys import issuing_key
from citizen_app.registry import lineages
from citizen_app.registry.modules import current_registry
from citizen_app.storage.cached_values import current_watch
from citizen_app.storage.orm import ask_database, db
from citizen_app.web.boundary.audiences import ANY_MACHINE, api_blueprint

log = structlog.get_logger(__name__)
blueprint = api_blueprint("health", ANY_MACHINE, "", "Alive and ready")


@blueprint.route("/healthz")
class Alive(MethodView):
    """Whether the process answers."""

    @blueprint.response(200, description="The process answers.")
    def get(self) -> Response:
        """Alive: the process answers; nothing else is looked at."""
        return jsonify(status="alive")


@blueprint.route("/readyz")
class Ready(MethodView):
    """Whether requests can be served."""

    @blueprint.response(200, description="Database, migrations and keys are in order.")
    @blueprint.alt_response(503, description="Something is missing; `checks` says what.")
    def get(self) -> tuple[Response, int]:
        """Ready: the database answers, its migrations are complete, a key can sign, values in memory are
        fresh."""
        checks = {"database": _database(), "migrations": False, "keys": False, "watch": _watch()}
        if checks["database"]:
            checks["migrations"] = not lineages.pending(db.engine, current_registry())
            checks["keys"] = checks["migrations"] and _keys()
        ready = all(checks.values())
        return jsonify(status="ready" if ready else "not ready", checks=checks), 200 if ready else 503


def _database() -> bool:
    try:
        ask_database()
    except Exception as error:
        log.error("database does not answer", error=type(error).__name__)
        return False
    return True


def _keys() -> bool:
    try:
        issuing_key()
    except LookupError:
        return False
    return True


def _watch() -> bool:
    watch = current_watch()
    return current_app.testing or watch.last_check == 0.0 or time.monotonic() - watch.last_check < 30
