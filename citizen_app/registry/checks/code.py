"""Rules about the code: what it imports, when it looks at the world, and whose tables its SQL names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from citizen_app.registry.checks.examined import Examined, Fault
from citizen_app.registry.checks.syntax import imported_names

CORE: Final = "citizen_app"
TOOLKIT: Final = "citizen_app.toolkit."
TESTING: Final = "citizen_app.toolkit.testing"
READS_THE_CLOCK: Final = re.compile(
    r"^(datetime\.)*(datetime|date)\.(now|utcnow|today)$|^time\.(time|time_ns)$"
)
READS_THE_ENVIRONMENT: Final = re.compile(r"^os\.(environ|environb|getenv|putenv)\b|^current_app\.config\b")
IMPORTS_BY_NAME: Final = re.compile(r"^(importlib\..*|__import__|import_module|exec|eval)$")


def imports(seen: Examined) -> Iterator[Fault]:
    """A service imports the toolkit and itself: nothing else of the core, no other service, no test's
    tools."""
    siblings = seen.module.package.rpartition(".")[0]
    for path in seen.every_file:
        for line, name in imported_names(seen.source(path).imports, seen.package_of(path)):
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
        for line, name in seen.source(path).calls:
            if IMPORTS_BY_NAME.match(name):
                remedy = "write an import statement, so that everybody sees what the service needs"
                yield Fault(path, line, f"calls {name}", remedy)


def world_at_import(seen: Examined) -> Iterator[Fault]:
    """Importing a module asks nothing of environment, clock, network, disk or database."""
    for path in seen.code:
        for line, name in seen.source(path).world:
            yield Fault(
                path, line, f"asks {name} while it is imported", "ask inside the function that needs it"
            )


def clock(seen: Examined) -> Iterator[Fault]:
    """Time comes from the toolkit: aware, and the same for all."""
    for path in seen.code:
        for line, name in seen.source(path).calls:
            if READS_THE_CLOCK.match(name):
                yield Fault(path, line, f"calls {name}", "citizen_app.toolkit.time has now()")


def environment(seen: Examined) -> Iterator[Fault]:
    """A service's settings are declared and staff choose them: it has no variables of its own."""
    for path in seen.code:
        for line, name in seen.source(path).attributes:
            if READS_THE_ENVIRONMENT.match(name):
                remedy = "declare a Field in settings of manifest.py; read it from scan.settings or service_settings"
                yield Fault(path, line, f"reads {name}", remedy)


def foreign_sql(seen: Examined) -> Iterator[Fault]:
    """SQL written as text names no table of the core."""
    tables = "|".join(sorted(map(re.escape, seen.core_tables)))
    names_one = re.compile(rf'\b(?:from|into|update|join|table)\s+"?({tables})\b', re.IGNORECASE)
    for path in seen.code:
        for line, text in seen.source(path).sql:
            found = names_one.search(text)
            if found is not None:
                remedy = "the core's tables are its own affair; the toolkit tells what a service may know"
                yield Fault(path, line, f"SQL names the core's table {found[1]!r}", remedy)


RULES: Final = (imports, dynamic_import, world_at_import, clock, environment, foreign_sql)
