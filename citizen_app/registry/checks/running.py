"""Running the rules over one module."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Final

from citizen_app.registry.checks import (
    behaviour,
    capabilities,
    code,
    declaration,
    files,
    migrations,
    notices,
    pages,
    routes,
    tables,
    words,
)
from citizen_app.registry.checks.examined import Examined, Fault
from citizen_app.registry.findings import Finding, ServiceBroken
from citizen_app.registry.modules import InstalledModule, load_module

Rule = Callable[[Examined], Iterator[Fault]]

ALWAYS: Final[tuple[Rule, ...]] = (
    *declaration.RULES,
    *behaviour.RULES,
    *capabilities.RULES,
    *notices.RULES,
    *routes.RULES,
    *pages.RULES,
    *tables.RULES,
    *code.RULES,
)
"""What would harm the core or other services: it stops the start."""
WHEN_FINISHED: Final[tuple[Rule, ...]] = (
    *words.RULES,
    *behaviour.PROMISES,
    *migrations.RULES,
    *pages.PROMISES,
    *files.RULES,
)
"""Rules that a module under construction may still break: only `flask services check` and the contract tests
apply them."""


def check_module(
    module: InstalledModule, *, others: Collection[str] = (), finished: bool = False
) -> list[Finding]:
    """Everything wrong with one module; an empty list is a sound module.

    `others` are the ids of the other services. `finished` adds what a module under construction may still
    lack: the application starts without its migrations, for instance, because it is the application that
    writes them.
    """
    examined = Examined(module, frozenset(others) - {module.id})
    rules = (*ALWAYS, *WHEN_FINISHED) if finished else ALWAYS
    return [
        Finding(str(fault.file), fault.line, name_of(rule), fault.message, fault.remedy)
        for rule in rules
        for fault in rule(examined)
    ]


def check_package(package: str, folder: Path, *, others: Collection[str] = ()) -> list[Finding]:
    """As `check_module`, for a finished module that may fail to import: then that is the finding."""
    try:
        module = load_module(package, folder)
    except ServiceBroken as broken:
        return list(broken.findings)
    return check_module(module, others=others, finished=True)


def name_of(rule: Rule) -> str:
    """`service_id` is called `service-id`."""
    return str(getattr(rule, "__name__", rule)).replace("_", "-")


def rule_names() -> tuple[str, ...]:
    """Every rule, in the order in which they are looked at."""
    return tuple(name_of(rule) for rule in (*ALWAYS, *WHEN_FINISHED))
