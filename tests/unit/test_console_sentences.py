"""Every sentence that a page of the console says exists, in both languages, and none is left over."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from citizen_app.registry.page_blueprints import PageBlueprint
from citizen_app.text import Text
from citizen_app.web.console.frame import ConsoleBlueprint
from citizen_app.web.console.offices import SENTENCES as OFFICES
from citizen_app.web.pages.sentences import SENTENCES
from citizen_app.web.routes import BLUEPRINTS

TEMPLATES = Path(__file__).resolve().parents[2] / "citizen_app" / "templates" / "console"
CODE = Path(__file__).resolve().parents[2] / "citizen_app" / "web" / "console"
SAID = re.compile(r"""\bt\(\s*["']([a-z_.]+)["']\s*([,)~])""")
PLACE = re.compile(r"\{(\w+)\}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
OF_CONSOLE = [b for b in BLUEPRINTS if isinstance(b, PageBlueprint) and isinstance(b, ConsoleBlueprint)]
OWN: dict[str, Text] = {key: said for one in OF_CONSOLE for key, said in one.sentences.items()} | dict(
    OFFICES
)
ALL = {**SENTENCES, **OWN}


def test_every_sentence_said_exists_and_none_is_left_over() -> None:
    said: set[str] = set()
    for path in sorted(TEMPLATES.rglob("*.html")):
        for key, after in SAID.findall(path.read_text(encoding="utf-8")):
            found = {name for name in ALL if name.startswith(key)} if after == "~" else {key}
            assert found <= ALL.keys(), (path.name, key)
            assert found, (path.name, key)
            said |= found
    assert len(said) > 20
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(CODE.glob("*.py")))
    by_code = {key for key in OWN if text.count(f'"{key}"') > 1 or ".done." in key}
    assert OWN.keys() - said - by_code == set()


def test_a_sentence_says_one_thing_whatever_the_page() -> None:
    for blueprint in OF_CONSOLE:
        for key, said in blueprint.sentences.items():
            assert OWN[key] == said, key
            assert key not in SENTENCES, key


@pytest.mark.parametrize("key", sorted(OWN))
def test_both_languages_say_the_same(key: str) -> None:
    sentence = OWN[key]
    assert set(PLACE.findall(sentence.zh)) == set(PLACE.findall(sentence.en))
    assert not CHINESE.search(sentence.en)
    assert not re.search(r"(?<=[\u4e00-\u9fff])[,;:?!]", sentence.zh), "Chinese uses its own punctuation"
