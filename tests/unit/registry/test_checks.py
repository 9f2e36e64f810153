"""A broken module stops the start with words that a newcomer can act on: one broken module per check."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from citizen_app.extensions import Model
from citizen_app.registry.checks import Finding, check_module
from citizen_app.registry.modules import ServiceBroken, find_packages, load_module

MANIFEST = """
from citizen_app.toolkit.contract import *
SERVICE = ServiceModule(
    id="{id}", version="1", toolkit_api={api}, title=Text("甲", "A"), summary=Text("甲", "A"), owner=Text("甲", "A"),
    icon="a", category={category!r}, join_mode="fuse", purposes=({purposes},), scopes=({scopes}), settings=({settings}),
)
"""
HOOKS = "def on_scan(scan): ...\ndef health(): return {}\n"
PURPOSE = 'Purpose(id="enter", title=Text("进", "Enter"))'


class Workshop:
    """Writes modules into a folder of services and checks them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / f"shop_{folder.name.replace('-', '_')}"
        self.folder.mkdir()
        (self.folder / "__init__.py").touch()

    def write(
        self,
        name: str = "sample",
        hooks: str | None = HOOKS,
        *,
        files: dict[str, str] | None = None,
        **manifest: object,
    ) -> None:
        """One module; `manifest` replaces parts of a sound one."""
        module = self.folder / name
        module.mkdir(parents=True)
        (module / "__init__.py").touch()
        parts = {
            "id": name,
            "api": 1,
            "category": "health",
            "purposes": PURPOSE,
            "scopes": "",
            "settings": "",
            **manifest,
        }
        (module / "manifest.py").write_text(MANIFEST.format(**parts))
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
            for finding in check_module(load_module(package, folder), Model.metadata, finished=True)
        ]


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    """A folder for services; what was imported from it is forgotten afterwards."""
    made, before, tables = Workshop(tmp_path), set(sys.modules), set(Model.metadata.tables)
    yield made
    for name in set(sys.modules) - before:
        del sys.modules[name]
    for name in set(Model.metadata.tables) - tables:
        Model.metadata.remove(Model.metadata.tables[name])
    if str(tmp_path) in sys.path:
        sys.path.remove(str(tmp_path))


def test_a_sound_module_has_no_findings(workshop: Workshop) -> None:
    workshop.write()
    assert workshop.findings() == []


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        ({"id": "Sample"}, "service-id"),
        ({"id": "staff"}, "service-id"),
        ({"id": "other"}, "folder-name"),
        ({"api": 99}, "toolkit-api"),
        ({"category": "magic"}, "known-words"),
        ({"purposes": f"{PURPOSE}, {PURPOSE}"}, "names"),
        ({"purposes": 'Purpose(id="En-ter", title=Text("进", "Enter"))'}, "names"),
        ({"purposes": 'Purpose(id="enter", title=Text("进", "E"), kinds=("brain",))'}, "code-kinds"),
        ({"purposes": 'Purpose(id="enter", title=Text("进", "E"), minimum_assurance=9)'}, "purpose-limits"),
        (
            {
                "purposes": 'Purpose(id="enter", title=Text("进", "E"), offline=OfflinePolicy(bundle_hours=100))'
            },
            "offline-policy",
        ),
        ({"scopes": 'Scope("id_number", Text("要", "I want it")),'}, "scope"),
        ({"settings": 'Field("fare", "integer", Text("价", "Fare")),'}, "setting-default"),
        ({"settings": 'Field("fare", "integer", Text("价", "Fare"), default="two"),'}, "setting-default"),
        ({"hooks": "def health(): return {}\n"}, "hooks"),
        ({"hooks": "def on_scan(scan): ...\n"}, "hooks"),
        ({"hooks": HOOKS + "import citizen_app.citizens.models\n"}, "imports"),
        ({"hooks": HOOKS + "from citizen_app.extensions import db\n"}, "imports"),
        ({"hooks": HOOKS + "from citizen_app import clock\n"}, "imports"),
        ({"hooks": HOOKS + "def late():\n    from .. import other\n"}, "imports"),
        ({"hooks": HOOKS + "def late():\n    from ..other import manifest\n"}, "imports"),
        ({"hooks": HOOKS + "def late():\n    from ...elsewhere import thing\n"}, "imports"),
    ],
)
def test_each_check_says_file_rule_and_remedy(
    workshop: Workshop, broken: dict[str, object], rule: str
) -> None:
    workshop.write(**broken)  # type: ignore[arg-type]
    findings = workshop.findings()
    assert rule in {finding.rule for finding in findings}
    found = next(finding for finding in findings if finding.rule == rule)
    assert str(workshop.folder) in found.file
    assert found.line > 0
    assert len(found.remedy) > 5
    assert str(found).startswith(f"{found.file}:{found.line}: [{rule}]")


TABLE = """
from citizen_app.toolkit.data import Id, Model
from sqlalchemy import ForeignKey
from sqlalchemy.orm import mapped_column, Mapped
class Thing(Model):
    __tablename__ = "{table}"
    id: Mapped[str] = mapped_column(Id{key}, primary_key=True)
"""


@pytest.mark.parametrize(
    ("table", "key", "rule"),
    [
        ("things", "", "table-prefix"),
        ("sample_things", ', ForeignKey("citizens.id")', "foreign-key"),
        ("sample_things", "", "migrations"),
    ],
)
def test_tables_stay_inside_the_service(workshop: Workshop, table: str, key: str, rule: str) -> None:
    workshop.write(files={"models.py": TABLE.format(table=table, key=key)})
    assert rule in {finding.rule for finding in workshop.findings()}


ROUTES = """
from citizen_app.toolkit.web import ANYONE, Blueprint, service_blueprint
{blueprint}
BLUEPRINTS = (blueprint,)
"""


@pytest.mark.parametrize(
    ("blueprint", "rule"),
    [
        ('blueprint = Blueprint("x", __name__, url_prefix="/api/v1/services/sample")', "audience"),
        ('blueprint = service_blueprint("other", "x", ANYONE, "Elsewhere")', "url-prefix"),
    ],
)
def test_routes_say_who_may_call_and_stay_at_home(workshop: Workshop, blueprint: str, rule: str) -> None:
    workshop.write(files={"routes.py": ROUTES.format(blueprint=blueprint)})
    assert rule in {finding.rule for finding in workshop.findings()}


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
    ("hooks", "files", "words"),
    [
        (None, {}, "hooks.py: missing"),
        ("import nowhere_to_be_found\n", {}, "hooks.py: does not import"),
        (HOOKS, {"routes.py": "x = 1\n"}, "routes.py: must define BLUEPRINTS"),
        (HOOKS, {"manifest.py": "SERVICE = 1\n"}, "must be a ServiceModule"),
        (HOOKS, {"manifest.py": "x = 1\n"}, "must define SERVICE"),
    ],
)
def test_files_that_are_missing_or_do_not_import(
    workshop: Workshop, hooks: str | None, files: dict[str, str], words: str
) -> None:
    workshop.write(hooks=hooks, files=files)
    with pytest.raises(ServiceBroken, match=words):
        workshop.findings()


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
