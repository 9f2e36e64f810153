"""What does not even load stops the start with words that a newcomer can act on; other rules are tested in
tests/contract."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from citizen_app.registry.checks import check_module
from citizen_app.registry.findings import Finding, ServiceBroken
from citizen_app.registry.modules import find_packages, load_module
from tests.contract.copies import forgetting

MANIFEST = """
from citizen_app.toolkit.contract import *
SERVICE = ServiceModule(
    id="{id}", version="1", toolkit_api=1, title=Text("甲", "A"), summary=Text("甲", "A"), owner=Text("甲", "A"),
    icon="a", category="health", purposes=(Purpose(id="enter", title=Text("进", "Enter")),),
)
"""
HOOKS = "def on_scan(scan): ...\ndef health(): return {}\n"


class Workshop:
    """Writes the smallest modules into a folder of services and checks them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / f"shop_{folder.name.replace('-', '_')}"
        self.folder.mkdir()
        (self.folder / "__init__.py").touch()

    def write(
        self, name: str = "sample", hooks: str | None = HOOKS, *, files: dict[str, str] | None = None
    ) -> None:
        """One module."""
        module = self.folder / name
        module.mkdir(parents=True)
        (module / "__init__.py").touch()
        (module / "manifest.py").write_text(MANIFEST.format(id=name))
        if hooks is not None:
            (module / "hooks.py").write_text(hooks)
        for file, content in (files or {}).items():
            (module / file).parent.mkdir(parents=True, exist_ok=True)
            (module / file).write_text(content)

    def findings(self) -> list[Finding]:
        """What the checks say of all modules."""
        return [
            finding
            for package, folder in find_packages(self.folder)
            if package.startswith(self.folder.name)
            for finding in check_module(load_module(package, folder))
        ]


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    """A folder for services; what was imported from it is forgotten afterwards."""
    with forgetting():
        yield Workshop(tmp_path)


def test_the_smallest_module_may_start(workshop: Workshop) -> None:
    workshop.write()
    assert workshop.findings() == []


def test_relative_imports_inside_the_service_are_its_own_affair(workshop: Workshop) -> None:
    """Also of a service whose name is a word of Python, so that only relative imports can name its parts."""
    files = {
        "rules/__init__.py": "from ..manifest import SERVICE\nfrom . import inner\n",
        "rules/inner.py": "",
    }
    workshop.write("pass", hooks=HOOKS + "from . import rules\nfrom .rules import inner\n", files=files)
    assert workshop.findings() == []
    escape = workshop.folder / "pass" / "rules" / "inner.py"
    escape.write_text("def late():\n    from ... import sibling\n")
    assert [finding.rule for finding in workshop.findings()] == ["imports"]


def test_one_service_does_not_import_another(workshop: Workshop) -> None:
    workshop.write("first")
    workshop.write("second", hooks=HOOKS + f"from {workshop.folder.name}.first import manifest\n")
    assert [finding.rule for finding in workshop.findings()] == ["imports"]


@pytest.mark.parametrize(
    ("hooks", "files", "words", "line"),
    [
        (None, {}, "hooks.py:1: [loading] missing", 1),
        ("import time\nimport nowhere_to_be_found\n", {}, "hooks.py:2: [loading] does not import", 2),
        ("import time\ndef on_scan(:\n", {}, "hooks.py:2: [loading] does not import: SyntaxError", 2),
        (
            "from .inner import x\n",
            {"inner.py": "x = 1\n\ny = 1 / 0\n"},
            "inner.py:3: [loading] does not import: ZeroDivisionError",
            3,
        ),
        (HOOKS, {"routes.py": "x = 1\n"}, "routes.py:1: [loading] must define BLUEPRINTS", 1),
        (HOOKS, {"manifest.py": "SERVICE = 1\n"}, "must be a ServiceModule", 1),
        (HOOKS, {"manifest.py": "x = 1\n"}, "must define SERVICE", 1),
        (
            HOOKS,
            {"manifest.py": "from citizen_app.text import Text\nx = Text('甲', '')\n"},
            "manifest.py:2: [loading] does not import: ValueError: a Text needs both languages",
            2,
        ),
    ],
)
def test_files_that_are_missing_or_do_not_import(
    workshop: Workshop, hooks: str | None, files: dict[str, str], words: str, line: int
) -> None:
    workshop.write(hooks=hooks, files=files)
    with pytest.raises(ServiceBroken) as broken:
        workshop.findings()
    (finding,) = broken.value.findings
    assert words in str(finding)
    assert finding.line == line
    assert len(finding.remedy) > 5


def test_folders_that_begin_with_an_underscore_are_templates(workshop: Workshop) -> None:
    workshop.write("_template")
    assert [
        package for package, _ in find_packages(workshop.folder) if package.startswith(workshop.folder.name)
    ] == []


def test_an_installed_package_is_found_by_its_entry_point(tmp_path: Path, workshop: Workshop) -> None:
    site = tmp_path / "site"
    package = site / "parking_of_elsewhere"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "manifest.py").write_text("")
    info = site / "parking_of_elsewhere-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: parking-of-elsewhere\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[citizen_app.services]\nparking = parking_of_elsewhere\n")
    sys.path.insert(0, str(site))
    try:
        assert ("parking_of_elsewhere", package) in list(find_packages(workshop.folder))
        (info / "entry_points.txt").write_text("[citizen_app.services]\nparking = nowhere_at_all\n")
        with pytest.raises(ServiceBroken, match="nowhere_at_all"):
            list(find_packages(workshop.folder))
    finally:
        sys.path.remove(str(site))
