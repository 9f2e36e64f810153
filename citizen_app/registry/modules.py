"""Installed modules: descriptor and behaviour of each, found once at start."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import click
from flask_smorest import Blueprint

from citizen_app.flask_globals import extension
from citizen_app.jobs.runner import Job
from citizen_app.registry.behaviour import Hooks
from citizen_app.registry.circuit_breaker import CircuitBreaker
from citizen_app.registry.contract import ServiceModule
from citizen_app.registry.findings import Finding, ServiceBroken
from citizen_app.registry.page_blueprints import PageBlueprint, is_for_staff
from citizen_app.registry.seeding import DemoCity, Seed
from citizen_app.tasks.contract import Task

ENTRY_POINT_GROUP: Final = "citizen_app.services"


@dataclass(frozen=True)
class InstalledModule:
    """A module as the core holds it. Parts come from files of fixed names in the module's folder."""

    descriptor: ServiceModule
    package: str
    folder: Path
    hooks: Hooks
    models: ModuleType | None
    blueprints: tuple[Blueprint, ...]
    commands: click.Group | None
    jobs: tuple[Job, ...]
    seed: Callable[[DemoCity], Seed] | None
    pages: tuple[PageBlueprint, ...] = ()
    tasks: tuple[Task, ...] = ()
    breaker: CircuitBreaker = field(default_factory=CircuitBreaker, compare=False)
    cards_breaker: CircuitBreaker = field(default_factory=CircuitBreaker, compare=False)
    capabilities_breaker: CircuitBreaker = field(default_factory=CircuitBreaker, compare=False)
    """Breakers of their own: what is asked beside scans and fails leaves scans alone."""

    @property
    def id(self) -> str:
        """The service's id."""
        return self.descriptor.id

    @property
    def has_pages(self) -> bool:
        """Whether it has pages that the city's entry leads to; those of its operators lie in the console."""
        return any(not is_for_staff(blueprint) for blueprint in self.pages)

    def reset(self) -> None:
        """Forget the failures of its code."""
        self.breaker.reset()
        self.cards_breaker.reset()
        self.capabilities_breaker.reset()

    @property
    def versions_folder(self) -> Path:
        """Where its migrations lie."""
        return self.folder / "migrations"


class Registry:
    """All installed modules of one application, by id."""

    def __init__(self, modules: Mapping[str, InstalledModule]) -> None:
        self._modules = dict(modules)

    def __iter__(self) -> Iterator[InstalledModule]:
        return iter(self._modules.values())

    def get(self, service_id: str) -> InstalledModule | None:
        """The module of that id, if installed."""
        return self._modules.get(service_id)


def find_packages(services_dir: Path) -> Iterator[tuple[str, Path]]:
    """Packages that hold a service: folders with a manifest, then installed packages of the entry-point
    group.

    A `services_dir` that is itself a module gives that module alone: so its author runs and tests it.
    """
    if (services_dir / "manifest.py").exists():
        yield _package_of(services_dir), services_dir
        return
    if services_dir.is_dir():
        parent = str(services_dir.parent)
        if parent not in sys.path:
            sys.path.insert(0, parent)
        for manifest in sorted(services_dir.glob("*/manifest.py")):
            if not manifest.parent.name.startswith("_"):
                yield f"{services_dir.name}.{manifest.parent.name}", manifest.parent
    for entry in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda e: e.name):
        spec = importlib.util.find_spec(entry.value)
        if spec is None or not spec.submodule_search_locations:
            raise ServiceBroken(
                Finding(
                    str(getattr(entry.dist, "name", "entry point")),
                    1,
                    "entry-point",
                    f"{entry.name!r} of group {ENTRY_POINT_GROUP}: {entry.value!r} is not an installed package",
                    "name the package that holds manifest.py, or uninstall the distribution",
                )
            )
        yield entry.value, Path(spec.submodule_search_locations[0])


def ids_in(services_dir: Path) -> list[str]:
    """Ids of all services that are here, whether or not they work: folders, and installed packages by their
    entry point."""
    folders = [manifest.parent.name for manifest in services_dir.glob("*/manifest.py")]
    named = [*folders, *(entry.name for entry in entry_points(group=ENTRY_POINT_GROUP))]
    return sorted({name for name in named if not name.startswith("_")})


def ids_of_entry_points(package: str) -> list[str]:
    """The ids under which an installed package declares itself."""
    return [entry.name for entry in entry_points(group=ENTRY_POINT_GROUP) if entry.value == package]


def _package_of(folder: Path) -> str:
    """The dotted name of a package's folder; what it is imported from goes first on `sys.path`."""
    top = folder
    while (top.parent / "__init__.py").exists():
        top = top.parent
    if str(top.parent) not in sys.path:
        sys.path.insert(0, str(top.parent))
    return ".".join(folder.relative_to(top.parent).parts)


def load_module(package: str, folder: Path) -> InstalledModule:
    """Import a module's files. Raises `ServiceBroken` with file, line and remedy when one does not import or
    lacks its name."""
    descriptor = _part(package, folder, "manifest", "SERVICE", required=True)
    if not isinstance(descriptor, ServiceModule):
        raise _broken(
            folder / "manifest.py",
            "SERVICE must be a ServiceModule",
            "from citizen_app.toolkit.contract import ServiceModule",
        )
    return InstalledModule(
        descriptor=descriptor,
        package=package,
        folder=folder,
        models=_import(package, folder, "models"),
        hooks=_import(package, folder, "hooks", required=True),  # type: ignore[arg-type]
        blueprints=tuple(_part(package, folder, "routes", "BLUEPRINTS", default=())),
        pages=_pages(package, folder),
        commands=_part(package, folder, "commands", "COMMANDS", default=None),
        jobs=tuple(_part(package, folder, "jobs", "JOBS", default=())),
        tasks=tuple(_part(package, folder, "tasks", "TASKS", default=())),
        seed=_part(package, folder, "seed", "seed", default=None),
    )


def _pages(package: str, folder: Path) -> tuple[PageBlueprint, ...]:
    """The blueprints of the module's pages, which find their templates in its own folder."""
    found: tuple[PageBlueprint, ...] = tuple(_part(package, folder, "pages", "PAGES", default=()))
    for blueprint in found:
        blueprint.template_folder = str(folder / "templates")
    return found


def file_of(folder: Path, name: str) -> Path:
    """Where a part of a module is written: `<name>.py`, or the package of that name once it has outgrown a
    file."""
    file, grown = folder / f"{name}.py", folder / name / "__init__.py"
    return grown if grown.exists() else file


def _import(package: str, folder: Path, name: str, *, required: bool = False) -> ModuleType | None:
    file = file_of(folder, name)
    if not file.exists():
        if required:
            raise _broken(
                file,
                "missing; every service module has this file",
                "copy it from services/_template, see services/README.md",
            )
        return None
    try:
        return importlib.import_module(f"{package}.{name}")
    except Exception as error:
        place, line = _origin(error, folder, file)
        message = f"does not import: {type(error).__name__}: {error}"
        raise _broken(place, message, "mend this line", line=line) from error


def twice(module: InstalledModule, other: InstalledModule) -> Finding:
    """The finding for two modules with the same id."""
    message = f"the id {module.id!r} is already used by {other.folder}"
    return Finding(str(module.folder / "manifest.py"), 1, "service-id", message, "remove one of them")


def _origin(error: Exception, folder: Path, file: Path) -> tuple[Path, int]:
    """The last line of the module's own files on which an import failed."""
    if isinstance(error, SyntaxError) and error.filename is not None:
        return Path(error.filename), error.lineno or 1
    lines = [
        (Path(frame.filename), frame.lineno or 1)
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(folder)
    ]
    return lines[-1] if lines else (file, 1)


def _part(
    package: str, folder: Path, name: str, attribute: str, *, required: bool = False, default: Any = None
) -> Any:
    module = _import(package, folder, name, required=required)
    if module is None:
        return default
    if not hasattr(module, attribute):
        raise _broken(
            folder / f"{name}.py", f"must define {attribute}", "see the same file of services/_template"
        )
    return getattr(module, attribute)


def _broken(file: Path, message: str, remedy: str, *, line: int = 1) -> ServiceBroken:
    return ServiceBroken(Finding(str(file), line, "loading", message, remedy))


def current_registry() -> Registry:
    """The registry of the running application."""
    registry: Registry = extension("registry")
    return registry
