"""Rules about a module's pages: where they live, for whom they are, what they say and how."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from citizen_app.registry.checks.examined import Examined, Fault
from citizen_app.registry.page_blueprints import PageBlueprint, is_for_staff

ON_PAGES: Final = ("anyone", "citizen", "staff")
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
START: Final = "/"
SENTENCE: Final = re.compile(r"""\bt\(\s*["']([a-z0-9_.]+)["']\s*[,)]""")
RENDERED: Final = re.compile(r"""^[a-z0-9_/-]+\.html$""")
INLINE: Final = re.compile(
    r"""\sstyle\s*=|<style\b|\son[a-z]+\s*=|<script(?![^>]*\ssrc=)|\bjavascript:|\|\s*safe\b""", re.I
)
LOOSE: Final = re.compile(r"""https?://""")


def page_address(seen: Examined) -> Iterator[Fault]:
    """Pages live below the service's own address, made by `service_pages`, and rest when the service is
    off."""
    for blueprint in seen.module.pages:
        of_service = getattr(blueprint, "service", None) == seen.declared.id
        staff = isinstance(blueprint, PageBlueprint) and is_for_staff(blueprint)
        wanted = f"{'/console' if staff else ''}/services/{seen.declared.id}"
        lives = str(getattr(blueprint, "url_prefix", ""))
        right = lives.startswith(f"{wanted}/") if staff else lives == wanted
        if not isinstance(blueprint, PageBlueprint) or not of_service or not right:
            message = f"the pages {getattr(blueprint, 'name', blueprint)!r} do not live under {wanted}/"
            remedy = "make them with service_pages(SERVICE.id, audience, …)"
            yield Fault(*_place_of(seen, blueprint), message, remedy)


def page_audience(seen: Examined) -> Iterator[Fault]:
    """Pages are for anyone, for citizens who are signed in, or for operators; anyone's only read."""
    for blueprint in _pages(seen):
        kind = getattr(blueprint.audience, "kind", None)
        if kind not in ON_PAGES:
            remedy = "service_pages(SERVICE.id, CITIZEN, …), ANYONE, or staff_of_service(SERVICE.id)"
            yield Fault(*_place_of(seen, blueprint), f"pages {blueprint.name!r} do not say for whom", remedy)
        elif kind == "anyone":
            for route in blueprint.routes:
                if route.methods - SAFE:
                    message = f"anyone may send {route.endpoint!r}"
                    remedy = "put what writes on pages for CITIZEN"
                    yield Fault(*_place_of_view(seen, route.endpoint), message, remedy)


def page_start(seen: Examined) -> Iterator[Fault]:
    """The entry leads somewhere: one of the pages stands at `/`."""
    of_people = [blueprint for blueprint in _pages(seen) if not is_for_staff(blueprint)]
    starts = [route for blueprint in of_people for route in blueprint.routes if route.rule == START]
    if of_people and len(starts) != 1:
        message = f"{len(starts)} pages at {START!r}, where the city's entry leads"
        yield Fault(seen.path("pages.py"), 1, message, f'one view with @….get("{START}")')


def page_template(seen: Examined) -> Iterator[Fault]:
    """Templates lie in `templates/<id>/`, and those that are drawn are there."""
    folder = seen.module.folder / "templates"
    own = folder / seen.declared.id
    if folder.is_dir():
        for path in sorted(folder.rglob("*.html")):
            if not path.is_relative_to(own):
                yield Fault(path, 1, "lies outside the service's own templates", f"move it into {own}")
    for path, line, name in _rendered(seen):
        if not (own / name).is_file():
            yield Fault(path, line, f"draws {name}, which is not there", f"write {own / name}")


def page_sentence(seen: Examined) -> Iterator[Fault]:
    """What templates say exists, in both languages, under a key of the service."""
    known = {key for blueprint in _pages(seen) for key in blueprint.own_sentences}
    prefix = f"{seen.declared.id}."
    for key in sorted(known):
        if not key.startswith(prefix):
            file, line = _place_of_word(seen, key)
            yield Fault(file, line, f"the sentence {key!r}", f"call it {prefix}{key}")
    for path in _templates(seen):
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for key in SENTENCE.findall(text):
                if key.startswith(prefix) and key not in known:
                    remedy = f'"{key}": Text("…", "…") in the SENTENCES given to service_pages'
                    yield Fault(path, number, f"says {key!r}, which does not exist", remedy)


def page_policy(seen: Examined) -> Iterator[Fault]:
    """Templates keep the content security policy and autoescape: no inline style or script, nothing of other
    sites, nothing declared safe."""
    for path in _templates(seen):
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found = INLINE.search(text) or LOOSE.search(text)
            if found is not None:
                remedy = "use classes of the city's style sheets, and the macros of parts/"
                yield Fault(path, number, f"has {found[0].strip()!r}", remedy)


def _pages(seen: Examined) -> Iterator[PageBlueprint]:
    yield from (blueprint for blueprint in seen.module.pages if isinstance(blueprint, PageBlueprint))


def _templates(seen: Examined) -> list[Path]:
    return sorted((seen.module.folder / "templates").rglob("*.html"))


def _rendered(seen: Examined) -> Iterator[tuple[Path, int, str]]:
    """File, line and name of each template that a call of `render` names."""
    for path in seen.code:
        for node in ast.walk(seen.tree(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "render" and node.args:
                first = node.args[0]
                named = first.value if isinstance(first, ast.Constant) else None
                if isinstance(named, str) and RENDERED.match(named):
                    yield path, node.lineno, named


def _place_of(seen: Examined, blueprint: object) -> tuple[Path, int]:
    """Where a blueprint of pages is made."""
    service = seen.declared.id
    name = str(getattr(blueprint, "name", "")).removeprefix(f"{service}_pages").removeprefix("_")
    lines: list[tuple[Path, int, set[object]]] = []
    for path in seen.code:
        for node in ast.walk(seen.tree(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "service_pages":
                held: set[object] = {value.value for value in node.args if isinstance(value, ast.Constant)}
                lines.append((path, node.lineno, held))
    for path, line, constants in lines:
        if name in constants or (not name and not constants):
            return path, line
    return lines[0][:2] if lines else (seen.path("pages.py"), 1)


def _place_of_view(seen: Examined, view: str) -> tuple[Path, int]:
    for path in seen.code:
        for node in ast.walk(seen.tree(path)):
            if isinstance(node, ast.FunctionDef) and node.name == view and node.decorator_list:
                return path, node.decorator_list[0].lineno
    return seen.path("pages.py"), 1


def _place_of_word(seen: Examined, word: str) -> tuple[Path, int]:
    of_pages = [path for path in seen.code if "pages" in (path.stem, path.parent.name)]
    for path in of_pages:
        line = seen.line(path, word)
        if line > 1:
            return path, line
    return seen.path("pages.py"), 1


RULES: Final = (page_address, page_audience, page_start)
PROMISES: Final = (page_template, page_sentence, page_policy)
"""What shows on a page only: the author mends it before the module is finished."""
