"""What every service module must hold to, tested on the bus."""

from citizen_app.toolkit.testing.contract import *  # noqa: F403
