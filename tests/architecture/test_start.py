"""A web worker starts with what every request needs: libraries of one service, or of rare work, are loaded at
their first use."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, product_modules, tree

OURS = frozenset({"citizen_app", "services", "tools"})
SEEN = "import sys, wsgi; print(*{name.partition('.')[0] for name in sys.modules})"


def at_start(module: ast.Module) -> set[str]:
    """The libraries that a file imports when it is imported itself."""
    later = {id(node) for part in ast.walk(module) if is_later(part) for node in ast.walk(part)}
    return {name for node in ast.walk(module) if id(node) not in later for name in imported(node)}


def is_later(node: ast.AST) -> bool:
    """Whether Python runs this some other time: the body of a function; what only the type checker reads,
    never."""
    for_types = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    return for_types or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def at_some_time(module: ast.Module) -> set[str]:
    """The libraries that a file imports at all."""
    return {name for node in ast.walk(module) for name in imported(node)}


def imported(node: ast.AST) -> Iterator[str]:
    """Names of other people's packages, without those of the standard library."""
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        names = [node.module]
    for name in names:
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names and top not in OURS:
            yield top


def late() -> dict[str, str]:
    """Libraries that start-up does not need, and who imports them: only services, or a function."""
    core = [path for path in product_modules() if path.is_relative_to(ROOT / "citizen_app")]
    core = [path for path in core if "testing" not in path.parts]
    needed = {name for path in core for name in at_start(tree(path))}
    return {
        name: str(path.relative_to(ROOT))
        for path in product_modules()
        if "testing" not in path.parts
        for name in at_some_time(tree(path)) - needed
    }


def loaded(tmp_path: Path, services: Path | None = None) -> set[str]:
    """The packages in the memory of a worker that has just started."""
    environ = {"PATH": os.environ["PATH"], "CITIZEN_DEMO": "1", "CITIZEN_DATA_DIR": str(tmp_path / "data")}
    environ |= {} if services is None else {"CITIZEN_SERVICES_DIR": str(services)}
    call = [sys.executable, "-c", SEEN]
    done = subprocess.run(call, cwd=ROOT, env=environ, capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split())


@pytest.mark.large
def test_there_are_such_libraries() -> None:
    assert {"xlsxwriter", "qrcode", "redis"} <= late().keys()
    assert "flask" not in late()


@pytest.mark.processes
def test_no_worker_loads_them_at_its_start(tmp_path: Path) -> None:
    held = loaded(tmp_path)
    assert "citizen_app" in held
    assert {name: place for name, place in late().items() if name in held} == {}


@pytest.mark.processes
def test_a_service_that_loads_one_is_found_out(tmp_path: Path) -> None:
    folder = tmp_path / "city" / "probe"
    shutil.copytree(ROOT / "tests" / "sample_services" / "probe", folder)
    for file in folder.rglob("*.py"):
        file.write_text(file.read_text("utf-8").replace("sample_services.probe", "probe"), "utf-8")
    hooks = folder / "hooks.py"
    words = hooks.read_text("utf-8")
    hooks.write_text(
        words.replace(
            "from __future__ import annotations\n", "from __future__ import annotations\n\nimport openpyxl\n"
        ),
        "utf-8",
    )
    assert "import openpyxl" in hooks.read_text("utf-8")
    assert "openpyxl" in loaded(tmp_path, folder)
