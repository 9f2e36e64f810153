"""Every write of the API may be sent again: each states why (`api_writes`), and the core's are sent twice and
the database compared."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from itertools import islice
from typing import Any, Final

import pytest
from sqlalchemy import Table, make_url
from werkzeug.test import TestResponse

from citizen_app.ids import new_id
from citizen_app.storage.orm import Model
from tests.contract.api_app import installed_document
from tests.contract.api_city import Callers
from tests.contract.api_desk import Sent
from tests.contract.api_repeating import KINDS, Write
from tests.contract.api_services import SERVICES
from tests.contract.api_things import owner_of
from tests.contract.api_town import Town
from tests.contract.api_writes import WRITES

DOCUMENT: Final = installed_document()
LOOKED: Final = frozenset({"usage_looks", "usage_looks_seen", "usage_looks_waiting"})
NOTED: Final = frozenset({"audit_events", "watch_versions", "kept_answers"}) | LOOKED
"""Tables that note every deed, also a second one without effect."""
TOLD: Final = frozenset({"inbox_notices", "outbox_messages"})
"""A look is told to whoever was looked at."""
NEEDED: Final = {
    "/api/v1/admin/usage/export": {"format": "csv"},
    "/api/v1/admin/payments/takings/export": {"format": "csv"},
    "/api/v1/admin/payments/charges": {"number": "T-118"},
    "/api/v1/services/hospital/fhir/Appointment/$find": {"start": "2030-01-01", "end": "2030-01-02"},
}
"""What some reads must be asked with."""
CLOCKS: Final = frozenset(
    {"updated_at", "last_seen_at", "clock_offset_ms", "last_used_at", "last_used_on", "revoked_at"}
)
"""Columns that tell when something was last seen."""


Rows = dict[str, list[tuple[Any, ...]]]


class Stored:
    """What a city has stored. Rows are read as they lie in the file: what the ORM would make of them takes
    ten times as long."""

    def __init__(self, file: str) -> None:
        self._connection = sqlite3.connect(file)
        self._version, self._rows = 0, Rows()

    def rows(self) -> Rows:
        """All rows, but for clocks and notes; read anew when somebody has committed since (SQLite,
        `PRAGMA data_version`)."""
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            self._version, self._rows = version, self._read()
        return self._rows

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _read(self) -> Rows:
        named = self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        present = {name for (name,) in named}
        return {
            table.name: self._connection.execute(_query(table)).fetchall()
            for table in Model.metadata.sorted_tables
            if table.name in present - NOTED
        }


@cache
def _query(table: Table) -> str:
    columns = ", ".join(f'"{column.name}"' for column in table.columns if column.name not in CLOCKS)
    order = ", ".join(f'"{column.name}"' for column in table.primary_key)
    return f'SELECT {columns} FROM "{table.name}" ORDER BY {order}'


@pytest.fixture(scope="module")
def stored(callers: Callers) -> Iterator[Stored]:
    """What the city has stored."""
    made = Stored(str(make_url(callers.app.extensions["settings"].database_url).database))
    yield made
    made.close()


def writes() -> dict[str, dict[str, Any]]:
    """Every write of the document."""
    return {
        f"{method.upper()} {path}": operation
        for path, entry in DOCUMENT["paths"].items()
        for method, operation in entry.items()
        if method in ("post", "put", "patch", "delete")
    }


def test_every_write_says_why_it_may_be_repeated() -> None:
    said = WRITES.keys() | SERVICES.keys()
    assert writes().keys() - said == set(), "say in api_writes or api_services how they are repeated"
    assert said - writes().keys() == set()
    assert {kind for kind in SERVICES.values() if kind not in KINDS} == set()


def test_exactly_those_that_need_a_key_take_one() -> None:
    take = {
        label
        for label, operation in writes().items()
        if any(parameter["name"] == "Idempotency-Key" for parameter in operation.get("parameters", ()))
    }
    need = {label for label, write in WRITES.items() if write.kind == "key"}
    assert take == need | {label for label, kind in SERVICES.items() if kind == "key"}


def send(callers: Callers, label: str, sent: Sent, key: str | None) -> TestResponse:
    headers = {**sent.headers, **({"Idempotency-Key": key} if key else {})}
    body = (
        {"json": sent.json}
        if sent.file is None
        else {"data": {"file": (BytesIO(sent.file.encode()), "a.csv")}}
    )
    return callers.app.test_client().open(sent.path, method=label.partition(" ")[0], headers=headers, **body)


def without_clock(answer: TestResponse) -> Any:
    """The answer, but for the moment at which it was given."""
    document = answer.get_json(silent=True)
    return (
        {k: v for k, v in document.items() if k != "server_time"} if isinstance(document, dict) else document
    )


READS: Final = [path for path, entry in DOCUMENT["paths"].items() if "get" in entry]


def askers(callers: Callers, town: Town, path: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Addresses of a read, and who asks there: the owner of what it names, and two who may call."""
    if owner := owner_of(town, path):
        yield path.format_map(owner.ids), owner.headers
    yield from islice(callers.asking(path), 2)


def unlike_told(rows: Rows) -> Rows:
    """Without what is told to whoever was looked at."""
    return {table: found for table, found in rows.items() if table not in TOLD}


@pytest.mark.parametrize("path", READS)
def test_a_get_changes_nothing(callers: Callers, town: Town, stored: Stored, path: str) -> None:
    """Whoever reads is at most noted (ASVS V3.5.3); `test_a_write_sent_twice_has_one_effect` shows that the
    comparison can fail."""
    asked = list(askers(callers, town, path))
    assert asked, "nobody here has what the path names"
    before = unlike_told(stored.rows())
    for address, headers in asked:
        answer = callers.app.test_client().get(address, query_string=NEEDED.get(path), headers=headers)
        answer.get_data()  # a file is sent while it is read
        assert answer.status_code in (200, 403, 404, 422), answer.status_code
        assert unlike_told(stored.rows()) == before


@pytest.mark.parametrize("label", WRITES)
def test_a_write_sent_twice_has_one_effect(callers: Callers, stored: Stored, label: str) -> None:
    write: Write = WRITES[label]
    sent, key = write.request(callers), new_id() if write.kind == "key" else None
    before = stored.rows()
    first = send(callers, label, sent, key)
    assert first.status_code < 300, first.text
    after = stored.rows()
    again = send(callers, label, sent, key)
    twice = stored.rows()
    callers.after("system_admin", "POST", 200)
    callers._headers.clear()
    assert again.status_code == (write.again or first.status_code), again.text
    changed = {table for table in twice if twice[table] != after[table]}
    assert changed <= write.touches, [(t, after[t], twice[t]) for t in changed - write.touches]
    if write.kind in ("key", "id"):
        assert without_clock(again) == without_clock(first)
        assert before != after, "the request has an effect, so that a second one would show"
