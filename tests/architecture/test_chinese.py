"""Chinese sentences have Chinese punctuation: ，；：！？（） next to a character, never their half-width
likenesses."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, place, product_modules, tree

HALF_WIDTH = re.compile("[\u4e00-\u9fff”」][,;:!?()]|[,;:!?()][\u4e00-\u9fff“「]")
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
