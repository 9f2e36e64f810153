"""Builds the application, nothing else."""

import sys

from citizen_app.factory import create_app
from citizen_app.registry.modules import ServiceBroken
from citizen_app.settings import SettingsRefused

try:
    app = create_app()
except (SettingsRefused, ServiceBroken) as refused:
    print(refused, file=sys.stderr)
    raise SystemExit(2) from None
