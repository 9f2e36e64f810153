"""What every service module must hold to, tested on this one."""

from citizen_app.toolkit.testing.contract import *  # noqa: F403
