"""The files of this repository, each read and parsed once."""

from __future__ import annotations

import ast
import re
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
    """Our own files with one of the endings (all without one): the folders of the product and what lies
    beside them."""
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
    """The Python files that run in production: the core and the services without their tests and
    migrations."""
    return tuple(
        path
        for path in files(".py")
        if path.relative_to(ROOT).parts[0] in ("citizen_app", "services")
        and not {"tests", "migrations"} & set(path.relative_to(ROOT).parts)
    )


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def place(path: Path, node: ast.AST | None = None) -> str:
    """`file:line`, as editors understand it."""
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"
