"""Builds the application, nothing else."""

import sys

from citizen_app.cli.mending import explaining_app, mends_services, only_explains
from citizen_app.factory import create_app
from citizen_app.registry.findings import ServiceBroken
from citizen_app.settings import SettingsRefused

try:
    app = create_app(with_services=not mends_services(sys.argv))
except (SettingsRefused, ServiceBroken) as refused:
    print(refused, file=sys.stderr)
    if not only_explains(sys.argv):
        raise SystemExit(2) from None
    app = explaining_app()
