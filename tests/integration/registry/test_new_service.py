"""`services new`: names that are free, copies that are whole, and code that needs no touch afterwards."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import Result

from citizen_app.factory import CitizenFlask, create_app
from citizen_app.registry.modules import find_packages
from citizen_app.registry.naming import RESERVED, fault_of_id
from citizen_app.registry.scaffold.copying import NewService, NotCopied, copy_template
from citizen_app.text import Text
from citizen_app.toolkit.testing import dispose, environment

ROOT = Path(__file__).parents[3]
LONGEST, SHORTEST = "abcdefghij_klmnopqrs", "xy"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder of services."""
    made = tmp_path / "new_services"
    made.mkdir()
    (made / "__init__.py").touch()
    return made


@pytest.fixture
def city_hall(tmp_path: Path, folder: Path) -> CitizenFlask:
    """An application without services; nothing asks its database."""
    url = f"sqlite:///{tmp_path / 'none.db'}"
    made = create_app(environment(tmp_path / "data", url, CITIZEN_SERVICES_DIR=str(folder)))
    dispose(made)
    return made


def new(app: CitizenFlask, service: str, *more: str, zh: str = "游泳馆", en: str = "Swimming pool") -> Result:
    """The command."""
    args = ["services", "new", service, "--title-zh", zh, "--title-en", en, *more]
    return app.test_cli_runner().invoke(args=args)


def test_a_copy_has_every_file_of_the_template_and_none_of_its_names(
    city_hall: CitizenFlask, folder: Path
) -> None:
    done = new(city_hall, "swimming_pool", "--category", "culture")
    assert done.exit_code == 0, done.output
    assert f"{Path(sys.executable).parent}/flask --app wsgi services enable swimming_pool" in done.output
    assert "已生成" in done.output
    bin_first = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    with_path = city_hall.test_cli_runner(env=bin_first)
    arguments = ["services", "new", "other", "--title-zh", "甲", "--title-en", "A"]
    assert "\n  flask --app wsgi services enable other\n" in with_path.invoke(args=arguments).output
    copied = {path.relative_to(folder / "swimming_pool") for path in (folder / "swimming_pool").rglob("*.*")}
    template = ROOT / "services" / "_template"
    assert copied == {
        Path(*(part.replace("parlour", "swimming_pool") for part in path.relative_to(template).parts))
        for path in template.rglob("*.*")
        if "__pycache__" not in path.parts
    }
    for path in (folder / "swimming_pool").rglob("*.*"):
        text = path.read_text(encoding="utf-8").lower()
        assert [word for word in ("parlour", "_template", "客厅") if word in text] == [], path
    assert not list(folder.glob(".new-*"))


@pytest.mark.processes
@pytest.mark.parametrize("service", [SHORTEST, LONGEST])
def test_a_copy_is_linted_and_formatted_whatever_its_name(
    city_hall: CitizenFlask, folder: Path, service: str
) -> None:
    assert new(city_hall, service).exit_code == 0
    shutil.copy(ROOT / "pyproject.toml", folder.parent)
    for words in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *words, "--no-cache", str(folder / service)],
            cwd=folder.parent,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("service", "words"),
    [
        ("Pool", "2 to 20"),
        ("p", "2 to 20"),
        ("a" * 21, "2 to 20"),
        ("9lives", "2 to 20"),
        ("class", "taken"),
        ("staff", "taken"),
        ("pool", "another service has it"),
        ("pool_bar", "one prefix begins with the other"),
        ("usage", "taken"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused_in_words(
    city_hall: CitizenFlask, folder: Path, service: str, words: str
) -> None:
    assert new(city_hall, "pool").exit_code == 0
    refused = new(city_hall, service)
    assert refused.exit_code != 0
    assert words in refused.output
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {"pool"}


def test_prefixes_are_compared_in_both_directions() -> None:
    assert fault_of_id("bus", ["bus_lane"], []) is not None
    assert fault_of_id("bus_lane", ["bus"], []) is not None
    assert fault_of_id("buses", ["bus"], []) is None
    assert fault_of_id("ledger", [], ["ledger_lines"]) == "tables of the core begin with ledger_"


def test_every_word_of_the_cores_own_commands_is_reserved(city_hall: CitizenFlask) -> None:
    commands = set(city_hall.cli.list_commands(click.Context(city_hall.cli)))
    assert commands - RESERVED == set()


@pytest.mark.parametrize("title", ['The "best"', "two\nlines", "{braces}", " ", "甲" * 13])
def test_titles_that_would_break_the_code_are_refused(city_hall: CitizenFlask, title: str) -> None:
    assert new(city_hall, "pool", zh=title).exit_code != 0


def test_where_nothing_runs_tests_yet_the_first_step_brings_it(
    city_hall: CitizenFlask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))
    monkeypatch.chdir(tmp_path)
    assert f"\n  make -C {ROOT} environment-dev && " in new(city_hall, "swimming_pool").output
    monkeypatch.chdir(ROOT)
    assert f"\n  make environment-dev && {tmp_path}/bin/pytest " in new(city_hall, "other").output


def test_what_fails_half_way_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(shutil, "move", full)
    chosen = NewService("pool", Text("泳池", "Pool"), "culture", "new_services.pool")
    with pytest.raises(OSError, match="no space"):
        copy_template(chosen, folder / "pool")
    assert [path.name for path in folder.iterdir()] == ["__init__.py"]


def test_what_is_there_is_not_touched(folder: Path) -> None:
    (folder / "pool").mkdir()
    chosen = NewService("pool", Text("泳池", "Pool"), "culture", "new_services.pool")
    with pytest.raises(NotCopied, match="exists already"):
        copy_template(chosen, folder / "pool")
    assert list((folder / "pool").iterdir()) == []


def test_a_package_of_its_own_declares_where_it_is_found(city_hall: CitizenFlask, tmp_path: Path) -> None:
    done = new(city_hall, "pool", "--package", str(tmp_path / "pool"))
    assert done.exit_code == 0, done.output
    project = tomllib.loads((tmp_path / "pool" / "pyproject.toml").read_text())["project"]
    assert project["entry-points"] == {"citizen_app.services": {"pool": "citizen_app_pool"}}
    assert new(city_hall, "pool", "--package", str(tmp_path / "pool")).exit_code != 0
    assert re.search(
        rf"^  \(cd {tmp_path / 'pool'} && \S*pip install .* && \S*pytest\)$", done.output, re.MULTILINE
    ), "the lines after it are for the folder in which one is"
    found = list(find_packages(tmp_path / "pool" / "citizen_app_pool"))
    assert found == [("citizen_app_pool", tmp_path / "pool" / "citizen_app_pool")]
    sys.path.remove(str(tmp_path / "pool"))
