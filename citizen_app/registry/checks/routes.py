"""Rules about a module's routes: who may call them, who may write, and under which address they live."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from flask_smorest import Blueprint

from citizen_app.registry.checks.examined import Examined, Fault

OPEN_WRITE: Final = "x-open-write"
"""Stands on an operation of the API document: why anyone may write here (`written_by_anyone` of the
toolkit)."""
ASSURANCE: Final = "x-assurance"
"""Stands on an operation that asks how well its caller is known: `{"level": 2, "fresh_seconds": 300}`
(`require` of the toolkit)."""
SAFE: Final = frozenset({"get", "head", "options", "parameters"})


def audience(seen: Examined) -> Iterator[Fault]:
    """Every route says who may call."""
    for blueprint in seen.module.blueprints:
        if getattr(blueprint, "audience", None) is None:
            message = f"blueprint {blueprint.name!r} does not say who may call"
            remedy = "make it with service_blueprint(SERVICE.id, name, audience, …)"
            if hasattr(blueprint, "service"):
                remedy = (
                    "its third argument says it: CITIZEN, staff_of_service(SERVICE.id), "
                    "kiosk_of_service(SERVICE.id) or ANYONE"
                )
            yield Fault(*_place_of(seen, blueprint), message, remedy)


def open_write(seen: Examined) -> Iterator[Fault]:
    """No anonymous writes, unless the module declares one (`written_by_anyone`)."""
    for blueprint in seen.module.blueprints:
        if getattr(getattr(blueprint, "audience", None), "kind", None) != "anyone":
            continue
        for view, method in _undeclared_writes(blueprint):
            message = f"anyone may {method.upper()} to {view!r} of blueprint {blueprint.name!r}"
            remedy = (
                "give its blueprint the audience that may write, for example staff_of_service(SERVICE.id); "
                'if it is meant to be open, put @written_by_anyone("why") below @….route'
            )
            yield Fault(*_place_of_view(seen, view), message, remedy)


def partner_scopes(seen: Examined) -> Iterator[Fault]:
    """Scopes of partners are declared, and a route on which partners write has one."""
    declared = seen.declared.partner_scopes
    for blueprint in seen.module.blueprints:
        told: Any = getattr(blueprint, "audience", None)
        if told is None or told.kind != "partner":
            continue
        unknown = sorted({scope for scope in (told.read, told.write) if scope is not None} - set(declared))
        if unknown:
            message = f"blueprint {blueprint.name!r} asks for the scopes {', '.join(unknown)}"
            yield Fault(*_place_of(seen, blueprint), message, "declare them: ServiceModule(partner_scopes=…)")
        for view, method in _undeclared_writes(blueprint) if told.write is None else ():
            message = f"no partner may {method.upper()} to {view!r} of blueprint {blueprint.name!r}"
            yield Fault(*_place_of_view(seen, view), message, "give partner_of_service a scope: write=…")


def assurance(seen: Examined) -> Iterator[Fault]:
    """How well a caller is known is asked of citizens: nobody else has a level."""
    for blueprint in seen.module.blueprints:
        if getattr(getattr(blueprint, "audience", None), "kind", None) in ("citizen", None):
            continue
        for view, operations in getattr(blueprint, "_docs", {}).items():
            described = [told for method, told in operations.items() if method != "parameters"]
            if any(ASSURANCE in told.get("manual_doc", {}) for told in described):
                message = (
                    f"{view!r} of blueprint {blueprint.name!r} asks for a level of callers who have none"
                )
                yield Fault(
                    *_place_of_view(seen, view),
                    message,
                    "take @require away, or give its blueprint the audience CITIZEN",
                )


def url_prefix(seen: Examined) -> Iterator[Fault]:
    """Routes live below the service's own address and rest when the service is off."""
    prefix = f"/api/v1/services/{seen.declared.id}"
    for blueprint in seen.module.blueprints:
        lives = str(blueprint.url_prefix or "")
        of_service = getattr(blueprint, "service", seen.declared.id) == seen.declared.id
        if not of_service or not (lives == prefix or lives.startswith(f"{prefix}/")):
            message = f"blueprint {blueprint.name!r} lives under {lives!r}"
            yield Fault(*_place_of(seen, blueprint), message, f"make it with service_blueprint: {prefix}/…")


def _undeclared_writes(blueprint: Blueprint) -> Iterator[tuple[str, str]]:
    """View and method of each anonymous write without a declared reason."""
    for view, operations in getattr(blueprint, "_docs", {}).items():
        for method, described in operations.items():
            if method not in SAFE and not described.get("manual_doc", {}).get(OPEN_WRITE):
                yield view, method


def _place_of(seen: Examined, blueprint: Blueprint) -> tuple[Path, int]:
    """Where a blueprint is made."""
    service = getattr(blueprint, "service", seen.declared.id)
    names = {blueprint.name, blueprint.name.removeprefix(f"{service}_")}
    for path in seen.code:
        for node in ast.walk(seen.tree(path)):
            if isinstance(node, ast.Call) and _name_of(node.func) == "service_blueprint":
                values = [*node.args, *(argument.value for argument in node.keywords)]
                if any(isinstance(value, ast.Constant) and value.value in names for value in values):
                    return path, node.lineno
    file = seen.path("routes.py")
    return file, seen.line(file, *sorted(names))


def _place_of_view(seen: Examined, view: str) -> tuple[Path, int]:
    """Where a view's address is declared."""
    for path in seen.code:
        for node in ast.walk(seen.tree(path)):
            if isinstance(node, ast.FunctionDef) and node.name == view:
                lines = [
                    decorator.lineno
                    for decorator in node.decorator_list
                    if isinstance(decorator, ast.Call) and _name_of(decorator.func) == "route"
                ]
                if lines:
                    return path, lines[0]
    return seen.path("routes.py"), 1


def _name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


RULES: Final = (audience, open_write, partner_scopes, assurance, url_prefix)
