"""Rules of the code that a reader would otherwise have to check by eye."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from citizen_app.registry.checks import syntax
from tests.architecture.sources import ROOT, files, place, product_modules, tree

OWN = ("citizen_app", "services", "tests", "tools", "bench")


def imports_inside_functions(path: Path, module: ast.Module) -> Iterator[str]:
    """Own imports that stand inside a function."""
    for function in ast.walk(module):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or "."]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            if any(name.split(".")[0] in OWN or name == "." for name in names):
                yield f"{place(path, node)} {names}"


def looks_at_the_world(path: Path, module: ast.Module) -> Iterator[str]:
    """What a module asks of environment, clock, network or disk while it is imported."""
    for line, name in syntax.looks_at_the_world(module):
        yield f"{place(path)}:{line} {name}"


def without_docstring(path: Path, module: ast.Module) -> Iterator[str]:
    """Public classes and functions of a module, and public methods of public classes, that explain
    nothing."""
    for node in module.body:
        if isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        ) and not node.name.startswith(("_", "test_")):  # a test's name is its sentence
            if ast.get_docstring(node) is None:
                yield f"{place(path, node)} {node.name}"
            if isinstance(node, ast.ClassDef) and not _is_protocol(node):
                yield from (
                    f"{place(path, method)} {node.name}.{method.name}"
                    for method in node.body
                    if isinstance(method, ast.FunctionDef)
                    and not method.name.startswith("_")
                    and ast.get_docstring(method) is None
                )


def _is_protocol(node: ast.ClassDef) -> bool:
    return any(syntax.dotted(base).endswith("Protocol") for base in node.bases)


def test_nothing_of_ours_is_imported_inside_a_function() -> None:
    found = [line for path in files(".py") for line in imports_inside_functions(path, tree(path))]
    assert found == []


def test_nothing_reads_the_world_at_import() -> None:
    found = [line for path in product_modules() for line in looks_at_the_world(path, tree(path))]
    assert found == []


def test_everything_public_explains_itself() -> None:
    found = [line for path in product_modules() for line in without_docstring(path, tree(path))]
    assert found == []


def test_every_public_function_has_type_hints() -> None:
    found = [
        f"{place(path, node)} {node.name}"
        for path in product_modules()
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef) and node.returns is None
    ]
    assert found == []


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (imports_inside_functions, "def f():\n    from citizen_app.text import Text\n"),
        (looks_at_the_world, "import os\nHOME = os.environ['HOME']\n"),
        (looks_at_the_world, "from citizen_app import clock\nclass A:\n    started = clock.now()\n"),
        (looks_at_the_world, "def f(words=open('/etc/words')):\n    '''F.'''\n"),
        (
            looks_at_the_world,
            "from pathlib import Path\nWORDS = Path(__file__).with_name('words').read_text()\n",
        ),
        (without_docstring, "def f():\n    pass\n"),
        (without_docstring, "class A:\n    '''A.'''\n    def b(self): pass\n"),
    ],
)
def test_the_rules_can_fail(rule: object, text: str) -> None:
    assert callable(rule)
    assert list(rule(ROOT / "example.py", ast.parse(text)))
