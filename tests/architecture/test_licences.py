"""What runs is free to run: no GPL and no AGPL; every import is declared, every declared package is
needed."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, files, product_modules, tree

LGPL_ALLOWED = frozenset({"psycopg", "psycopg-binary"})
"""Used unchanged as a library of its own, which the LGPL allows to any program."""
LOADED_BY_A_SETTING = frozenset({"psycopg", "redis", "tzdata", "gunicorn"})
"""Not imported by name: a database URL, a storage address, the standard library and the command line load
them."""
OWN = frozenset({"citizen_app", "services", "tests", "tools", "bench", "sample_services", "city_services"})
PEERS = ROOT / "bench" / "peers"
PEER_PACKAGES = {
    "django": "django",
    "rest_framework": "djangorestframework",
    "fastapi": "fastapi",
    "pydantic": "pydantic",
}
TESTING = ROOT / "citizen_app" / "toolkit" / "testing"
"""Part of the toolkit, needed by tests only: it comes with the extra `testing`."""
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def normal(name: str) -> str:
    """A distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=;! ]", name, maxsplit=1)[0]).lower()


def pinned() -> list[str]:
    """Every package that is installed to run the product."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [normal(line.split("==")[0]) for line in lines if "==" in line and not line.startswith(("#", " "))]


def licence_words(name: str) -> str:
    """What a package's own metadata says about its licence."""
    metadata = distribution(name).metadata
    classifiers = [c for c in metadata.get_all("Classifier") or [] if c.startswith("License ::")]
    written = (metadata.get("License-Expression"), (metadata.get("License") or "")[:200], *classifiers)
    return "; ".join(word for word in written if word)


def may_run(name: str, words: str) -> bool:
    """Whether a package with these words about its licence may be needed at run time."""
    if not words:
        return False
    if re.search(r"LGPL|Lesser General Public", words):
        return name in LGPL_ALLOWED
    return not re.search(r"\bA?GPL|General Public License", words)


def imported(paths: Iterable[Path]) -> set[str]:
    """Top-level names that files import from outside the standard library and this repository."""
    names: set[str] = set()
    for path in paths:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Import):
                names.update(alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.split(".")[0])
    return names - OWN - set(sys.stdlib_module_names)


def test_no_package_at_run_time_is_gpl_or_agpl() -> None:
    names = pinned()
    assert len(names) > 30
    assert {name: licence_words(name) for name in names if not may_run(name, licence_words(name))} == {}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("pymupdf", "GNU AFFERO GPL 3.0"),
        ("pymerkle", "GPL-3.0-or-later"),
        ("other", "License :: OSI Approved :: GNU General Public License v3 (GPLv3)"),
        ("other", "LGPL-3.0-only"),
        ("silent", ""),
    ],
)
def test_the_licence_rule_can_fail(name: str, words: str) -> None:
    assert not may_run(name, words)


def test_every_import_of_the_product_is_declared_and_every_declared_package_is_needed() -> None:
    declared = {normal(line) for line in PROJECT["dependencies"]}
    paths = [
        *(path for path in product_modules() if not path.is_relative_to(TESTING)),
        ROOT / "wsgi.py",
        ROOT / "gunicorn.conf.py",
        *(ROOT / "migrations").rglob("*.py"),
    ]
    provided = packages_distributions()
    needed = {normal(provided.get(name, [f"?{name}"])[0]) for name in imported(paths)}
    assert needed - declared == set()
    assert declared - needed - LOADED_BY_A_SETTING == set()


def test_every_import_of_the_tests_is_declared() -> None:
    declared = {normal(line) for line in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]}
    others = [
        *TESTING.rglob("*.py"),
        *(
            path
            for path in files(".py")
            if path.relative_to(ROOT).parts[0] in ("tests", "tools", "bench", "services")
            and path.parent != PEERS
        ),
    ]
    provided = packages_distributions()
    assert {normal(provided.get(name, [f"?{name}"])[0]) for name in imported(others)} - declared == set()


def test_what_only_the_peers_of_the_benchmark_import_is_declared_for_them() -> None:
    """They need not be installed here, so their names are written down."""
    project = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
    declared, extra = map(set, (map(normal, project), map(normal, PROJECT["optional-dependencies"]["bench"])))
    provided = packages_distributions()
    names = imported(PEERS.glob("*.py"))
    needed = {PEER_PACKAGES.get(name) or normal(provided.get(name, [f"?{name}"])[0]) for name in names}
    assert needed - declared == extra - {"uvicorn"}, "uvicorn is started by its name"


def test_the_extra_of_module_authors_is_what_the_plug_in_imports() -> None:
    declared = {normal(line) for line in PROJECT["dependencies"]}
    extra = {normal(line) for line in PROJECT["optional-dependencies"]["testing"]}
    provided = packages_distributions()
    needed = {normal(provided.get(name, [f"?{name}"])[0]) for name in imported(TESTING.rglob("*.py"))}
    assert needed - declared == extra


@pytest.mark.processes
def test_what_runs_in_production_imports_no_tests() -> None:
    """pytest is not installed there."""
    words = "import sys, wsgi; print(*{'pytest', 'time_machine', 'citizen_app.toolkit.testing'} & set(sys.modules))"
    with tempfile.TemporaryDirectory() as folder:
        environ = {"CITIZEN_DEMO": "1", "CITIZEN_DATA_DIR": folder, "PATH": os.environ["PATH"]}
        done = subprocess.run(
            [sys.executable, "-c", words], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
        )
    assert done.stdout.strip() == ""


def test_every_declared_package_is_pinned() -> None:
    assert {normal(line) for line in PROJECT["dependencies"]} - set(pinned()) == set()


def test_the_pins_name_no_registry() -> None:
    """Whoever installs chooses where packages come from (PIP_INDEX_URL)."""
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        assert [line for line in lines if "://" in line or line.startswith("-")] == [], name
