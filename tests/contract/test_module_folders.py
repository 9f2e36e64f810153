"""The grammar of a service's folder: every file with code has its place, and what has none is told where it
belongs."""

from __future__ import annotations

import pytest

from tests.contract.copies import Copies, change


@pytest.mark.parametrize(("name", "meant"), [("route", "routes"), ("comands", "commands"), ("seeds", "seed")])
def test_a_file_that_is_almost_called_right(copies: Copies, name: str, meant: str) -> None:
    folder = copies.make()
    (folder / f"{meant}.py").rename(folder / f"{name}.py")
    (found,) = copies.findings()
    assert (found.rule, found.file) == ("file-name", str(folder / f"{name}.py"))
    assert found.remedy == f"did you mean {meant}.py?"


@pytest.mark.parametrize("loose", ["words.py", "domain/rules.py"])
def test_a_file_without_a_place_is_told_where_things_belong(copies: Copies, loose: str) -> None:
    folder = copies.make()
    for path in (
        folder / loose,
        folder / "operations_of_old" / "data.csv",
        folder / "templates" / "sample" / "page.html",
    ):
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    (found,) = copies.findings()
    assert (found.rule, found.file) == ("file-name", str(folder / loose.split("/")[0]))
    assert "operations, rules and writes" in found.remedy


def test_templates_lie_in_a_folder_of_the_service_s_own(copies: Copies) -> None:
    folder = copies.make()
    shadowing = folder / "templates" / "error.html"
    shadowing.write_text("{% extends 'layout.html' %}")
    (found,) = copies.findings()
    assert (found.rule, found.file) == ("page-template", str(shadowing))


def test_a_part_may_be_a_package(copies: Copies) -> None:
    folder = copies.make()
    for name in ("operations", "routes", "seed"):
        (folder / name).mkdir()
        (folder / f"{name}.py").rename(folder / name / "__init__.py")
    change(folder / "routes" / "__init__.py", '"desk", staff_of_service(SERVICE.id)', '"desk", None')
    (found,) = copies.findings()
    assert (found.rule, found.file) == ("audience", str(folder / "routes" / "__init__.py"))


def test_a_part_is_not_both_a_file_and_a_package(copies: Copies) -> None:
    folder = copies.make()
    (folder / "operations").mkdir()
    (folder / "operations" / "__init__.py").write_text((folder / "operations.py").read_text())
    (found,) = copies.findings()
    assert (found.rule, found.file) == ("file-twice", str(folder / "operations.py"))


def test_a_module_without_words_or_tests(copies: Copies) -> None:
    folder = copies.make()
    (folder / "README.md").write_text("# Sample\n")
    (folder / "tests" / "test_contract.py").unlink()
    assert [finding.rule for finding in copies.findings()] == ["readme", "tests"]
    for path in (folder / "tests").iterdir():
        path.unlink()
    (folder / "README.md").unlink()
    assert [finding.rule for finding in copies.findings()] == ["readme", "tests"]
