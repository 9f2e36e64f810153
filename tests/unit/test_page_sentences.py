"""Every sentence that a page or its script says exists, in both languages, and none is left over."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from citizen_app.codes.format import Kind
from citizen_app.codes.reading import VALIDITY
from citizen_app.web.pages.sentences import SENTENCES

APP = Path(__file__).resolve().parents[2] / "citizen_app"
TEMPLATE_KEY = re.compile(r"""\b(?:t|done)\(\s*["']([a-z_.]+)["']\s*([,)~])""")
SCRIPT_KEY = re.compile(r"""["']((?:entry|signin|code|consent|uses|kiosk|trouble)\.[a-z_]+)["']""")
GROUPS_ASKED = re.compile(r"""for_scripts\((\[[^\]]*\])\)""")
PLACE = re.compile(r"\{(\w+)\}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def templates() -> list[Path]:
    return sorted((APP / "templates").rglob("*.html"))


def scripts() -> list[Path]:
    return sorted((APP / "static" / "js").glob("*.js"))


def templates_of_pages() -> list[Path]:
    """Errors of the console too: they may come before anybody is known there."""
    own = ("pages", "parts", "templates", "mine")
    errors = APP / "templates" / "console" / "error.html"
    return [path for path in templates() if path.parent.name in own or path == errors]


def keys_in_templates() -> set[str]:
    found: set[str] = set()
    for path in templates_of_pages():
        for key, after in TEMPLATE_KEY.findall(path.read_text(encoding="utf-8")):
            found |= {name for name in SENTENCES if name.startswith(key)} if after == "~" else {key}
    return found


def keys_in_scripts() -> set[str]:
    return {key for path in scripts() for key in SCRIPT_KEY.findall(path.read_text(encoding="utf-8"))}


def test_the_search_finds_something() -> None:
    assert len(keys_in_templates()) > 30
    assert len(keys_in_scripts()) > 15


def test_every_sentence_said_exists() -> None:
    assert keys_in_templates() | keys_in_scripts() <= SENTENCES.keys()


def test_no_sentence_is_left_over() -> None:
    assert SENTENCES.keys() - keys_in_templates() - keys_in_scripts() == set()


@pytest.mark.parametrize("key", sorted(SENTENCES))
def test_both_languages_say_the_same(key: str) -> None:
    sentence = SENTENCES[key]
    assert set(PLACE.findall(sentence.zh)) == set(PLACE.findall(sentence.en))
    assert not CHINESE.search(sentence.en)
    assert not re.search(r"(?<=[\u4e00-\u9fff])[,;:?!]", sentence.zh), "Chinese uses its own punctuation"


def test_the_code_page_promises_what_a_code_keeps() -> None:
    hint = SENTENCES["code.hint"]
    assert ("最多一分钟" in hint.zh, "within a minute" in hint.en) == (True, True)
    assert VALIDITY[Kind.ONLINE] == 60


NOT_THERE = re.compile(r"看病|借书|证照|游园|doctor|books|licence|park|管理台|console", re.IGNORECASE)


def test_no_page_promises_what_may_not_be_installed() -> None:
    assert [key for key, said in SENTENCES.items() if NOT_THERE.search(f"{said.zh} {said.en}")] == []


def test_no_page_has_inline_style_or_script() -> None:
    for path in templates():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=", text), path
        for tag in re.findall(r"<script[^>]*>", text):
            assert "src=" in tag or "application/json" in tag, path
