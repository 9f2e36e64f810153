"""`python -m tools.server_settings`: what the server needs of the settings, as JSON, or in words why they
cannot be used.

A program of its own, so that the server's master imports nothing of the application: its workers are forks,
and would go on with the master's old modules after an upgrade and a reload.
"""

from __future__ import annotations

import json
import os
import sys

from citizen_app.settings import SettingsRefused, load_settings

NEEDED = ("bind", "workers", "threads", "demo", "on_sqlite", "redis_url", "jobs_in_server", "trusted_proxies")

if __name__ == "__main__":
    try:
        settings = load_settings(os.environ)
    except SettingsRefused as refused:
        sys.exit(str(refused))
    file = settings.database_file
    told = {name: getattr(settings, name) for name in NEEDED}
    print(json.dumps({**told, "database_file": file and str(file)}))
