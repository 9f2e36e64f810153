"""Every command group of the core."""

from __future__ import annotations

from typing import Final

import click

from citizen_app.cli.backup import backup
from citizen_app.cli.claims import claims
from citizen_app.cli.database import database
from citizen_app.cli.demo import demo
from citizen_app.cli.doctor import doctor
from citizen_app.cli.identity import identity
from citizen_app.cli.jobs import jobs
from citizen_app.cli.keys import keys
from citizen_app.cli.kiosks import kiosks
from citizen_app.cli.notice import notice
from citizen_app.cli.partners import partners
from citizen_app.cli.payments import payments
from citizen_app.cli.place_codes import place_codes
from citizen_app.cli.retirement import retire
from citizen_app.cli.service_modules import services
from citizen_app.cli.staff import staff
from citizen_app.cli.tasks import tasks
from citizen_app.cli.usage import usage
from citizen_app.cli.workdays import workdays

services.add_command(retire)

COMMANDS: Final[tuple[click.Command, ...]] = (
    backup,
    claims,
    database,
    demo,
    doctor,
    identity,
    jobs,
    keys,
    kiosks,
    notice,
    partners,
    place_codes,
    payments,
    services,
    staff,
    tasks,
    usage,
    workdays,
)
