"""Append-only tables: triggers in the database refuse to change or delete rows.

The statements run in migrations. On PostgreSQL the application's role should also lack UPDATE, DELETE and
TRUNCATE (docs/operating.md); the triggers hold for every role that has not dropped them. Retention drops them
in a maintenance command, does its work and puts them back in the same transaction.
"""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import Connection, text

NAME: Final = re.compile(r"^[a-z][a-z0-9_]{1,50}$")


def append_only_statements(table: str, dialect: str, key: tuple[str, ...] = ("id",)) -> list[str]:
    """DDL that makes `table` append-only; `dialect` is `sqlite` or `postgresql`, `key` the columns of the
    primary key."""
    _check(table, *key)
    if dialect == "sqlite":
        same = " AND ".join(f"{column} = NEW.{column}" for column in key)
        taken = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - the names are checked
        refusal = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        return [
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refusal}",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refusal}",
            # INSERT OR REPLACE fires no delete triggers, unless recursive_triggers is on.
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {taken} {refusal}",
        ]
    if dialect == "postgresql":
        return [
            f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$"
            f" BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'restrict_violation'; END $$",
            # Row by row, because PostgreSQL copies such triggers to the partitions of a table.
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_append_only()",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()",
        ]
    raise ValueError(f"no append-only rules for {dialect!r}; known are sqlite and postgresql")


def drop_append_only_statements(table: str, dialect: str) -> list[str]:
    """DDL that takes back `append_only_statements`."""
    _check(table)
    if dialect == "sqlite":
        return [f"DROP TRIGGER {table}_{name}" for name in ("no_update", "no_delete", "no_replace")]
    if dialect == "postgresql":
        return [
            f"DROP TRIGGER {table}_no_change ON {table}",
            f"DROP TRIGGER {table}_no_truncate ON {table}",
            f"DROP FUNCTION {table}_append_only() CASCADE",  # partitions have triggers of their own
        ]
    raise ValueError(f"no append-only rules for {dialect!r}; known are sqlite and postgresql")


def append_only_tables(connection: Connection) -> set[str]:
    """The tables that are append-only in this database."""
    if connection.dialect.name == "sqlite":
        named = text(
            "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%\\_no\\_update' ESCAPE '\\'"
        )
    else:
        named = text(
            "SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE tgname LIKE '%\\_no\\_change'"
        )
    return set(connection.scalars(named))


def _check(*names: str) -> None:
    for name in names:
        if not NAME.match(name):
            raise ValueError(f"not the name of a table or a column: {name!r}")
