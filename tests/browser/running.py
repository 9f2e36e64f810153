"""A demo city that runs in this process, on a free loopback port."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from werkzeug.serving import make_server

from citizen_app.factory import CitizenFlask, create_app
from citizen_app.storage.orm import db

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class RunningCity:
    """Where it answers, and the application behind."""

    address: str
    app: CitizenFlask


@contextmanager
def running_city(data: Path, **settings: str) -> Iterator[RunningCity]:
    """A city with demo data in a folder of its own."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("CITIZEN_", "PORT"))}
    environ |= {"CITIZEN_DEMO": "1", "CITIZEN_DATA_DIR": str(data), **settings}
    for command in (("db", "upgrade"), ("demo", "load", "--json")):
        call = [sys.executable, "-m", "flask", "--app", "wsgi", *command]
        done = subprocess.run(call, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    app = create_app(environ)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield RunningCity(f"http://127.0.0.1:{server.server_port}", app)
    server.shutdown()
    thread.join()
    with app.app_context():
        app.extensions["watch"].stop()
        db.engine.dispose()
