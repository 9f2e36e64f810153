"""The null request: Flask answers a GET with a tiny JSON document and does nothing else."""

from __future__ import annotations

from flask import Flask, Response, jsonify


def create_app() -> Flask:
    """A server with one route."""
    app = Flask(__name__)

    @app.get("/null")
    def null() -> Response:
        return jsonify(ok=True)

    return app
