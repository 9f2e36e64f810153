"""What syntax trees tell: the names that code imports, and what it asks of the world while it is imported."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

READS_THE_WORLD: Final = re.compile(
    r"""^(
      os\.(environ|getenv|environb|listdir|scandir|stat|getcwd)\b.*
    | (clock\.)?(now|timestamp|now_ms)
    | (datetime\.)*(datetime|date)\.(now|utcnow|today)
    | time\.(time|time_ns|monotonic|perf_counter)
    | open | io\.open
    | .*\.(read_text|read_bytes|open|exists|is_file|is_dir|iterdir|glob|rglob|mkdir|write_text|write_bytes)
    | Path\.(cwd|home)
    | (socket|subprocess|urllib\.request|requests|httpx)\..*
    | current_settings | load_settings | service_settings | session
    )$""",
    re.VERBOSE,
)


def looks_at_the_world(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and name of what a module asks of environment, clock, network, disk or database while it is imported."""
    for node in run_at_import(module):
        name = dotted(node.func) if isinstance(node, ast.Call) else dotted(node)
        asks = isinstance(node, ast.Call) or name.startswith("os.environ")
        if asks and READS_THE_WORLD.match(name):
            yield getattr(node, "lineno", 1), name


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


def imported_names(tree: ast.Module, package: str) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything a file of `package` imports; relative imports are followed to where they lead."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            inside = package.split(".")
            above = inside[: len(inside) + 1 - node.level] if node.level else []
            beyond = "." if node.level and not above else ""  # past the outermost package: nothing of ours
            origin = beyond + ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)
