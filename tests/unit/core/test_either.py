"""`--databases either`: each test on one database, and all of those that are about databases on both."""

from __future__ import annotations

import pytest

from citizen_app.toolkit.testing.either import KINDS, chosen

FIXTURE = """
import pytest
pytest_plugins = ("citizen_app.toolkit.testing.either",)
"""
TESTS = """
import pytest
@pytest.fixture(params={kinds})
def database_url(request): return request.param
@pytest.mark.parametrize("number", range(20))
def test_one(database_url, number): "{about}"
def test_other(): pass
"""


def test_both_variants_of_a_test_choose_the_same_and_a_quarter_is_on_postgresql() -> None:
    names = [f"tests/test_one.py::test_one[{{}}-{number}]" for number in range(200)]
    picked = [{chosen(name.format(kind), kind) for kind in KINDS} for name in names]
    assert all(len(one) == 1 for one in picked)
    assert 30 < sum(one == {"postgresql"} for one in picked) < 70


@pytest.mark.parametrize(
    ("about", "file", "count"),
    [
        ("", "test_some", 21),
        ("on SQLite they take turns", "test_some", 41),
        ("two race", "test_some", 41),
        ("two concurrent ones", "test_some", 41),
        ("traces", "test_traces", 21),
        ("", "test_some_races", 41),
    ],
)
def test_one_variant_of_each_runs_unless_it_is_about_databases(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, about: str, file: str, count: int
) -> None:
    monkeypatch.setenv("CITIZEN_REQUIRE", "postgresql")
    pytester.makeconftest(FIXTURE)
    others = "\ndef test_third(): 'SQLite and PostgreSQL'"
    pytester.makepyfile(**{file: _tests(about) + others})
    result = pytester.runpytest_inprocess("--databases", "either", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=count + 1, deselected=41 - count)


def test_where_postgresql_is_absent_everything_runs_on_the_other(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("citizen_app.toolkit.testing.either.postgresql_address", lambda: None)
    monkeypatch.delenv("CITIZEN_REQUIRE", raising=False)
    pytester.makeconftest(FIXTURE)
    pytester.makepyfile(test_some=_tests(""))
    result = pytester.runpytest_inprocess("--databases", "either", "-v", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=21, deselected=20)
    assert "test_one[postgresql" not in "\n".join(result.outlines)


def _tests(about: str) -> str:
    return TESTS.replace("{kinds}", '["sql" + "ite", "postgre" + "sql"]').replace("{about}", about)
