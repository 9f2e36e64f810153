"""Rules about the module's folder: names that the core looks for, a README, and tests."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from citizen_app.registry.checks.examined import Examined, Fault

LOOKED_FOR: Final = ("manifest", "hooks", "models", "routes", "jobs", "commands", "seed")
"""Files that the core imports by name; others are the module's own affair."""


def file_name(seen: Examined) -> Iterator[Fault]:
    """A file that is called almost like one that the core looks for would never be found."""
    present = {path.stem for path in seen.module.folder.glob("*.py")}
    missing = [name for name in LOOKED_FOR if name not in present]
    for name in sorted(present - set(LOOKED_FOR)):
        for meant in get_close_matches(name, missing, n=1, cutoff=0.75):
            path = seen.path(f"{name}.py")
            yield Fault(path, 1, f"nobody looks for {name}.py", f"did you mean {meant}.py?")


def readme(seen: Examined) -> Iterator[Fault]:
    """The module says what it does."""
    file = seen.path("README.md")
    if not file.exists() or len(file.read_text(encoding="utf-8").split()) < 20:
        remedy = "say what a scan does, which settings, routes and tables there are (see services/_template)"
        yield Fault(file, 1, "missing, or it says nothing", remedy)


def tests(seen: Examined) -> Iterator[Fault]:
    """The module has tests of its own, and the ones that every module must pass."""
    folder = seen.path("tests")
    files = sorted(folder.rglob("test_*.py"))
    if not files:
        yield Fault(folder, 1, "no tests", "see services/_template/tests")
    elif not any("citizen_app.toolkit.testing.contract" in path.read_text("utf-8") for path in files):
        remedy = "tests/test_contract.py: from citizen_app.toolkit.testing.contract import *"
        yield Fault(folder, 1, "no test_contract.py", remedy)


RULES: Final = (file_name, readme, tests)
