"""What the time of a profile is spent on, layer by layer. Pure: a profile goes in, shares come out.

A C function counts for the layer of the Python code that called it, but for the two that are the point of it
all: the signature check, and the database's own work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

Function = tuple[str, int, str]
"""File, line, name; a C function has the file `~`."""

CHECK: Final = "the signature check"
DATABASE: Final = "the database itself: statements, commit"
OTHER: Final = "Python's library"
LAYERS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (DATABASE, ("/psycopg/", "/psycopg_binary/")),
    ("SQLAlchemy: pool, transaction, types", ("/sqlalchemy/", "/flask_sqlalchemy/")),
    ("Flask and werkzeug", ("/flask/", "/werkzeug/", "/blinker/", "/itsdangerous/")),
    (
        "input: marshmallow, webargs",
        ("/marshmallow/", "/webargs/", "/flask_smorest/"),
    ),
    ("reading the code", ("/citizen_app/codes/", "/cryptography/", "/cbor2/", "/citizen_app/scans/trust")),
    (
        "prepared statements, unit of work",
        (
            "/citizen_app/statement",
            "/citizen_app/transactions",
            "/citizen_app/units",
            "/citizen_app/database",
            "/citizen_app/columns",
        ),
    ),
    (
        "the edge: who calls, limit, headers, log line, figures",
        (
            "/citizen_app/web/",
            "/citizen_app/limits",
            "/citizen_app/logs",
            "/citizen_app/metrics",
            "/citizen_app/factory",
            "/prometheus_client/",
        ),
    ),
    ("the bus", ("/services/",)),
    ("the walk", ("/citizen_app/",)),
)


def layer_of(function: Function) -> str | None:
    """The layer of a function; None for one of C, which belongs to its callers."""
    file, _, name = function
    if file == "~":
        if "Ed25519PublicKey" in name:
            return CHECK
        return DATABASE if "sqlite3." in name or "psycopg" in name else None
    return next((layer for layer, parts in LAYERS if any(part in file for part in parts)), OTHER)


def shares(stats: Mapping[Function, Any]) -> list[tuple[str, float]]:
    """Each layer's share of the time (0 to 1), the largest first; `stats` as `pstats.Stats` holds them."""
    spent: Counter[str] = Counter()
    for function, (_, _, own, _, callers) in stats.items():
        layer = layer_of(function)
        if layer is not None:
            spent[layer] += own
            continue
        for caller, (_, _, of_caller, _) in callers.items():
            spent[layer_of(caller) or OTHER] += of_caller
    total = sum(spent.values())
    return [(layer, seconds / total) for layer, seconds in spent.most_common()]


def lines(found: Iterable[tuple[str, float]]) -> list[tuple[str, str]]:
    """Rows for a table: the layer and its percentage."""
    return [(layer, f"{share:.0%}") for layer, share in found]
