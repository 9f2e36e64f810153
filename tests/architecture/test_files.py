"""Rooms stay small and have telling names."""

from __future__ import annotations

from tests.architecture.sources import ROOT, files, place

LONGEST = 300
FORBIDDEN = frozenset(
    {"utils", "util", "helpers", "helper", "common", "base", "manager", "services", "misc", "dao"}
)


def test_no_file_is_longer_than_three_hundred_lines() -> None:
    counted = {
        path: len(path.read_text(encoding="utf-8").splitlines())
        for path in files(".py", ".js", ".html", ".css", ".sh")
        if not ("migrations" in path.parts and "versions" in path.parts) and path.parent.name != "migrations"
    }
    assert len(counted) > 100
    assert [f"{place(path)} {lines} lines" for path, lines in counted.items() if lines > LONGEST] == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    found = [place(path) for path in files(".py", ".js") if path.stem in FORBIDDEN]
    assert found == []


def test_every_package_has_one_sentence_about_itself() -> None:
    packages = [
        path
        for path in files(".py")
        if path.name == "__init__.py" and "tests" not in path.relative_to(ROOT).parts
    ]
    silent = [place(path) for path in packages if not path.read_text(encoding="utf-8").startswith('"""')]
    assert silent == []
