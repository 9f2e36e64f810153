"""What syntax trees tell: the names that code imports, and what it asks of the world while it is imported."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
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

SQL: Final = re.compile(r"\s*(select|insert|update|delete|with|alter|drop|create)\b", re.IGNORECASE)
Named = tuple[tuple[int, str], ...]
"""Lines with what stands there."""


@dataclass(frozen=True)
class Source:
    """What the rules ask of one file, gathered in one walk over its tree. `sql` are texts that begin like a
    statement; `refusals` the detail codes that calls of `Refuse` name, `claims_asked` the claims that are
    asked of a citizen."""

    imports: tuple[ast.Import | ast.ImportFrom, ...]
    calls: Named
    attributes: Named
    sql: Named
    refusals: Named
    claims_asked: Named
    world: Named


def source_of(path: Path) -> Source:
    """A file, read once by all rules, and again when it has changed."""
    return _gathered(path, *_state_of(path))


def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a file. Trees are large, so only the few that were asked for last are kept."""
    return _parsed(path, *_state_of(path))


def forget_sources() -> None:
    """Empty the caches, so that neither the next service nor a worker pays for the memory."""
    _gathered.cache_clear()
    _parsed.cache_clear()


def _state_of(path: Path) -> tuple[int, int]:
    if not path.exists():
        return 0, 0
    state = path.stat()
    return state.st_mtime_ns, state.st_size


@lru_cache(maxsize=4)
def _parsed(path: Path, changed_at: int, size: int) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8") if changed_at else "")


@lru_cache(maxsize=4096)
def _gathered(path: Path, changed_at: int, size: int) -> Source:
    tree = _parsed(path, changed_at, size)
    nodes = list(ast.walk(tree))
    return Source(
        imports=tuple(node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)),
        calls=tuple((node.lineno, dotted(node.func)) for node in nodes if isinstance(node, ast.Call)),
        attributes=tuple((node.lineno, dotted(node)) for node in nodes if isinstance(node, ast.Attribute)),
        sql=tuple(
            (node.lineno, node.value)
            for node in nodes
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value)
        ),
        refusals=tuple(refused_codes(nodes)),
        claims_asked=tuple(asked_claims(nodes)),
        world=tuple(looks_at_the_world(tree)),
    )


def refused_codes(nodes: Iterable[ast.AST]) -> Iterator[tuple[int, str]]:
    """Line and detail code of the calls of `Refuse` that name one literally."""
    for node in nodes:
        if not isinstance(node, ast.Call) or dotted(node.func).rpartition(".")[2] != "Refuse":
            continue
        named = [argument.value for argument in node.keywords if argument.arg == "detail_code"]
        for value in (*node.args[:1], *named):
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield node.lineno, value.value


def asked_claims(nodes: Iterable[ast.AST]) -> Iterator[tuple[int, str]]:
    """Line and claim of the calls `….citizen.has("…")`."""
    for node in nodes:
        if isinstance(node, ast.Call) and dotted(node.func).endswith(".citizen.has"):
            for value in node.args[:1]:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield node.lineno, value.value


def looks_at_the_world(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and name of each access to environment, clock, network, disk or database while a module is
    imported."""
    for node in run_at_import(module):
        name = dotted(node.func) if isinstance(node, ast.Call) else dotted(node)
        asks = isinstance(node, ast.Call) or name.startswith("os.environ")
        if asks and READS_THE_WORLD.match(name):
            yield getattr(node, "lineno", 1), name


def run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Every node below `node` that Python evaluates while importing: not the bodies of functions and
    lambdas."""
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


def imported_names(imports: Iterable[ast.Import | ast.ImportFrom], package: str) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything that a file of `package` imports; relative imports are followed to
    where they lead."""
    for node in imports:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
            continue
        inside = package.split(".")
        above = inside[: len(inside) + 1 - node.level] if node.level else []
        beyond = "." if node.level and not above else ""  # past the outermost package: nothing of ours
        origin = beyond + ".".join([*above, *([node.module] if node.module else [])])
        yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)
