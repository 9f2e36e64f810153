"""Files in the database: sealed piece by piece, whole or not given out, gone when their time is over."""

from __future__ import annotations

import io
import os
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import text

from citizen_app.backup.sealed import unopened
from citizen_app.clock import now
from citizen_app.doctor import tasks as checks
from citizen_app.factory import CitizenFlask
from citizen_app.files.models import StoredFile
from citizen_app.files.operations import PIECE_BYTES, Incoming, forget_expired_files, keep, store_file
from citizen_app.files.reading import FileBroken, FileGone, opened
from citizen_app.sheets.limits import FileUnreadable
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City
from tests.integration.doctor.patients import change, found

ZIP = b"PK\x03\x04" + os.urandom(9 * PIECE_BYTES)


def store(app: CitizenFlask, content: bytes = ZIP, name: str = "王秀兰的名单.zip", **options: Any) -> str:
    with app.app_context():
        sent = Incoming(name, "application/octet-stream", io.BytesIO(content))
        return store_file(sent, "core", **{"endings": (".zip",), "most_bytes": 4 * 2**20, **options})


def read(app: CitizenFlask, file_id: str) -> bytes:
    with app.app_context(), opened(file_id) as file:
        return file.stream.read()


def stored(app: CitizenFlask, statement: str) -> list[Any]:
    with app.app_context(), transaction(reading=True):
        return list(db.session.execute(text(statement)))


def test_a_file_comes_back_as_it_was_and_stands_nowhere_in_plain(app: CitizenFlask) -> None:
    file_id = store(app)
    with app.app_context(), opened(file_id) as file:
        assert (file.name, file.size, file.ending) == ("王秀兰的名单.zip", len(ZIP), ".zip")
        assert file.stream.read() == ZIP
        assert file.path.read_bytes() == ZIP  # what opens it by its path begins at its start
        folder = app.extensions["settings"].data_dir
        assert not [path for path in folder.iterdir() if path.name.startswith("task-")]
    pieces = stored(app, "SELECT sealed FROM stored_file_pieces ORDER BY number")
    assert len(pieces) == 10
    assert not any(ZIP[at : at + 64] in bytes(row.sealed) for row in pieces for at in range(0, 4096, 64))
    (row,) = stored(app, "SELECT name_sealed FROM stored_files")
    assert "王秀兰".encode() not in bytes(row.name_sealed)


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM stored_file_pieces WHERE number = 9",
        "UPDATE stored_file_pieces SET sealed = (SELECT sealed FROM stored_file_pieces WHERE number = 0)"
        " WHERE number = 1",
        "UPDATE stored_files SET pieces = 9",
        "UPDATE stored_files SET size = size - 1",
    ],
)
def test_a_file_that_was_changed_is_given_to_nobody(app: CitizenFlask, harm: str) -> None:
    file_id = store(app)
    change(app, harm)
    with pytest.raises(FileBroken):
        read(app, file_id)


def test_the_doctor_finds_missing_pieces_and_a_backup_those_that_do_not_open(city: City) -> None:
    whole, broken = store(city.app), store(city.app)
    assert found(city.app, checks.files) == []
    with city.app.app_context(), db.engine.connect() as connection:
        assert unopened(connection) == []
    change(
        city.app, f"DELETE FROM stored_file_pieces WHERE number = 3 AND file_id = '{as_stored(city, broken)}'"
    )
    assert found(city.app, checks.files) == [("failure", f"The file {broken} is not whole")]
    swap = (
        "UPDATE stored_file_pieces SET sealed = (SELECT sealed FROM stored_file_pieces WHERE number = 0 AND"
        " file_id = '{0}') WHERE number = 9 AND file_id = '{0}'"
    )
    change(city.app, swap.format(as_stored(city, whole)))
    with city.app.app_context(), db.engine.connect() as connection:
        assert unopened(connection) == [f"the file {whole} does not open"]


def as_stored(city: City, file_id: str) -> str:
    """An id as the database writes it."""
    with city.app.app_context():
        return file_id.replace("-", "") if db.engine.dialect.name == "sqlite" else file_id


def test_only_so_many_bytes_are_taken(app: CitizenFlask) -> None:
    with pytest.raises(FileUnreadable, match="too large"):
        store(app, most_bytes=len(ZIP) - 1)
    with pytest.raises(FileUnreadable, match="empty"):
        store(app, b"")
    (row,) = stored(app, "SELECT id, complete FROM stored_files")  # the beginning, which is swept away
    assert not row.complete
    with pytest.raises(FileGone):
        read(app, str(row.id))


def test_a_file_goes_when_its_time_is_over_and_no_other(
    app: CitizenFlask, time_travel: time_machine.Traveller
) -> None:
    gone, kept = store(app), store(app)
    with app.app_context(), transaction():
        keep(kept, now() + timedelta(days=3))
    time_travel.shift(timedelta(days=1, seconds=1))
    with pytest.raises(FileGone):  # at once, even before it is swept
        read(app, gone)
    with app.app_context():
        forget_expired_files()
        with transaction(reading=True):
            assert db.session.get(StoredFile, gone) is None
    assert read(app, kept) == ZIP
    assert len(stored(app, "SELECT number FROM stored_file_pieces")) == 10
