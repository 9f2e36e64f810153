"""Two officers who change one row at the same time: one of them is told to look again."""

from __future__ import annotations

import sys
from functools import partial
from unittest.mock import patch

from citizen_app.office import operations
from citizen_app.staff.officers import Officer
from citizen_app.storage.orm import db
from citizen_app.toolkit.testing.races import before_commit
from tests.office_services.archive.tests.archive import Archive

HEAD = Officer("head", None)


def race(archive: Archive) -> tuple[str, str]:
    """What the second one hears, and the name that stands in the end."""
    rooms = sys.modules["archive.routes.office"].ROOMS
    room = archive.room(archive.east, "A1")["id"]
    change = partial(operations.change, rooms, HEAD, room, 1)
    heard = before_commit(
        archive.city.app, partial(change, {"name_en": "First"}), partial(change, {"name_en": "Second"})
    )
    stands = archive.head.get(f"/api/v1/services/archive/operator/rooms/{room}").get_json()
    return str(heard), stands["name_en"]


def test_of_two_changes_at_once_one_is_told_to_look_again(archive: Archive) -> None:
    assert race(archive) == ("conflict", "First")


def test_negative_control_without_the_row_lock_the_first_is_lost(archive: Archive) -> None:
    with patch.object(operations, "lock_row", lambda model, key: db.session.get(model, key)):
        heard, stands = race(archive)
    postgresql = archive.city.app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql")
    assert (heard == "conflict", stands) == ((False, "Second") if postgresql else (True, "First"))
