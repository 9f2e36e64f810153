"""Rules for the id of a new service: unused, plain, and not a prefix of another service's tables."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from citizen_app.registry.contract import SERVICE_ID

RESERVED: Final = frozenset(
    {
        "admin",
        "alembic",
        "api",
        "audit",
        "auth",
        "backup",
        "citizen",
        "city",
        "claims",
        "code",
        "core",
        "db",
        "demo",
        "doctor",
        "entry",
        "family",
        "guide",
        "health",
        "identity",
        "jobs",
        "keys",
        "kiosk",
        "kiosks",
        "me",
        "metrics",
        "notice",
        "openapi",
        "p",
        "partners",
        "payments",
        "place",
        "place-codes",
        "places",
        "routes",
        "run",
        "scan",
        "service",
        "services",
        "shell",
        "staff",
        "tasks",
        "template",
        "test",
        "tests",
        "toolkit",
        "usage",
        "watch",
        "workdays",
    }
)
"""Words of the core's own addresses, commands and tables."""


def fault_of_id(service: str, others: Collection[str], core_tables: Collection[str]) -> str | None:
    """Why a service cannot have this id, in words for its author; None when it can.

    `others` are the ids of other services. Tables are told apart by their prefix `<id>_`, so no id may be the
    beginning of another.
    """
    if not SERVICE_ID.match(service):
        return "2 to 20 of a-z, 0-9 and _, beginning with a letter"
    if service in RESERVED:
        return "the word is taken by the core"
    if any(table.startswith(f"{service}_") for table in core_tables):
        return f"tables of the core begin with {service}_"
    for other in others:
        if service == other:
            return "another service has it"
        if f"{service}_".startswith(f"{other}_") or f"{other}_".startswith(f"{service}_"):
            return f"its tables could not be told from those of {other!r}: one prefix begins with the other"
    return None


def fault_of_title(title: str, longest: int) -> str | None:
    """Why a service cannot have this title; None when it can."""
    if not title.strip() or len(title.strip()) > longest:
        return f"the title {title!r} must have 1 to {longest} characters"
    if not title.isprintable() or set(title) & set('"\\{}'):
        return f"the title {title!r} must be one line without quotes, backslashes and braces"
    return None
