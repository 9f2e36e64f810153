"""A city to measure: citizens, kiosks on buses of the demo timetable, and what phones and kiosks send, made
beside the server.

The application in this process shares database and keys with the server, so it issues codes and tokens that
the server takes for its own, without asking it.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final

from citizen_app import clock
from citizen_app.citizens.registration import create_citizen
from citizen_app.citizens.tokens import SignedInCitizen, issue_access_token
from citizen_app.citizens.traits import AssuranceLevel
from citizen_app.codes.cose import SigningKey
from citizen_app.codes.issuing import IssuingKey, issue_online_code
from citizen_app.codes.keys import ensure_keys, issuing_key
from citizen_app.demo.city import demo_city
from citizen_app.factory import CitizenFlask, create_app
from citizen_app.ids import new_id
from citizen_app.kiosks import operations as kiosk_operations
from citizen_app.registry import state
from citizen_app.registry.seeding import SeedKiosk
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text

SERVICE: Final = "bus"
PURPOSE: Final = "board"
CITIZENS: Final = 500
"""As many as a batch holds; enough that 60 codes per citizen and minute are never reached."""
KIOSKS: Final = 200
"""Enough that 30 scans per kiosk and second are never reached."""
BATCH_KIOSKS: Final = 20


def environment(folder: Path, database_url: str) -> dict[str, str]:
    """Settings of production with fresh secrets: not the demo, one process, log lines on; jobs are not part
    of what is measured."""

    def secret() -> str:
        return base64.b64encode(secrets.token_bytes(32)).decode()

    return {
        "CITIZEN_DATA_DIR": str(folder),
        "CITIZEN_DATABASE_URL": database_url,
        "CITIZEN_SECRET_KEYS": secrets.token_urlsafe(48),
        "CITIZEN_FIELD_KEYS": f"1:{secret()}",
        "CITIZEN_PSEUDONYM_KEY": secret(),
        "CITIZEN_PUBLIC_URL": "http://127.0.0.1:8000",
        "CITIZEN_SMS_URL": "http://127.0.0.1:9/nobody-listens",
        "CITIZEN_SMS_SECRET": secrets.token_urlsafe(32),
        "CITIZEN_JOBS_IN_SERVER": "0",
        "CITIZEN_HOOK_BUDGET_MS": "5000",  # a machine busy with other work is not the module's fault
    }


class City:
    """Everything that a round sends is made here, just before the round."""

    def __init__(self, app: CitizenFlask) -> None:
        self.app = app
        self._scans, self._uploads = count(), count()
        with app.app_context():
            with transaction():
                ensure_keys()
                module = state.enable(SERVICE)
                assert module.seed is not None
                example = module.seed(demo_city(SERVICE)).kiosks[0]
            with transaction():
                self._citizens = [self._citizen(number) for number in range(CITIZENS)]
                made = [self._kiosk(number, example) for number in range(KIOSKS + BATCH_KIOSKS)]
        self._kiosks, self._batch_kiosks = made[:KIOSKS], made[KIOSKS:]

    def access_tokens(self, number: int) -> list[str]:
        """Access tokens of signed-in citizens, each in turn, good for five minutes."""
        with self.app.app_context():
            made = [issue_access_token(citizen) for citizen in self._citizens]
        return [made[n % CITIZENS] for n in range(number)]

    def scans(self, number: int) -> list[tuple[str, dict[str, Any]]]:
        """Token and body of single scans with fresh codes. No citizen meets a bus twice within 100,000
        scans."""
        with self.app.app_context():
            key, now = issuing_key(), clock.timestamp()
            return [self._scan(next(self._scans), key, now) for _ in range(number)]

    def two_scans_of_one_citizen(self) -> list[tuple[str, dict[str, Any]]]:
        """Scans of one citizen on two buses, apart from those of the load."""
        made = self.scans(CITIZENS + 1)
        return [made[0], made[-1]]

    def forged_scans(self, number: int) -> list[tuple[str, dict[str, Any]]]:
        """The same with codes that look right and whose signature is wrong: the dearest kind of garbage."""
        with self.app.app_context():
            genuine, now = issuing_key(), clock.timestamp()
            forger = IssuingKey(genuine.kid, SigningKey.generate(genuine.algorithm), genuine.sealing_key)
            return [self._scan(n, forger, now) for n in range(number)]

    def batches(self, number: int) -> list[tuple[str, dict[str, Any]]]:
        """Token and body of uploads, each with one scan of every citizen."""
        with self.app.app_context():
            key, now = issuing_key(), clock.now()
            made = []
            for _ in range(number):
                token, context = self._batch_kiosks[next(self._uploads) % BATCH_KIOSKS]
                scans = [
                    {
                        "scan_id": new_id(),
                        "purpose": PURPOSE,
                        "code": issue_online_code(citizen.subject_number, key, int(now.timestamp())).text,
                        "occurred_at": clock.rfc3339(now),
                        "context": context,
                    }
                    for citizen in self._citizens
                ]
                made.append((token, {"scans": scans}))
            return made

    def _scan(self, position: int, key: IssuingKey, now: int) -> tuple[str, dict[str, Any]]:
        citizen = self._citizens[position % CITIZENS]
        token, context = self._kiosks[(position + position // CITIZENS) % KIOSKS]
        code = issue_online_code(citizen.subject_number, key, now).text
        return token, {"scan_id": new_id(), "purpose": PURPOSE, "code": code, "context": context}

    def _citizen(self, number: int) -> SignedInCitizen:
        made = create_citizen(f"+86138{number:08d}", name="张小三", assurance_level=AssuranceLevel.REAL_NAME)
        return SignedInCitizen(made.id, made.subject_number, new_id(), made.assurance_level, clock.now())

    def _kiosk(self, number: int, example: SeedKiosk) -> tuple[str, dict[str, Any]]:
        module = state.module_of(SERVICE)
        context = {**example.context, "vehicle": f"BENCH-{number}"}
        _, code = kiosk_operations.create(
            name=f"车载机 {number}",
            service=SERVICE,
            purposes=[PURPOSE],
            place=Text("东门", "East gate"),
            context=context,
            purposes_of=lambda _: module.descriptor.purposes,
        )
        _, token = kiosk_operations.activate(code)
        return token, context


@contextmanager
def open_city(settings: dict[str, str]) -> Iterator[City]:
    """A city on a migrated, empty database; its connections are let go at the end."""
    app = create_app({**settings, "CITIZEN_LOG_LEVEL": "WARNING"})
    try:
        yield City(app)
    finally:
        with app.app_context():
            app.extensions["watch"].stop()
            db.engine.dispose()
