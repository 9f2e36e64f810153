"""A module under examination: its files as syntax trees, its tables, and the lines on which it declares
things."""

from __future__ import annotations

import ast
import sys
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Table

from citizen_app.registry.checks.syntax import Source, source_of, tree_of
from citizen_app.registry.contract import ServiceModule
from citizen_app.registry.mapped import core_tables, tables_mapped_in
from citizen_app.registry.modules import InstalledModule, file_of


class Fault(NamedTuple):
    """A violation found by a rule; the runner adds the rule's name."""

    file: Path
    line: int
    message: str
    remedy: str


class Examined:
    """One module with what the rules ask about it."""

    def __init__(self, module: InstalledModule, others: frozenset[str]) -> None:
        self.module = module
        self.others = others

    @property
    def declared(self) -> ServiceModule:
        """The descriptor."""
        return self.module.descriptor

    @property
    def manifest(self) -> Path:
        """The file of the declaration."""
        return self.path("manifest.py")

    def path(self, name: str) -> Path:
        """A file of the module; of a part that has outgrown `name` and is a package, the file that stands for
        it."""
        file = self.module.folder / name
        return file_of(self.module.folder, file.stem) if file.suffix == ".py" else file

    @cached_property
    def code(self) -> tuple[Path, ...]:
        """The Python files that run in production, migrations aside."""
        aside = {"tests", "migrations"}
        return tuple(path for path in self.every_file if not aside & set(self._parts(path)))

    @cached_property
    def every_file(self) -> tuple[Path, ...]:
        """The Python files that run, migrations too."""
        found = sorted(self.module.folder.rglob("*.py"))
        return tuple(path for path in found if "tests" not in self._parts(path))

    def _parts(self, path: Path) -> tuple[str, ...]:
        return path.relative_to(self.module.folder).parts[:-1]

    def package_of(self, path: Path) -> str:
        """The dotted name of the package in which a file lies."""
        return ".".join([self.module.package, *self._parts(path)])

    def source(self, path: Path) -> Source:
        """What is written in a file; nothing in one that is not there."""
        return source_of(path)

    def tree(self, path: Path) -> ast.Module:
        """The syntax tree of a file."""
        return tree_of(path)

    @cached_property
    def core_tables(self) -> frozenset[str]:
        """Names of the core's tables."""
        return core_tables()

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """The module's own tables, mapped to classes or not."""
        package = self.module.package
        loaded = [part for name, part in sys.modules.items() if f"{name}.".startswith(f"{package}.")]
        unmapped = {value for part in loaded for value in vars(part).values() if isinstance(value, Table)}
        return tuple(sorted(unmapped | set(tables_mapped_in(package)), key=lambda table: table.name))

    def line(self, path: Path, *words: object) -> int:
        """The line of a file on which one of the words is written, as a value or as the name of a typed
        attribute.

        Earlier words are better. 1 when none is there.
        """
        written = [found for node in ast.walk(self.tree(path)) if (found := _written(node)) is not None]
        for word in words:
            plain = str(word) if isinstance(word, str) else word  # names of tables are a kind of str
            for value, line in written:
                if type(value) is type(plain) and value == plain:
                    return line
        return 1

    def call_line(self, path: Path, called: str, keyword: str, *within: object) -> int:
        """The line of `keyword=` in the call of `called` that holds the word `within`; else that of the call,
        else of the word."""
        for node in ast.walk(self.tree(path)):
            if not isinstance(node, ast.Call) or _last_name(node.func) != called:
                continue
            values = [*node.args, *(argument.value for argument in node.keywords)]
            held = [value.value for value in values if isinstance(value, ast.Constant)]
            if within and not any(word in held for word in within):
                continue
            lines = [argument.value.lineno for argument in node.keywords if argument.arg == keyword]
            return lines[0] if lines else node.lineno
        return self.line(path, *within)


def _written(node: ast.AST) -> tuple[object, int] | None:
    if isinstance(node, ast.Constant):
        return node.value, node.lineno
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id, node.lineno
    return None


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
