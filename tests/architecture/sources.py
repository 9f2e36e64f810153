"""The files of this repository, each read and parsed once."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OURS = (
    "citizen_app",
    "services",
    "tests",
    "tools",
    "bench",
    "migrations",
    "docs",
    "changes",
    ".ci",
    ".github",
)
NOT_OURS = frozenset({"vendor", "node_modules", "__pycache__", ".hypothesis"})
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@cache
def files(*endings: str) -> tuple[Path, ...]:
    """Our own files with one of the endings (all without one): the folders of the product and what lies beside them."""
    found = [path for path in ROOT.iterdir() if path.is_file()]
    for folder in OURS:
        found += [path for path in (ROOT / folder).rglob("*") if path.is_file()]
    return tuple(
        sorted(
            path
            for path in found
            if not NOT_OURS & set(path.relative_to(ROOT).parts) and (not endings or path.suffix in endings)
        )
    )


@cache
def product_modules() -> tuple[Path, ...]:
    """The Python files that run in production: the core and the services without their tests and migrations."""
    return tuple(
        path
        for path in files(".py")
        if path.relative_to(ROOT).parts[0] in ("citizen_app", "services")
        and not {"tests", "migrations"} & set(path.parts)
    )


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def place(path: Path, node: ast.AST | None = None) -> str:
    """`file:line`, as editors understand it."""
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


def run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Every node below `node` that Python evaluates while importing: not the bodies of functions and lambdas."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            for evaluated in (*child.decorator_list, *child.args.defaults, *child.args.kw_defaults):
                if evaluated is not None:
                    yield evaluated
                    yield from run_at_import(evaluated)
        elif isinstance(child, ast.Lambda):
            continue
        else:
            yield child
            yield from run_at_import(child)


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a name or attribute; of a call what is called; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return f"{dotted(node.func)}()" if isinstance(node, ast.Call) else ""
