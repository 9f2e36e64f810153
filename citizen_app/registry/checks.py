"""What is checked of a module before the application starts: isolation is not asked for, it is tested."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, get_args

from sqlalchemy import MetaData

from citizen_app.registry.contract import NAME, SCOPES, SERVICE_ID, TOOLKIT_API, Category, CodeKind, JoinMode
from citizen_app.registry.fields import load_fields
from citizen_app.registry.modules import InstalledModule

RESERVED: Final = frozenset(
    {"core", "services", "toolkit", "kiosk", "staff", "citizen", "usage", "audit", "scan", "alembic", "watch"}
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a module, where, and what to do."""

    file: str
    line: int
    rule: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: [{self.rule}] {self.message} → {self.remedy}"


def check_module(module: InstalledModule, metadata: MetaData, *, finished: bool = False) -> list[Finding]:
    """Everything wrong with one module; an empty list is a sound module.

    `finished` adds what a module under construction may still lack: the application starts without its
    migrations, because it is the application that writes them.
    """
    checks = (*CHECKS, _migrations) if finished else CHECKS
    return [finding for check in checks for finding in check(module, metadata)]


def _in_manifest(module: InstalledModule, rule: str, message: str, remedy: str) -> Finding:
    return Finding(str(module.folder / "manifest.py"), 1, rule, message, remedy)


def _names(module: InstalledModule, metadata: MetaData) -> Iterator[Finding]:
    d = module.descriptor
    if not SERVICE_ID.match(d.id) or d.id in RESERVED:
        yield _in_manifest(
            module,
            "service-id",
            f"id {d.id!r} cannot be used",
            "2 to 20 of a-z, 0-9, _, beginning with a letter, not a core word",
        )
    if "." in module.package and module.folder.name not in (d.id, "_template"):
        yield _in_manifest(
            module,
            "folder-name",
            f"the folder is called {module.folder.name!r}",
            f"call it {d.id!r}, like the id",
        )
    if d.toolkit_api != TOOLKIT_API:
        yield _in_manifest(
            module,
            "toolkit-api",
            f"made for toolkit API {d.toolkit_api}",
            f"this core offers {TOOLKIT_API}: see the change notes, then set toolkit_api",
        )
    if d.category not in get_args(Category) or d.join_mode not in get_args(JoinMode):
        yield _in_manifest(
            module,
            "known-words",
            f"category {d.category!r} or join mode {d.join_mode!r} is unknown",
            f"use {get_args(Category)} and {get_args(JoinMode)}",
        )
    for kind, names in (
        ("purpose", [p.id for p in d.purposes]),
        ("detail code", [x.code for x in d.details]),
        ("setting", [s.name for s in d.settings]),
        ("scope", [s.name for s in d.scopes]),
    ):
        for name in names:
            if not NAME.match(name) or names.count(name) > 1:
                yield _in_manifest(
                    module,
                    "names",
                    f"{kind} {name!r} is not a plain name or stands twice",
                    "use distinct names of a-z, 0-9 and _",
                )


def _scopes_and_purposes(module: InstalledModule, metadata: MetaData) -> Iterator[Finding]:
    d = module.descriptor
    for scope in d.scopes:
        if scope.name not in SCOPES:
            yield _in_manifest(
                module,
                "scope",
                f"scope {scope.name!r} does not exist",
                f"choose from {', '.join(sorted(SCOPES))}",
            )
    for purpose in d.purposes:
        if not purpose.kinds or set(purpose.kinds) - set(get_args(CodeKind)):
            yield _in_manifest(
                module,
                "code-kinds",
                f"purpose {purpose.id!r} accepts {purpose.kinds}",
                f"accept at least one of {get_args(CodeKind)}",
            )
        if not 1 <= purpose.minimum_assurance <= 3 or not 0 <= purpose.session_seconds <= 900:
            yield _in_manifest(
                module,
                "purpose-limits",
                f"purpose {purpose.id!r}: assurance or session out of range",
                "assurance 1 to 3, session at most 900 s",
            )
        if not 0 <= purpose.offline.bundle_hours <= 72:
            yield _in_manifest(
                module,
                "offline-policy",
                f"purpose {purpose.id!r}: bundle may be {purpose.offline.bundle_hours} h old",
                "at most 72 h",
            )
    for setting in d.settings:
        if setting.required and setting.default is None:
            yield _in_manifest(
                module,
                "setting-default",
                f"setting {setting.name!r} has no default",
                "give one, so that a fresh installation works",
            )
    try:
        load_fields(d.settings, {s.name: s.default for s in d.settings if s.default is not None})
    except Exception as error:
        yield _in_manifest(
            module,
            "setting-default",
            f"defaults of the settings do not pass their own rules: {error}",
            "mend the default or the rule",
        )


def _hooks(module: InstalledModule, metadata: MetaData) -> Iterator[Finding]:
    file = str(module.folder / "hooks.py")
    if module.descriptor.purposes and not callable(getattr(module.hooks, "on_scan", None)):
        yield Finding(file, 1, "hooks", "no function on_scan", "def on_scan(scan: Scan) -> Meaning")
    if not callable(getattr(module.hooks, "health", None)):
        yield Finding(
            file,
            1,
            "hooks",
            "no function health",
            "def health() -> Mapping[str, Any], figures that staff see",
        )


def _tables(module: InstalledModule, metadata: MetaData) -> Iterator[Finding]:
    file, prefix = str(module.folder / "models.py"), f"{module.id}_"
    own = [t for t in metadata.tables.values() if _defined_in(module, t.name, metadata)]
    for table in own:
        if not table.name.startswith(prefix):
            yield Finding(file, 1, "table-prefix", f"table {table.name!r}", f"call it {prefix}{table.name}")
        for key in table.foreign_keys:
            if not key.target_fullname.startswith(prefix):
                yield Finding(
                    file,
                    1,
                    "foreign-key",
                    f"{table.name} points at {key.target_fullname}",
                    "keep citizen_ref or an id without a foreign key",
                )


def _migrations(module: InstalledModule, metadata: MetaData) -> Iterator[Finding]:
    own = [t for t in metadata.tables.values() if _defined_in(module, t.name, metadata)]
    if own and not list(module.versions_folder.glob("*.py")):
        yield Finding(
            str(module.folder / "models.py"),
            1,
            "migrations",
            "tables without a migration",
            f"flask --app wsgi db revision --service {module.id} -m 'first tables'",
        )


def _defined_in(module: InstalledModule, table: str, metadata: MetaData) -> bool:
    classes = [c for c in vars(module.models).values() if isinstance(c, type)] if module.models else []
    return any(
        getattr(c, "__tablename__", None) == table and c.__module__.startswith(module.package)
        for c in classes
    )


def _routes(module: InstalledModule, metadata: MetaData) -> Iterator[Finding]:
    file, prefix = str(module.folder / "routes.py"), f"/api/v1/services/{module.id}"
    for blueprint in module.blueprints:
        if getattr(blueprint, "audience", None) is None:
            yield Finding(
                file,
                1,
                "audience",
                f"blueprint {blueprint.name!r} does not say who may call",
                "make it with service_blueprint(SERVICE.id, audience=…)",
            )
        if not str(blueprint.url_prefix or "").startswith(prefix):
            yield Finding(
                file,
                1,
                "url-prefix",
                f"blueprint {blueprint.name!r} lives under {blueprint.url_prefix!r}",
                f"make it with service_blueprint: {prefix}/…",
            )


def _imports(module: InstalledModule, metadata: MetaData) -> Iterator[Finding]:
    siblings = module.package.rpartition(".")[0]
    for file in sorted(module.folder.rglob("*.py")):
        if "tests" in file.relative_to(module.folder).parts:
            continue
        within = file.relative_to(module.folder).parent.parts
        for line, name in _imported_names(file, ".".join([module.package, *within])):
            if name.split(".")[0] == "citizen_app" and not (name + ".").startswith("citizen_app.toolkit."):
                yield Finding(
                    str(file),
                    line,
                    "imports",
                    f"imports {name}",
                    "a service imports citizen_app.toolkit and nothing else of the core",
                )
            of_another = bool(siblings) and name.startswith(f"{siblings}.")
            if (of_another or name.startswith(".")) and not (name + ".").startswith(f"{module.package}."):
                yield Finding(
                    str(file), line, "imports", f"imports {name}", "a service never imports another service"
                )


def _imported_names(file: Path, package: str) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything a file of `package` imports; relative imports are followed to where they lead."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            inside = package.split(".")
            above = inside[: len(inside) + 1 - node.level] if node.level else []
            beyond = "." if node.level and not above else ""  # past the outermost package: nothing of ours
            origin = beyond + ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)


CHECKS: Final[tuple[Callable[[InstalledModule, MetaData], Iterator[Finding]], ...]] = (
    _names,
    _scopes_and_purposes,
    _hooks,
    _tables,
    _routes,
    _imports,
)
