"""services/README.md works as written: a newcomer who follows it has a service in less than fifteen
minutes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
README: Final = ROOT / "services" / "README.md"
COPIED: Final = ("citizen_app", "migrations", "services", "conftest.py", "pyproject.toml", "wsgi.py")
MADE_ALREADY: Final = ("make environment-dev", ". .venv/bin/activate")
"""The environment of these tests is the one that this would make."""
QUARTER_OF_AN_HOUR: Final = 15 * 60


def surroundings() -> dict[str, str]:
    """The environment of a newcomer: without PostgreSQL, which every service's own tests meet anyway, except
    in drills."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("CITIZEN_", "PYTEST"))
    }
    if "CITIZEN_DRILL" in os.environ:
        return inherited
    return {**inherited, "CITIZEN_TEST_POSTGRESQL": "postgresql://127.0.0.1:1/nobody-answers"}


def blocks() -> Iterator[tuple[str, str]]:
    """`(language, text)` of every block of code, in their order."""
    yield from re.findall(r"```(sh|diff)\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


def edit(checkout: Path, diff: str) -> None:
    """Change files as a block shows it: each piece must be found exactly once, with the lines around it."""
    for file, body in re.findall(
        r"^--- a/(\S+)\n\+\+\+ b/\S+\n(.*?)(?=^--- a/|\Z)", diff, re.MULTILINE | re.DOTALL
    ):
        path = checkout / file
        text = path.read_text(encoding="utf-8")
        for piece in filter(None, body.split("@@\n")):
            lines = piece.splitlines(keepends=True)
            old = "".join(line[1:] for line in lines if line[0] in " -")
            new = "".join(line[1:] for line in lines if line[0] in " +")
            assert text.count(old) == 1, f"{file} has not once:\n{old}"
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A fresh copy of what the steps need."""
    made = tmp_path / "checkout"
    made.mkdir()
    for name in COPIED:
        source = ROOT / name
        ignored = shutil.ignore_patterns("__pycache__")
        if source.is_dir():
            shutil.copytree(source, made / name, ignore=ignored)
        else:
            shutil.copy(source, made / name)
    return made


def test_there_are_ten_steps() -> None:
    headings = re.findall(r"^## (\d+)\. ", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == [str(number) for number in range(1, 11)]


@pytest.mark.processes
def test_the_steps_lead_to_a_service_in_time(checkout: Path) -> None:
    environ = surroundings()
    environ |= {"CITIZEN_DEMO": "1", "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    environ["PYTHONPATH"] = str(checkout)
    started, told = time.monotonic(), ""
    for language, text in blocks():
        if language == "diff":
            edit(checkout, text)
            continue
        for command in text.strip().splitlines():
            if command in MADE_ALREADY:
                continue
            done = subprocess.run(
                ["sh", "-c", command], cwd=checkout, env=environ, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
            told += done.stdout
    assert time.monotonic() - started < QUARTER_OF_AN_HOUR
    assert "1 service module by" in told
    assert "swimming_pool is on" in told
    assert "knows it after a reload: " in told, "also when `demo load` has switched it on before"
    migrations = sorted(path.name for path in (checkout / "services/swimming_pool/migrations").glob("*.py"))
    assert migrations == ["0001_visits_and_closed_days.py", "0002_the_room_of_a_visit.py"]
    assert (checkout.parent / "swimming_pool.zip").stat().st_size > 500
    assert (checkout.parent / "gym" / "pyproject.toml").exists()


@pytest.mark.processes
def test_the_short_way_on_the_front_page_works_as_printed(checkout: Path) -> None:
    """Its environment is made by `make run`; nothing is on the PATH or set before."""
    (checkout / ".venv").symlink_to(Path(sys.executable).parent.parent)
    printed = [
        block
        for page in ("README.md", "README.en.md")
        for block in re.findall(r"```sh\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
        if "services new" in block
    ]
    assert len(printed) == 2 and printed[0] == printed[1]
    call = ["sh", "-e", "-c", printed[0]]
    done = subprocess.run(call, cwd=checkout, env=surroundings(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "swimming_pool is on" in done.stdout
    assert "knows it after a reload: " in done.stdout
