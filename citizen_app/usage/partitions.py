"""Months of the usage log on PostgreSQL: `usage_events` is partitioned by id, and an id begins with its
moment of creation.

A UUIDv7 begins with 48 bits of milliseconds (RFC 9562 §5.7), so a range of ids is a range of time, and
dropping a month is dropping a table. Nothing here needs an application: migrations call it with their
connection. SQLite has no partitions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, text

from citizen_app import clock
from citizen_app.ids import first_id_at
from citizen_app.storage.orm import db

TABLE: Final = "usage_events"
DEFAULT: Final = f"{TABLE}_default"
GUARD: Final = f"{TABLE}_append_only()"
MONTHS_AHEAD: Final = 3
NAME: Final = re.compile(rf"^{TABLE}_(\d{{4}})_(\d{{2}})$")

_LIST: Final = text(
    "SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid"
    " WHERE inhparent = to_regclass(:parent) ORDER BY child.relname"
)
_GUARD_EXISTS: Final = text("SELECT to_regprocedure(:name) IS NOT NULL")
_UNGUARDED: Final = text(
    "SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid"
    " WHERE inhparent = to_regclass(:parent) AND NOT EXISTS"
    " (SELECT 1 FROM pg_trigger WHERE tgrelid = child.oid AND tgname = child.relname || '_no_truncate')"
)


@dataclass(frozen=True, slots=True)
class Month:
    """One month (UTC) of the log and its partition. Ids from `low` (included) to `high` (not included) lie in
    it.
    """

    year: int
    month: int

    @property
    def name(self) -> str:
        """The partition's table, for example `usage_events_2026_11`."""
        return f"{TABLE}_{self.year:04}_{self.month:02}"

    @property
    def bounds(self) -> tuple[str, str]:
        """`(low, high)`; see `month_bounds`."""
        return month_bounds(self.year, self.month)

    def after(self, months: int) -> Month:
        """The month so many months later."""
        count = self.year * 12 + self.month - 1 + months
        return Month(count // 12, count % 12 + 1)

    @classmethod
    def of(cls, moment: datetime) -> Month:
        """The month (UTC) of a moment."""
        utc = moment.astimezone(UTC)
        return cls(utc.year, utc.month)


def month_bounds(year: int, month: int) -> tuple[str, str]:
    """`(low, high)`: ids of events that arrived in that month (UTC) are `low <= id < high`."""
    end = Month(year, month).after(1)
    low, high = (datetime(m.year, m.month, 1, tzinfo=UTC) for m in (Month(year, month), end))
    return first_id_at(low), first_id_at(high)


def months_kept(connection: Connection) -> list[Month]:
    """The months that have a partition, oldest first; none on SQLite. Retention drops from the front."""
    return [
        Month(int(found[1]), int(found[2])) for name in _partitions(connection) if (found := NAME.match(name))
    ]


def months_ahead() -> int:
    """How many partitions there are for months to come; PostgreSQL only."""
    now = clock.now()
    kept = months_kept(db.session.connection())
    return sum((month.year, month.month) > (now.year, now.month) for month in kept)


def ensure_partitions(connection: Connection, now: datetime, ahead: int = MONTHS_AHEAD) -> list[str]:
    """Create what is missing of the default partition and of the months from `now` to `ahead` months later.

    Returns the names created. Safe to call at any time, also concurrently. Waits for nobody when
    nothing is missing. Rows that had to go to the default partition because a month was missing move to their
    month.
    """
    if connection.dialect.name != "postgresql":
        return []
    present = Month.of(now)
    wanted = [present.after(count) for count in range(ahead + 1)]
    if not _missing(connection, wanted) and not _unguarded(connection):
        return []
    # One caller at a time; scans go on meanwhile.
    connection.execute(text(f"LOCK TABLE {TABLE} IN SHARE UPDATE EXCLUSIVE MODE"))
    missing = _missing(connection, wanted)
    if DEFAULT in missing:
        connection.execute(text(f"CREATE TABLE {DEFAULT} PARTITION OF {TABLE} DEFAULT"))
    months = [month for month in wanted if month.name in missing]
    if months and _default_holds(connection, months):
        _create_beside_rows(connection, months)
    else:
        for month in months:
            _create(connection, month)
    for name in _unguarded(connection):
        _guard_from_truncate(connection, name)
    return missing


def _partitions(connection: Connection) -> list[str]:
    if connection.dialect.name != "postgresql":
        return []
    return list(connection.execute(_LIST, {"parent": TABLE}).scalars())


def _missing(connection: Connection, wanted: list[Month]) -> list[str]:
    present = set(_partitions(connection))
    return [name for name in (DEFAULT, *(month.name for month in wanted)) if name not in present]


def _create(connection: Connection, month: Month) -> None:
    """Create the table first and attach it then: unlike `PARTITION OF`, attaching does not block reads and
    writes."""
    low, high = month.bounds
    connection.execute(
        text(f"CREATE TABLE {month.name} (LIKE {TABLE} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
    )
    attach = f"ALTER TABLE {TABLE} ATTACH PARTITION {month.name} FOR VALUES FROM ('{low}') TO ('{high}')"
    connection.execute(text(attach))


def _default_holds(connection: Connection, months: list[Month]) -> bool:
    spans = " OR ".join(f"(id >= '{month.bounds[0]}' AND id < '{month.bounds[1]}')" for month in months)
    return bool(connection.execute(text(f"SELECT EXISTS (SELECT 1 FROM {DEFAULT} WHERE {spans})")).scalar())  # noqa: S608 - names of our own, no input


def _create_beside_rows(connection: Connection, months: list[Month]) -> None:
    """A month that has rows in the default partition cannot be created beside it. Rows cannot be deleted
    either, so the whole default partition is read into the table anew and then dropped.
    """
    former = f"{TABLE}_former_default"
    columns = ", ".join(
        connection.execute(
            text(
                "SELECT quote_ident(attname) FROM pg_attribute"
                " WHERE attrelid = to_regclass(:table) AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
            ),
            {"table": TABLE},
        ).scalars()
    )
    connection.execute(text(f"ALTER TABLE {TABLE} DETACH PARTITION {DEFAULT}"))
    connection.execute(text(f"ALTER TABLE {DEFAULT} RENAME TO {former}"))
    for month in months:
        _create(connection, month)
    connection.execute(text(f"CREATE TABLE {DEFAULT} PARTITION OF {TABLE} DEFAULT"))
    connection.execute(text(f"INSERT INTO {TABLE} ({columns}) SELECT {columns} FROM {former}"))  # noqa: S608 - names of our own, no input
    connection.execute(text(f"DROP TABLE {former}"))


def _unguarded(connection: Connection) -> list[str]:
    """Partitions without the trigger that refuses TRUNCATE: PostgreSQL copies row triggers to partitions, but
    not this one (see `citizen_app.storage.append_only`). None while the table itself has no such trigger yet.
    """
    if not connection.execute(_GUARD_EXISTS, {"name": GUARD}).scalar():
        return []
    return list(connection.execute(_UNGUARDED, {"parent": TABLE}).scalars())


def _guard_from_truncate(connection: Connection, partition: str) -> None:
    trigger = f"CREATE TRIGGER {partition}_no_truncate BEFORE TRUNCATE ON {partition} FOR EACH STATEMENT"
    connection.execute(text(f"{trigger} EXECUTE FUNCTION {GUARD}"))
