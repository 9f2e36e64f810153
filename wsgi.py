"""Builds the application, nothing else."""

import gc
import os
import sys

gc.disable()  # a quarter of a start would go into looking for garbage among what is being loaded, where there is none

from citizen_app.cli.mending import explaining_app, mends_services, only_explains  # noqa: E402
from citizen_app.cli.missing_city import no_city_for  # noqa: E402
from citizen_app.factory import create_app  # noqa: E402
from citizen_app.registry.findings import ServiceBroken  # noqa: E402
from citizen_app.settings import SettingsRefused  # noqa: E402

if sentence := no_city_for(sys.argv, os.environ):
    print(sentence, file=sys.stderr)
    raise SystemExit(1)
try:
    app = create_app(with_services=not mends_services(sys.argv))
except (SettingsRefused, ServiceBroken) as refused:
    print(refused, file=sys.stderr)
    if not only_explains(sys.argv):
        raise SystemExit(2) from None
    app = explaining_app()
finally:
    gc.enable()
