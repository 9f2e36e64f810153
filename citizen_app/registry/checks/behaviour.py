"""Rules about what the module does when it is called: hooks, routes, jobs, commands and demo data."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from typing import Any, Final

from citizen_app.registry.checks.examined import Examined, Fault
from citizen_app.registry.checks.tables import names_people
from citizen_app.registry.contract import SCOPES

EXPORT: Final = "def export_for(citizen: CitizenView) -> Sequence[Kept]"
ERASE: Final = "def erase_for(citizen: CitizenView) -> None"


def hooks(seen: Examined) -> Iterator[Fault]:
    """The functions that the core calls are there and take what they are given."""
    wanted = [("health", 0, "def health() -> Mapping[str, Any], figures that staff see")]
    if seen.declared.purposes:
        wanted.append(("on_scan", 1, "def on_scan(scan: Scan) -> Meaning"))
    if hasattr(seen.module.hooks, "on_death"):
        wanted.append(("on_death", 1, "def on_death(citizen_ref: str) -> None"))
    if hasattr(seen.module.hooks, "cards_for"):
        wanted.append(("cards_for", 1, "def cards_for(citizen: CitizenView) -> Sequence[Card]"))
    if any(field.listed for purpose in seen.declared.purposes for field in purpose.context):
        remedy = "def choices_for(asked: Choosing) -> Sequence[tuple[str, Text]]"
        wanted.append(("choices_for", 1, remedy))
    if hasattr(seen.module.hooks, "search_here"):
        remedy = "def search_here(asked: Searching) -> Sequence[FoundHere]"
        wanted.append(("search_here", 1, remedy))
    if hasattr(seen.module.hooks, "export_for"):
        wanted.append(("export_for", 1, EXPORT))
    if hasattr(seen.module.hooks, "erase_for"):
        wanted.append(("erase_for", 1, ERASE))
    if hasattr(seen.module.hooks, "on_payment"):
        wanted.append(("on_payment", 1, "def on_payment(event: PaymentEvent) -> None"))
    for name, arguments, remedy in wanted:
        found = getattr(seen.module.hooks, name, None)
        if not callable(found):
            yield Fault(seen.path("hooks.py"), 1, f"no function {name}", remedy)
        elif not _takes(found, arguments):
            line = _line_of_function(seen, "hooks.py", name)
            yield Fault(seen.path("hooks.py"), line, f"{name} takes other arguments", remedy)


def rights(seen: Examined) -> Iterator[Fault]:
    """A service whose tables name people gives them a copy, and forgets them when they ask."""
    if not any(names_people(table) for table in seen.tables):
        return
    for name, remedy in (("export_for", EXPORT), ("erase_for", ERASE)):
        if not hasattr(seen.module.hooks, name):
            yield Fault(seen.path("hooks.py"), 1, f"no function {name}, and its tables name people", remedy)


def detail_code(seen: Examined) -> Iterator[Fault]:
    """Every `Refuse("…")` names a reason that is declared, with words for the citizen."""
    for path in seen.code:
        for line, code in seen.source(path).refusals:
            if seen.declared.detail(code) is None:
                remedy = f'declare DetailCode("{code}", title, next_step) in manifest.py'
                yield Fault(path, line, f"refuses with {code!r}, which is not declared", remedy)


def undeclared_scope(seen: Examined) -> Iterator[Fault]:
    """Fields read from `scan.citizen` and claims asked of it are declared as scopes, with a reason for the
    citizen."""
    for path in seen.code:
        for line, claim in seen.source(path).claims_asked:
            if claim not in seen.declared.scope_names():
                remedy = f'declare Scope("{claim}", reason) in manifest.py'
                yield Fault(path, line, f"asks whether {claim} is true of the citizen, undeclared", remedy)
        for line, name in seen.source(path).attributes:
            whose, _, scope = name.rpartition(".")
            if scope in SCOPES and whose.endswith(".citizen") and scope not in seen.declared.scope_names():
                remedy = f'declare Scope("{scope}", reason) in manifest.py'
                yield Fault(path, line, f"reads {scope} of the citizen, undeclared", remedy)


def job_name(seen: Examined) -> Iterator[Fault]:
    """Jobs carry the service's name, so that two services' jobs never meet."""
    file, prefix = seen.path("jobs.py"), f"{seen.declared.id}."
    for job in seen.module.jobs:
        if not job.name.startswith(prefix):
            yield Fault(file, seen.line(file, job.name), f"job {job.name!r}", f"call it {prefix}{job.name}")


def command_name(seen: Examined) -> Iterator[Fault]:
    """The command group is called like the service."""
    group, file = seen.module.commands, seen.path("commands.py")
    if group is not None and group.name != seen.declared.id:
        message = f"the command group is called {group.name!r}"
        yield Fault(file, seen.line(file, group.name), message, f'AppGroup("{seen.declared.id}", help=…)')


def seed(seen: Examined) -> Iterator[Fault]:
    """Demo data comes from a function that takes the demo city."""
    found = seen.module.seed
    if found is not None and not (callable(found) and _takes(found, 1)):
        line = _line_of_function(seen, "seed.py", "seed")
        yield Fault(
            seen.path("seed.py"), line, "seed takes other arguments", "def seed(demo: DemoCity) -> Seed"
        )


def _takes(function: Callable[..., Any], arguments: int) -> bool:
    try:
        inspect.signature(function).bind(*range(arguments))
    except TypeError:
        return False
    return True


def _line_of_function(seen: Examined, file: str, name: str) -> int:
    for node in ast.walk(seen.tree(seen.path(file))):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return node.lineno
    return 1


RULES: Final = (
    hooks,
    job_name,
    command_name,
    seed,
)
PROMISES: Final = (detail_code, undeclared_scope, rights)
"""Broken promises: the pipeline contains them, an erasure waits for them, the author mends them."""
