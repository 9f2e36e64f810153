"""Chinese sentences have Chinese punctuation: ，；：！？（） next to a character, never their half-width
likenesses. So in what people read on pages, and in documents."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, files, place, product_modules, tree

HALF_WIDTH = re.compile("[\u4e00-\u9fff”」][,;:!?()]|[,;:!?()][\u4e00-\u9fff“「]")
BETWEEN = re.compile("[\u4e00-\u9fff”」][,;:!?] ?[\u4e00-\u9fff“「]")
NOT_PROSE = re.compile(r"`[^`]*`|\]\([^)]*\)|<[^>]*>|https?://\S+|[*]")
GIVEN_AS_FILES = ROOT / "services/bus/seed/feed.py"
"""Rows of CSV, whose commas are not punctuation."""


def chinese_sentences(module: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """The first argument of every `Text`, places to be filled left out."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Text" and node.args:
            parts = [part.value for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant)]
            yield node, "…".join(part for part in parts if isinstance(part, str))


def half_width(path: Path, module: ast.Module) -> list[str]:
    """Places of a module where a Chinese sentence has half-width punctuation."""
    return [
        f"{place(path, node)} {found[0]}"
        for node, sentence in chinese_sentences(module)
        for found in HALF_WIDTH.finditer(sentence)
    ]


def test_every_sentence_has_chinese_punctuation() -> None:
    modules = [path for path in product_modules() if path != GIVEN_AS_FILES]
    assert [fault for path in modules for fault in half_width(path, tree(path))] == []


@pytest.mark.parametrize("words", ["版本,已启用", "方向(0 或 1)", "完成:{count}", "好吗?"])
def test_a_half_width_sign_is_found(words: str) -> None:
    module = ast.parse(f"from x import Text\nTEXT = Text({words!r}, 'words')")
    assert len(half_width(ROOT / "x.py", module)) >= 1


def half_width_in_document(text: str) -> list[str]:
    """Lines of prose with half-width signs beside a character; in an English line, those between two
    characters. Code, links and emphasis are left out."""
    found, code = [], False
    for line in text.splitlines():
        if line.lstrip().startswith("```"):
            code = not code
        prose = NOT_PROSE.sub("", line)
        characters = len(re.findall("[\u4e00-\u9fff]", prose))
        signs = HALF_WIDTH if characters * 2 >= len(re.findall("[A-Za-z]", prose)) else BETWEEN
        if not code and signs.search(prose):
            found.append(line)
    return found


def test_every_document_has_chinese_punctuation() -> None:
    faults = {path.name: half_width_in_document(path.read_text(encoding="utf-8")) for path in files(".md")}
    assert {name: lines for name, lines in faults.items() if lines} == {}


@pytest.mark.parametrize("line", ["**后端**:市民出示", "Run it. 先启动, 再打开", "设备(读码)"])
def test_a_half_width_sign_in_a_document_is_found(line: str) -> None:
    assert half_width_in_document(line) == [line]


@pytest.mark.parametrize(
    "line", ["The columns 姓名, then more", "见[格式](docs/code-format.md)", "`名称,地址`"]
)
def test_english_lines_links_and_code_are_left_alone(line: str) -> None:
    assert half_width_in_document(line) == []
