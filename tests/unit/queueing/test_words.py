"""Every word that call screens, walls and places say exists, in both languages, and none is left over."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from citizen_app.queueing.calling import ACTS
from citizen_app.queueing.words import CALLS, PLACE, WALL, worded
from citizen_app.text import Text

APP = Path(__file__).resolve().parents[3] / "citizen_app"
SAID = re.compile(r"""["']((?:calls|wall)\.(?!html)[a-z_.]+)["']\s*([,)~]?)""")
OF_PLACE = re.compile(r"\bwords\.([a-z]+)")
IN_CODE = re.compile(r"""\bsaid\["([a-z_]+)"\]|\bwords\["([a-z_]+)"\]""")
PLACES = re.compile(r"\{(\w+)\}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ALL = {**worded("calls", {**CALLS, "title": Text("叫号", "Calling")}), **worded("wall", WALL)}


def text_of(*paths: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in paths)


def said() -> set[str]:
    """What templates and pages say."""
    pages = text_of(*(APP / "templates" / "queueing").glob("*.html"), APP / "web" / "console" / "calls.py")
    found: set[str] = set()
    for key, after in SAID.findall(pages):
        found |= {name for name in ALL if name.startswith(key)} if after == "~" else {key}
    forms = text_of(APP / "web" / "console" / "calls.py", APP / "queueing" / "schemas.py")
    return found | {f"calls.{one or other}" for one, other in IN_CODE.findall(forms)}


def test_every_word_said_exists_and_none_is_left_over() -> None:
    done = {key for key in ALL if key.startswith("calls.done.")}
    assert said() | done == ALL.keys()


def test_every_act_has_its_title_and_says_that_it_is_done() -> None:
    for key in ACTS:
        assert {f"act.{key}", f"done.{key}"} <= CALLS.keys()


def test_every_word_of_a_place_exists_and_none_is_left_over() -> None:
    by_state = {"seeing", "away", "missed"}
    assert (
        set(OF_PLACE.findall(text_of(APP / "templates" / "parts" / "queue.html"))) | by_state == PLACE.keys()
    )


@pytest.mark.parametrize("word", [*CALLS.values(), *WALL.values(), *PLACE.values()], ids=lambda one: one.en)
def test_both_languages_say_the_same(word: Text) -> None:
    assert set(PLACES.findall(word.zh)) == set(PLACES.findall(word.en))
    assert not CHINESE.search(word.en)
    assert not re.search(r"(?<=[\u4e00-\u9fff])[,;:?!]", word.zh), "Chinese uses its own punctuation"
