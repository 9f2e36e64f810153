"""A new service as a distribution of its own, for authors outside the repository."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Final

from citizen_app.registry.modules import ENTRY_POINT_GROUP
from citizen_app.registry.scaffold.copying import TEMPLATE, NewService, NotCopied, copy_template

PYPROJECT: Final = """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "{distribution}"
version = "1.0.0"
description = {description}
requires-python = ">=3.11"
dependencies = ["citizen-app"]

[project.optional-dependencies]
dev = ["citizen-app[testing]"]

[project.entry-points."{group}"]
{id} = "{package}"

[tool.setuptools.packages.find]
include = ["{package}*"]

[tool.setuptools.package-data]
"*" = ["migrations/*.py", "templates/**/*.html", "README.md"]

[tool.pytest.ini_options]
testpaths = ["{package}"]
pythonpath = ["."]

[tool.ruff]
line-length = 110
target-version = "py311"

[tool.ruff.lint.isort]
known-first-party = ["citizen_app", "{package}"]
"""

CONFTEST: Final = '''\
"""Tests use the plug-in for authors of service modules."""

pytest_plugins = ("citizen_app.toolkit.testing",)
'''


def package_name(service: str) -> str:
    """The import name of a service that is a distribution of its own."""
    return f"citizen_app_{service}"


def write_distribution(new: NewService, target: Path, template: Path = TEMPLATE) -> list[Path]:
    """Write an installable distribution into the folder `target`, whole or not at all; returns its files.
    Raises `NotCopied`."""
    if target.exists() and any(target.iterdir()):
        raise NotCopied(f"{target} is not empty")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=target.parent) as folder:
        half = Path(folder) / target.name
        copy_template(new, half / new.package, template)
        filled = PYPROJECT.format(
            id=new.id,
            package=new.package,
            distribution=new.package.replace("_", "-"),
            description=json.dumps(new.title.en, ensure_ascii=False),
            group=ENTRY_POINT_GROUP,
        )
        (half / "pyproject.toml").write_text(filled, encoding="utf-8")
        (half / "conftest.py").write_text(CONFTEST, encoding="utf-8")
        if target.exists():
            target.rmdir()  # empty, as was seen above
        shutil.move(half, target)
    return sorted(path for path in target.rglob("*") if path.is_file())
