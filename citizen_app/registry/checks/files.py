"""Rules about the module's folder: the grammar of its files, a README, and tests."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from citizen_app.registry.checks.examined import Examined, Fault

PARTS: Final = {
    "manifest": "the declaration, the reasons to refuse, what things are called",
    "guide": "what citizens ask, and the answers",
    "models": "tables",
    "schemas": "what is heard and said over HTTP",
    "operations": "rules and writes, each subject in a file of its own",
    "queries": "reads, and what lists show together",
    "snapshot": "values kept in memory",
    "hooks": "what a scan means, how the service is",
    "routes": "the API",
    "pages": "pages, with templates/<id>/",
    "jobs": "background work",
    "tasks": "long work that staff start",
    "processes": "processes of its own",
    "commands": "the command line",
    "seed": "demo data",
}
"""The grammar of a service's folder: same idea, same file. Each is a file, or a package of that name once it
has outgrown one."""
BESIDE: Final = frozenset({"__init__", "migrations", "tests"})
WHERE_TO: Final = "move it into the part it belongs to: " + "; ".join(
    f"{part}, {what}" for part, what in PARTS.items()
)


def file_name(seen: Examined) -> Iterator[Fault]:
    """Every file with code has a name that the grammar knows, so that who knows one service finds their way
    in all."""
    present = {_name(path): path for path in sorted(seen.module.folder.iterdir()) if _has_code(path)}
    missing = [name for name in PARTS if name not in present]
    for name, path in present.items():
        if name in PARTS or name in BESIDE:
            continue
        said = f"{path.name}/" if path.is_dir() else path.name
        meant = next(iter(get_close_matches(name, missing, n=1, cutoff=0.75)), None)
        remedy = f"did you mean {meant}{'' if path.is_dir() else '.py'}?" if meant else WHERE_TO
        yield Fault(path, 1, f"{said} has no place in the folder of a service", remedy)


def file_twice(seen: Examined) -> Iterator[Fault]:
    """A part is a file or a package: Python finds the package, and nobody the file."""
    for name in PARTS:
        file = seen.module.folder / f"{name}.py"
        if file.exists() and (seen.module.folder / name).is_dir() and _has_code(seen.module.folder / name):
            yield Fault(file, 1, f"stands beside {name}/, which hides it", f"move it into {name}/")


def _name(path: Path) -> str:
    return path.stem if path.suffix == ".py" else path.name


def _has_code(path: Path) -> bool:
    if path.is_dir():
        return path.name != "__pycache__" and next(path.rglob("*.py"), None) is not None
    return path.suffix == ".py"


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


RULES: Final = (file_name, file_twice, readme, tests)
