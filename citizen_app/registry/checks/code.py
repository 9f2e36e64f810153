"""Rules about the code: what it imports, when it looks at the world, and whose tables its SQL names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from citizen_app.registry.checks.examined import Examined, Fault
from citizen_app.registry.checks.syntax import dotted, imported_names, looks_at_the_world

CORE: Final = "citizen_app"
TOOLKIT: Final = "citizen_app.toolkit."
TESTING: Final = "citizen_app.toolkit.testing"
READS_THE_CLOCK: Final = re.compile(
    r"^(datetime\.)*(datetime|date)\.(now|utcnow|today)$|^time\.(time|time_ns)$"
)
READS_THE_ENVIRONMENT: Final = re.compile(r"^os\.(environ|environb|getenv|putenv)\b|^current_app\.config\b")
IMPORTS_BY_NAME: Final = re.compile(r"^(importlib\..*|__import__|import_module|exec|eval)$")


def imports(seen: Examined) -> Iterator[Fault]:
    """A service imports the toolkit and itself: nothing else of the core, no other service, no test's tools."""
    siblings = seen.module.package.rpartition(".")[0]
    for path in seen.every_file:
        for line, name in imported_names(seen.tree(path), seen.package_of(path)):
            dotted_name = f"{name}."
            if name.split(".")[0] == CORE and not dotted_name.startswith(TOOLKIT):
                remedy = "a service imports citizen_app.toolkit and nothing else of the core"
                yield Fault(path, line, f"imports {name}", remedy)
            elif dotted_name.startswith(f"{TESTING}."):
                yield Fault(
                    path, line, f"imports {name}", "it is for tests; pytest is not there in production"
                )
            of_another = bool(siblings) and name.startswith(f"{siblings}.")
            if (of_another or name.startswith(".")) and not dotted_name.startswith(f"{seen.module.package}."):
                yield Fault(path, line, f"imports {name}", "a service never imports another service")


def dynamic_import(seen: Examined) -> Iterator[Fault]:
    """Imports can be seen: none is made from a text, and no text is run."""
    for path in seen.every_file:
        for node in ast.walk(seen.tree(path)):
            if isinstance(node, ast.Call) and IMPORTS_BY_NAME.match(dotted(node.func)):
                remedy = "write an import statement, so that everybody sees what the service needs"
                yield Fault(path, node.lineno, f"calls {dotted(node.func)}", remedy)


def world_at_import(seen: Examined) -> Iterator[Fault]:
    """Importing a module asks nothing of environment, clock, network, disk or database."""
    for path in seen.code:
        for line, name in looks_at_the_world(seen.tree(path)):
            yield Fault(
                path, line, f"asks {name} while it is imported", "ask inside the function that needs it"
            )


def clock(seen: Examined) -> Iterator[Fault]:
    """Time comes from the toolkit: aware, and the same for all."""
    for path in seen.code:
        for node in ast.walk(seen.tree(path)):
            if isinstance(node, ast.Call) and READS_THE_CLOCK.match(dotted(node.func)):
                yield Fault(
                    path, node.lineno, f"calls {dotted(node.func)}", "citizen_app.toolkit.time has now()"
                )


def environment(seen: Examined) -> Iterator[Fault]:
    """A service's settings are declared and staff choose them: it has no variables of its own."""
    for path in seen.code:
        for node in ast.walk(seen.tree(path)):
            if isinstance(node, ast.Attribute) and READS_THE_ENVIRONMENT.match(dotted(node)):
                remedy = "declare a Field in settings of manifest.py; read it from scan.settings or service_settings"
                yield Fault(path, node.lineno, f"reads {dotted(node)}", remedy)


def foreign_sql(seen: Examined) -> Iterator[Fault]:
    """SQL written as text names no table of the core."""
    tables = "|".join(sorted(map(re.escape, seen.core_tables)))
    names_one = re.compile(rf'\b(?:from|into|update|join|table)\s+"?({tables})\b', re.IGNORECASE)
    for path in seen.code:
        for node in ast.walk(seen.tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found = names_one.search(node.value) if _is_sql(node.value) else None
                if found is not None:
                    remedy = "the core's tables are its own affair; the toolkit tells what a service may know"
                    yield Fault(path, node.lineno, f"SQL names the core's table {found[1]!r}", remedy)


def _is_sql(text: str) -> bool:
    return re.match(r"\s*(select|insert|update|delete|with|alter|drop|create)\b", text, re.I) is not None


RULES: Final = (imports, dynamic_import, world_at_import, clock, environment, foreign_sql)
