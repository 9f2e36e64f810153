"""What the documents promise is there: commands, paths, settings, decisions and change notes."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import click
import pytest
from werkzeug.exceptions import MethodNotAllowed, NotFound

from citizen_app.factory import CitizenFlask
from citizen_app.settings import PREFIX, READ_BY_TESTS, SettingsSchema
from tests.architecture.sources import CHINESE, ROOT

GUIDES = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "services").glob("*.md")})
CODE = re.compile(r"```[a-z]*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
FRAGMENT = re.compile(r"^[a-z0-9][a-z0-9-]*\.(added|changed|fixed|removed|security)\.md$")
BOTH_LANGUAGES = [
    ("README.md", "README.en.md"),
    ("docs/operating.zh.md", "docs/operating.md"),
    ("docs/security.zh.md", "docs/security.md"),
    ("docs/it-officer.zh.md", "docs/it-officer.md"),
]
SECTIONS = ["## Status", "## Context", "## Decision", "## Consequences"]


def commands(text: str) -> list[str]:
    """Every line of code of a document, continued lines joined."""
    blocks = "\n".join(block or inline for block, inline in CODE.findall(text))
    return [line.strip() for line in blocks.replace("\\\n", " ").splitlines()]


@pytest.fixture(params=GUIDES, ids=lambda path: path.name)
def guide(request: pytest.FixtureRequest) -> Path:
    """A document for people."""
    path: Path = request.param
    return path


def test_every_make_target_that_a_guide_names_exists(guide: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        word
        for line in commands(guide.read_text(encoding="utf-8"))
        for found in re.finditer(r"(?:^|\s|&&)make((?: [A-Za-z_]+=\S+)* [a-z]+)", line)
        for word in found[1].split()
        if "=" not in word
    }
    assert named <= targets


def test_every_flask_command_that_a_guide_names_exists(guide: Path, house: CitizenFlask) -> None:
    context = click.Context(house.cli)
    for line in commands(guide.read_text(encoding="utf-8")):
        for words in re.findall(r"flask --app wsgi ((?:[a-z][a-z0-9-]* ?)+)", line):
            command: click.Command = house.cli
            for word in words.split():
                if not isinstance(command, click.Group):
                    break
                found = command.get_command(context, word)
                assert found is not None, f"{guide.name}: flask --app wsgi {words}"
                command = found


def test_every_address_that_a_guide_calls_exists(guide: Path, house: CitizenFlask) -> None:
    calls = [line for line in commands(guide.read_text(encoding="utf-8")) if re.search(r"\bcurl\b", line)]
    adapter = house.url_map.bind("127.0.0.1")
    for line in calls:
        method = re.search(r"-X (\w+)", line)
        for path in re.findall(r"(?:127\.0\.0\.1:8000|\$\{?BASE\}?|\$HOST)(/[\w./-]*)", line):
            verb = method[1] if method else "POST" if re.search(r"(--json|-d|--data)\b", line) else "GET"
            try:
                adapter.match(path, method=verb)
            except (NotFound, MethodNotAllowed):
                pytest.fail(f"{guide.name}: {verb} {path}")


def test_every_link_to_a_file_leads_somewhere(guide: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", guide.read_text(encoding="utf-8"))
    local = [target for target in targets if not re.match(r"[a-z]+:|/", target)]
    missing = [target for target in local if not (guide.parent / target).exists()]
    assert [target for target in missing if not target.startswith("docs/images/")] == []


@pytest.mark.parametrize("name", ["operating.md", "operating.zh.md"])
def test_every_setting_is_explained_and_no_other(name: str) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    rows = dict(re.findall(rf"^\| `({PREFIX}[A-Z_]+)` \|[^|]*\| (.+) \|$", text, re.MULTILINE))
    known = {PREFIX + name.upper() for name in SettingsSchema().fields} | READ_BY_TESTS
    assert set(rows) == known
    assert [name for name, words in rows.items() if len(words) < 10] == []
    assert set(re.findall(rf"\b{PREFIX}[A-Z][A-Z_]+\b", text)) <= known


@pytest.mark.parametrize("pair", BOTH_LANGUAGES, ids=lambda pair: pair[0])
def test_a_document_in_two_languages_tells_the_same(pair: tuple[str, str]) -> None:
    chinese, english = ((ROOT / name).read_text(encoding="utf-8") for name in pair)
    outlines = [
        [line.split()[0] for line in text.splitlines() if re.match("#+ ", line)]
        for text in (chinese, english)
    ]
    assert outlines[0] == outlines[1]
    blocks = [re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL) for text in (chinese, english)]
    plain = [[re.sub(r"\s*#.*", "", block) for block in found] for found in blocks]
    assert plain[0] == plain[1]
    named = [
        sorted(set(re.findall(r"`((?:GET|POST|CITIZEN_|/)[^`\u4e00-\u9fff]*)`", text)))
        for text in (chinese, english)
    ]
    assert named[0] == named[1]
    assert CHINESE.search(chinese)


def test_each_word_of_contributing_leads_to_its_code() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.split("## Words", 1)[1].split("## ", 1)[0]
    places = re.findall(r"`([\w/.]+(?:\.py|/))`", table)
    assert len(places) > 25
    missing = [
        place for place in places if not any((at / place).exists() for at in (ROOT, ROOT / "citizen_app"))
    ]
    assert missing == []


def test_change_notes_have_the_form_of_changes_readme() -> None:
    fragments = [path for path in (ROOT / "changes").iterdir() if path.name != "README.md"]
    assert fragments
    for path in fragments:
        assert FRAGMENT.match(path.name), path.name
        chinese, english = path.read_text(encoding="utf-8").strip().split("\n\n")
        assert CHINESE.search(chinese), path.name
        assert not CHINESE.search(english), path.name
        assert all(len(part) <= 500 and part.endswith(("。", ".")) for part in (chinese, english)), path.name


def test_decisions_are_numbered_and_have_four_parts() -> None:
    records = sorted((ROOT / "docs/adr").glob("[0-9]*.md"))
    numbers = [int(path.name[:4]) for path in records]
    assert numbers[0] == 1
    assert all(later == earlier + 1 for earlier, later in pairwise(numbers)), numbers
    for path in records:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert re.match(rf"# {int(path.name[:4])}\. \S", lines[0]), path.name
        assert [line for line in lines if line.startswith("## ")] == SECTIONS, path.name
