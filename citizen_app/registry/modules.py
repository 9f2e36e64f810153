"""Installed modules: descriptor and behaviour of each, found once at start."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import click
from flask import current_app
from flask_smorest import Blueprint

from citizen_app.jobs.runner import Job
from citizen_app.registry.behaviour import Hooks
from citizen_app.registry.budget import Breaker
from citizen_app.registry.contract import ServiceModule
from citizen_app.registry.seeding import DemoCity, Seed

ENTRY_POINT_GROUP: Final = "citizen_app.services"


class ServiceBroken(Exception):
    """A service module cannot be used; the message names the file and the remedy."""


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
    breaker: Breaker = field(default_factory=Breaker, compare=False)

    @property
    def id(self) -> str:
        """The service's id."""
        return self.descriptor.id

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
    """Packages that hold a service: folders with a manifest, then installed packages of the entry-point group.

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
                f"entry point {entry.name!r} of group {ENTRY_POINT_GROUP}: {entry.value!r} is not an installed package"
            )
        yield entry.value, Path(spec.submodule_search_locations[0])


def ids_in(services_dir: Path) -> list[str]:
    """Ids of all services that are here, whether or not they work: folders, and installed packages by their entry point."""
    folders = [manifest.parent.name for manifest in services_dir.glob("*/manifest.py")]
    named = [*folders, *(entry.name for entry in entry_points(group=ENTRY_POINT_GROUP))]
    return sorted({name for name in named if not name.startswith("_")})


def _package_of(folder: Path) -> str:
    """The dotted name of a package's folder; what it is imported from goes first on `sys.path`."""
    top = folder
    while (top.parent / "__init__.py").exists():
        top = top.parent
    if str(top.parent) not in sys.path:
        sys.path.insert(0, str(top.parent))
    return ".".join(folder.relative_to(top.parent).parts)


def load_module(package: str, folder: Path) -> InstalledModule:
    """Import a module's files. Raises `ServiceBroken` with file and remedy when one does not import or lacks its name."""
    descriptor = _part(package, folder, "manifest", "SERVICE", required=True)
    if not isinstance(descriptor, ServiceModule):
        raise ServiceBroken(
            f"{folder / 'manifest.py'}: SERVICE must be a ServiceModule from citizen_app.toolkit"
        )
    return InstalledModule(
        descriptor=descriptor,
        package=package,
        folder=folder,
        models=_import(package, folder, "models"),
        hooks=_import(package, folder, "hooks", required=True),  # type: ignore[arg-type]
        blueprints=tuple(_part(package, folder, "routes", "BLUEPRINTS", default=())),
        commands=_part(package, folder, "commands", "COMMANDS", default=None),
        jobs=tuple(_part(package, folder, "jobs", "JOBS", default=())),
        seed=_part(package, folder, "seed", "seed", default=None),
    )


def _import(package: str, folder: Path, name: str, *, required: bool = False) -> ModuleType | None:
    file = folder / f"{name}.py"
    if not file.exists():
        if required:
            raise ServiceBroken(
                f"{file}: missing; every service module has this file (copy services/_template or see services/README.md)"
            )
        return None
    try:
        return importlib.import_module(f"{package}.{name}")
    except Exception as error:
        raise ServiceBroken(f"{file}: does not import: {type(error).__name__}: {error}") from error


def _part(
    package: str, folder: Path, name: str, attribute: str, *, required: bool = False, default: Any = None
) -> Any:
    module = _import(package, folder, name, required=required)
    if module is None:
        return default
    if not hasattr(module, attribute):
        raise ServiceBroken(f"{folder / name}.py: must define {attribute}")
    return getattr(module, attribute)


def current_registry() -> Registry:
    """The registry of the running application."""
    registry: Registry = current_app.extensions["registry"]
    return registry
