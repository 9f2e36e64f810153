"""Copies of the template in a folder of their own, imported and forgotten again."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from citizen_app.registry.checks import check_package
from citizen_app.registry.findings import Finding
from citizen_app.registry.scaffold.copying import NewService, copy_template
from citizen_app.storage.orm import Model
from citizen_app.text import Text


@contextmanager
def forgetting() -> Iterator[None]:
    """Whatever is imported inside is forgotten afterwards, with its tables and its place on the path."""
    modules, tables, path = set(sys.modules), set(Model.metadata.tables), list(sys.path)
    try:
        yield
    finally:
        for name in set(sys.modules) - modules:
            del sys.modules[name]
        for name in set(Model.metadata.tables) - tables:
            Model.metadata.remove(Model.metadata.tables[name])
        sys.path[:] = path


class Copies:
    """A folder of services, each copied from the template."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / f"copies_{folder.name.replace('-', '_')}"
        self.folder.mkdir()
        (self.folder / "__init__.py").touch()
        sys.path.insert(0, str(folder))

    def make(self, service: str = "sample") -> Path:
        """One more copy; returns its folder."""
        chosen = NewService(service, Text("样例", "Sample"), "culture", f"{self.folder.name}.{service}")
        copy_template(chosen, self.folder / service)
        return self.folder / service

    def findings(self, service: str = "sample", *, others: tuple[str, ...] = ()) -> list[Finding]:
        """What the checks say of one of them."""
        return check_package(f"{self.folder.name}.{service}", self.folder / service, others=others)


def change(path: Path, old: str, new: str) -> None:
    """Change the first occurrence, which must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"the template has no {old!r} in {path.name} any more"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
