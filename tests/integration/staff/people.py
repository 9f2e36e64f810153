"""People of the city for tests: an account with roles, and the headers of somebody who has signed in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from unittest.mock import patch

import pyotp
from flask import Flask

from citizen_app import clock
from citizen_app.staff import operations, sessions
from citizen_app.staff.passwords import hash_password
from citizen_app.storage.transactions import transaction

PASSWORD = "quiet-lantern-river"
hashed_once = cache(hash_password)
"""A hash takes a tenth of a second by design; `test_signing_in` has the tests in which it counts."""


@dataclass
class Person:
    """An account of which the test knows everything."""

    app: Flask
    id: str
    username: str
    totp_secret: str
    password: str = PASSWORD

    def one_time_password(self, steps: int = 0) -> str:
        """The six digits, of an earlier or later step if wanted."""
        return str(pyotp.TOTP(self.totp_secret).at(clock.timestamp() + 30 * steps))

    def sign_in(self) -> dict[str, str]:
        """The headers of a fresh session."""
        unhashed = patch.object(sessions, "verify_password", lambda stored, password: True)
        with unhashed, self.app.app_context(), transaction():
            token = sessions.sign_in(self.username, self.password, self.one_time_password()).token
        return {"Authorization": f"Bearer {token}"}

    def body(self, **changed: str) -> dict[str, str]:
        """What the person sends to sign in."""
        right = {"username": self.username, "password": self.password, "totp": self.one_time_password()}
        return {**right, **changed}


def hire(app: Flask, username: str, *grants: str) -> Person:
    """A new account; each grant is `role` or `role:service`."""
    pairs = [(role, service or None) for role, _, service in (grant.partition(":") for grant in grants)]
    with patch.object(operations, "hash_password", hashed_once), app.app_context(), transaction():
        made = operations.create(username, PASSWORD, pairs)
        return Person(app, made.staff.id, username, made.totp_secret)
