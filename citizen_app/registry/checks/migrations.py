"""Rules about migrations: they exist, they produce what the models describe, and they touch only the
service's own tables."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from sqlalchemy import MetaData, create_engine
from sqlalchemy.exc import SQLAlchemyError

from citizen_app.registry import lineages
from citizen_app.registry.checks.examined import Examined, Fault
from citizen_app.registry.checks.tables import table_prefix

OPERATIONS: Final = frozenset(
    {
        "add_column",
        "alter_column",
        "batch_alter_table",
        "bulk_insert",
        "create_table",
        "drop_column",
        "drop_table",
        "rename_table",
    }
)
ON_SECOND: Final = frozenset(
    {
        "create_check_constraint",
        "create_foreign_key",
        "create_index",
        "create_primary_key",
        "create_unique_constraint",
        "drop_constraint",
        "drop_index",
    }
)
"""Operations whose first argument is a name of their own, and whose table comes second."""
STATEMENT: Final = re.compile(
    r"\b(?:from|into|update|join|table(?:\s+if\s+exists)?)\s+\"?([a-z_][a-z0-9_]*)", re.IGNORECASE
)


def migration_missing(seen: Examined) -> Iterator[Fault]:
    """Tables come from migrations."""
    if seen.tables and not _versions(seen):
        file = seen.path("models.py")
        line = seen.line(file, *(table.name for table in seen.tables))
        remedy = f"flask --app wsgi db revision --service {seen.declared.id} -m 'first tables'"
        yield Fault(file, line, "tables without a migration", remedy)


def migration_reach(seen: Examined) -> Iterator[Fault]:
    """A migration touches the service's own tables only."""
    prefix = f"{seen.declared.id}_"
    for path in _versions(seen):
        for line, table in _touched(seen.tree(path)):
            if not table.startswith(prefix):
                remedy = f"a service's migrations touch tables that begin with {prefix}"
                yield Fault(path, line, f"touches the table {table!r}", remedy)


def migration_difference(seen: Examined) -> Iterator[Fault]:
    """The migrations make exactly the tables that the models describe; tried on an empty database in
    memory."""
    if not _versions(seen) or any(migration_reach(seen)) or any(table_prefix(seen)):
        return  # what is not the service's is no table of its models, and would be told to be dropped
    metadata = MetaData(naming_convention=seen.tables[0].metadata.naming_convention if seen.tables else None)
    for table in seen.tables:
        table.to_metadata(metadata)
    engine = create_engine("sqlite://")
    try:
        changes = lineages.tried(engine, seen.module, metadata)
    except (
        SQLAlchemyError,
        SyntaxError,
        TypeError,
        ValueError,
        AttributeError,
        NameError,
        KeyError,
    ) as error:
        path = _versions(seen)[-1]
        message = f"the migrations do not run: {type(error).__name__}: {str(error).splitlines()[0]}"
        yield Fault(path, 1, message, "mend the migration; flask --app wsgi db upgrade runs it")
        return
    finally:
        engine.dispose()
    file = seen.path("models.py")
    for change in changes:
        words = _names_in(change)
        remedy = f"flask --app wsgi db revision --service {seen.declared.id} -m 'what changed'"
        line = seen.line(file, *words)
        yield Fault(file, line, f"models and migrations differ: {_told(change)}", remedy)


def _versions(seen: Examined) -> list[Path]:
    return sorted(path for path in seen.module.versions_folder.glob("*.py") if path.stem != "__init__")


def _touched(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from ((node.lineno, table) for table in STATEMENT.findall(_statement(node.value)))
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        place = 0 if node.func.attr in OPERATIONS else 1 if node.func.attr in ON_SECOND else None
        named = [k.value for k in node.keywords if k.arg in ("table_name", "source_table")]
        at_place = [node.args[place]] if place is not None and len(node.args) > place else []
        for value in (*named, *at_place):
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield node.lineno, value.value


def _statement(text: str) -> str:
    """The text if it looks like SQL; prose is not."""
    return text if re.match(r"\s*(select|insert|update|delete|alter|drop|create|with)\b", text, re.I) else ""


def _names_in(change: Any) -> list[str]:
    """Names of tables and columns in one difference, the most telling last-named first."""
    if isinstance(change, list):
        return [name for one in change for name in _names_in(one)]
    names = [part if isinstance(part, str) else getattr(part, "name", None) for part in change[1:]]
    tables = [getattr(getattr(part, "table", None), "name", None) for part in change[1:]]
    return [name for name in (*reversed(names), *tables) if isinstance(name, str)]


def _told(change: Any) -> str:
    first = change[0] if isinstance(change, list) else change
    return " ".join([str(first[0]), *reversed(_names_in(first))])


RULES: Final = (migration_missing, migration_reach, migration_difference)
